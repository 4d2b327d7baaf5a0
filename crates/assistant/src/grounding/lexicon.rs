//! What means the same in every language: units of measure, weekdays and months.
//!
//! English, German, Spanish, French and Japanese. It lets a number keep its unit, and a sentence in one language meet its
//! passage in another where both name a month or count minutes.

/// The unit that a word or mark stands for beside a number. `lower` is in lower case.
pub fn unit(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "s" | "sec" | "secs" | "sek" | "seg" | "second" | "seconde" | "segundo" => "#second",
        "min" | "mins" => "#minute",
        "h" | "std" | "hr" | "hrs" => "#hour",
        "mes" | "mois" => "#month",
        "an" | "ans" | "yr" | "yrs" => "#year",
        "€" | "eur" => "#euro",
        "$" | "usd" => "#dollar",
        "£" | "gbp" | "pound" | "pounds" | "pfund" | "livres" | "libras" => "#pound",
        "¥" | "円" | "yen" | "yens" => "#yen",
        "%" | "％" | "percent" | "prozent" | "パーセント" => "#percent",
        "°" | "℃" | "degree" | "degrees" | "grad" | "grado" | "grados" | "degré" | "degrés" | "度" => {
            "#degree"
        }
        "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" | "millimetern" | "milímetro"
        | "milímetros" | "millimètre" | "millimètres" | "ミリ" => "#millimetre",
        "cm" | "centimetre" | "centimetres" | "centimeter" | "centimeters" | "zentimeter" | "zentimetern"
        | "centímetro" | "centímetros" | "centimètre" | "centimètres" | "センチ" => "#centimetre",
        "m" | "metre" | "metres" | "meter" | "meters" | "metern" | "metro" | "metros" | "mètre"
        | "mètres" | "メートル" => "#metre",
        "km" | "kilometre" | "kilometres" | "kilometer" | "kilometers" | "kilometern" | "kilómetro"
        | "kilómetros" | "kilomètre" | "kilomètres" | "キロ" => "#kilometre",
        "mile" | "miles" | "meile" | "meilen" | "milla" | "millas" | "マイル" => "#mile",
        "g" | "gram" | "grams" | "gramm" | "gramo" | "gramos" | "gramme" | "grammes" | "グラム" => "#gram",
        "kg" | "kilo" | "kilos" | "kilogram" | "kilograms" | "kilogramm" | "kilogramo" | "kilogramos"
        | "kilogramme" | "kilogrammes" => "#kilogram",
        "t" | "tonne" | "tonnes" | "tonnen" | "tonelada" | "toneladas" | "トン" => "#tonne",
        "ml" | "millilitre" | "millilitres" | "milliliter" | "mililitro" | "mililitros" => "#millilitre",
        "l" | "litre" | "litres" | "liter" | "liters" | "litern" | "litro" | "litros" | "リットル" => {
            "#litre"
        }
        "quadratmeter" | "quadratmetern" | "m²" | "平方メートル" => "#square-metre",
        "cent" | "cents" | "céntimo" | "céntimos" | "centime" | "centimes" | "セント" => "#cent",
        "people" | "persons" | "personen" | "personas" | "personnes" | "人" => "#person",
        "時間" => "#hour",
        "分" => "#minute",
        "秒" => "#second",
        "日間" | "日" => "#day",
        "週間" => "#week",
        "か月" | "ヶ月" | "カ月" | "ヵ月" | "ケ月" => "#month",
        "年間" | "年" => "#year",
        "回" => "#time",
        "台" | "枚" | "組" | "歳" | "本" | "個" | "名" | "匹" | "頭" | "つ" | "袋" | "冊" | "階" | "倍" => {
            "#piece"
        }
        _ => return measure(lower),
    })
}

/// The unit that a word stands for wherever it is.
pub fn measure(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "seconds" | "sekunde" | "sekunden" | "segundos" | "secondes" => "#second",
        "minute" | "minutes" | "minuten" | "minuto" | "minutos" => "#minute",
        "hour" | "hours" | "stunde" | "stunden" | "hora" | "horas" | "heure" | "heures" => "#hour",
        "day" | "days" | "tag" | "tage" | "tagen" | "tages" | "día" | "días" | "jour" | "jours"
        | "journée" | "journées" => "#day",
        "week" | "weeks" | "woche" | "wochen" | "semana" | "semanas" | "semaine" | "semaines" => "#week",
        "month" | "months" | "monat" | "monate" | "monaten" | "meses" => "#month",
        "year" | "years" | "jahr" | "jahre" | "jahren" | "jahres" | "año" | "años" | "année" | "années" => {
            "#year"
        }
        "euro" | "euros" | "ユーロ" => "#euro",
        "dollar" | "dollars" | "dólar" | "dólares" | "ドル" => "#dollar",
        _ => return None,
    })
}

/// Units that follow a number without a space, longest first.
pub const ATTACHED: &[&str] = &[
    "パーセント",
    "メートル",
    "リットル",
    "グラム",
    "マイル",
    "ユーロ",
    "時間",
    "日間",
    "週間",
    "年間",
    "か月",
    "ヶ月",
    "カ月",
    "ヵ月",
    "ケ月",
    "ドル",
    "ミリ",
    "センチ",
    "キロ",
    "トン",
    "円",
    "％",
    "%",
    "度",
    "℃",
    "°",
    "人",
    "分",
    "秒",
    "日",
    "年",
    "回",
    "台",
    "枚",
    "組",
    "歳",
    "本",
    "個",
    "名",
    "匹",
    "頭",
    "つ",
    "袋",
    "冊",
    "階",
    "倍",
    "€",
];

/// The length of time that `count` of a unit of time makes: its base, and how many. Months and years count months, all
/// others seconds.
pub fn duration(count: f64, unit: &str) -> Option<(&'static str, f64)> {
    let (base, size) = match unit {
        "#second" => ("#seconds", 1.0),
        "#minute" => ("#seconds", 60.0),
        "#hour" => ("#seconds", 3600.0),
        "#day" => ("#seconds", 86_400.0),
        "#week" => ("#seconds", 604_800.0),
        "#month" => ("#months", 1.0),
        "#year" if count < 1000.0 => ("#months", 12.0),
        _ => return None,
    };
    Some((base, count * size))
}

/// The month that a word names.
pub fn month(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "january" | "jan" | "januar" | "jänner" | "enero" | "janvier" => "#january",
        "february" | "feb" | "februar" | "febrero" | "février" => "#february",
        "march" | "märz" | "marzo" | "mars" => "#march",
        "april" | "apr" | "abril" | "avril" => "#april",
        "may" | "mai" | "mayo" => "#may",
        "june" | "jun" | "juni" | "junio" | "juin" => "#june",
        "july" | "jul" | "juli" | "julio" | "juillet" => "#july",
        "august" | "aug" | "agosto" | "août" => "#august",
        "september" | "sep" | "sept" | "septiembre" | "septembre" => "#september",
        "october" | "oct" | "oktober" | "octubre" | "octobre" => "#october",
        "november" | "nov" | "noviembre" | "novembre" => "#november",
        "december" | "dec" | "dezember" | "diciembre" | "décembre" => "#december",
        _ => return None,
    })
}

/// The month of which this is the concept.
pub fn month_of(concept: &str) -> Option<&'static str> {
    month(concept.strip_prefix('#')?)
}

/// Months whose names are other words as well, in some language.
pub fn is_doubtful_month(lower: &str) -> bool {
    matches!(lower, "may" | "march" | "mars" | "sept" | "jun" | "jan" | "august")
}

/// The month of a number, as in "8月".
pub fn numbered_month(number: &str) -> Option<&'static str> {
    const MONTHS: [&str; 12] = [
        "#january",
        "#february",
        "#march",
        "#april",
        "#may",
        "#june",
        "#july",
        "#august",
        "#september",
        "#october",
        "#november",
        "#december",
    ];
    MONTHS.get(number.parse::<usize>().ok()?.checked_sub(1)?).copied()
}

/// The weekday that a word names.
pub fn weekday(lower: &str) -> Option<&'static str> {
    Some(match lower {
        "monday" | "mondays" | "montag" | "montags" | "lunes" | "lundi" | "lundis" | "月曜" => "#monday",
        "tuesday" | "tuesdays" | "dienstag" | "dienstags" | "martes" | "mardi" | "mardis" | "火曜" => {
            "#tuesday"
        }
        "wednesday" | "wednesdays" | "mittwoch" | "mittwochs" | "miércoles" | "mercredi" | "mercredis"
        | "水曜" => "#wednesday",
        "thursday" | "thursdays" | "donnerstag" | "donnerstags" | "jueves" | "jeudi" | "jeudis" | "木曜" => {
            "#thursday"
        }
        "friday" | "fridays" | "freitag" | "freitags" | "viernes" | "vendredi" | "vendredis" | "金曜" => {
            "#friday"
        }
        "saturday" | "saturdays" | "samstag" | "samstags" | "sonnabend" | "sábado" | "sábados" | "samedi"
        | "samedis" | "土曜" => "#saturday",
        "sunday" | "sundays" | "sonntag" | "sonntags" | "domingo" | "domingos" | "dimanche" | "dimanches"
        | "日曜" => "#sunday",
        _ => return None,
    })
}

/// What a number is multiplied by when this word follows.
pub fn scale(lower: &str) -> Option<f64> {
    Some(match lower {
        "百" => 1e2,
        "thousand" | "tausend" | "mil" | "mille" | "千" => 1e3,
        "万" => 1e4,
        "million" | "millions" | "millionen" | "mio" | "millón" | "millones" => 1e6,
        "億" => 1e8,
        "billion" | "billions" | "milliarde" | "milliarden" | "mrd" | "milliard" | "milliards" => 1e9,
        _ => return None,
    })
}

/// Half, as a number or before a unit.
pub fn is_half(lower: &str) -> bool {
    matches!(
        lower,
        "half"
            | "halb"
            | "halbe"
            | "halben"
            | "halber"
            | "halbes"
            | "demi"
            | "demie"
            | "media"
            | "medio"
            | "半"
    )
}

/// A quarter, before a unit.
pub fn is_quarter(lower: &str) -> bool {
    matches!(lower, "quarter" | "quarters" | "viertel" | "cuarto" | "cuartos" | "quart" | "quarts")
}
