//! Facts in generated text that its source lacks.

use crate::{
    grounding::citations::Index,
    grounding::dates::{Day, days},
    grounding::names::names_side_by_side,
    grounding::terms::{Kind, Term, is_katakana, is_unspaced, terms},
    protected::{self, spans},
    units::units_in,
};
use protocol::{Flag, FlagKind};
use std::ops::Range;

/// Shortest word of katakana that is taken for a name.
const KATAKANA_NAME: usize = 3;

/// Numbers, dates, addresses and names in `text[sentence]` that `source` does not hold. `base` is the UTF-16
/// offset of the sentence in the generated text. O(bytes of the sentence), and of the source where a number is written with colons.
///
/// A number counts as held if the source has it, in digits or in words; a day of a month, if the source has that day of that
/// month; a name, if the source has each of its words, and no two of them in two other names alone. A known number that is said of something else passes: this is a
/// hint, not a proof.
pub fn flags(text: &str, sentence: Range<usize>, base: u32, source: &Index<'_>) -> Vec<Flag> {
    let body = &text[sentence];
    let spans = spans(body);
    let terms = terms(body);
    let mut found: Vec<protected::Span> = Vec::new();
    for span in &spans {
        let raw = &body[span.range.clone()];
        let is_lacking = match span.kind {
            FlagKind::Address => !source.whole().contains(raw),
            FlagKind::Number | FlagKind::Date => raw.contains(':') && is_cut(raw, source.whole()),
            _ => false,
        };
        if is_lacking {
            found.push(span.clone());
        }
    }
    let is_in =
        |outer: &Range<usize>, inner: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
    let is_address =
        |range: &Range<usize>| spans.iter().any(|s| s.kind == FlagKind::Address && is_in(&s.range, range));
    let mut add = |range: &Range<usize>, kind: FlagKind| {
        // "Isbel Moar" is one name, whichever word of it is new. Code, quotes and text without spaces are more than the fact.
        let is_one = |span: &&protected::Span| {
            is_in(&span.range, range)
                && !matches!(span.kind, FlagKind::Code | FlagKind::Quote)
                && !body[span.range.clone()].chars().any(is_unspaced)
        };
        let whole = spans.iter().find(is_one).cloned();
        let span = whole.unwrap_or(protected::Span { range: range.clone(), kind });
        if !found.contains(&span) {
            found.push(span);
        }
    };
    let (known, new): (Vec<Day>, Vec<Day>) =
        days(body, &terms).into_iter().partition(|day| source.has_day(&day.day, &day.month));
    let is_known = |range: &Range<usize>| known.iter().any(|day| is_in(&day.range, range));
    for term in terms.iter().filter(|term| !is_address(&term.range) && !is_known(&term.range)) {
        if let Some(kind) = lacking(term, source) {
            add(&term.range, kind);
        }
    }
    for pair in names_side_by_side(body, &terms).flat_map(|run| run.windows(2)) {
        if let [first, second] = pair
            && source.mixes(first, second)
        {
            add(&(first.range.start..second.range.end), FlagKind::Name);
        }
    }
    for day in new {
        add(&day.range, FlagKind::Date);
    }
    found.sort_by_key(|span| (span.range.start, span.range.end));
    found
        .into_iter()
        .map(|span| {
            let text = &body[span.range.clone()];
            let start = base + units_in(&body[..span.range.start]);
            Flag { start, end: start + units_in(text), kind: span.kind, text: text.to_owned() }
        })
        .collect()
}

/// What a term is, if it is a fact that the source lacks.
fn lacking(term: &Term, source: &Index<'_>) -> Option<FlagKind> {
    let has = |key: &String| source.holds(key);
    let katakana = |key: &str| key.chars().all(is_katakana) && key.chars().count() >= KATAKANA_NAME;
    match term.kind {
        Kind::Number if !has(&term.key) && !term.equal.as_ref().is_some_and(has) => Some(FlagKind::Number),
        Kind::Date if !has(&term.key) => Some(FlagKind::Date),
        Kind::Name if !has_form(&term.key, source) => Some(FlagKind::Name),
        Kind::Word if katakana(&term.key) && !has(&term.key) => Some(FlagKind::Name),
        _ => None,
    }
}

/// Whether the source has a name, or another case or number of it.
fn has_form(key: &str, source: &Index<'_>) -> bool {
    const ENDINGS: [&str; 6] = ["n", "en", "s", "es", "e", "er"];
    let cut =
        |ending: &&str| key.strip_suffix(ending).is_some_and(|base| base.len() >= 4 && source.holds(base));
    source.holds(key)
        || ENDINGS.iter().any(cut)
        || key.len() >= 4 && ENDINGS.iter().any(|ending| source.holds(&format!("{key}{ending}")))
}

/// Whether `number` stands in `source` only as a part of longer numbers: "1:25" of "1:25.000".
fn is_cut(number: &str, source: &str) -> bool {
    let mut places = source.match_indices(number).peekable();
    places.peek().is_some()
        && places.all(|(at, _)| {
            goes_on(source[..at].chars().rev()) || goes_on(source[at + number.len()..].chars())
        })
}

/// Whether what comes next belongs to a number: a digit, or a mark and a digit.
fn goes_on(mut next: impl Iterator<Item = char>) -> bool {
    match next.next() {
        Some(c) if c.is_ascii_digit() => true,
        Some('.' | ',' | ':') => next.next().is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(source: &str, sentence: &str) -> Vec<(String, FlagKind)> {
        let index = Index::new(source);
        flags(sentence, 0..sentence.len(), 0, &index).into_iter().map(|f| (f.text, f.kind)).collect()
    }

    #[track_caller]
    fn assert_flagged(source: &str, sentence: &str, expected: &[(&str, FlagKind)]) {
        let expected: Vec<(String, FlagKind)> = expected.iter().map(|(t, k)| ((*t).to_owned(), *k)).collect();
        assert_eq!(flagged(source, sentence), expected);
    }

    const ENGLISH: &str = "Isbel Moar runs the ferry since 3 May 2019. It costs £1,200 and takes eleven cars, \
        on a map of 1:25.000. Write to moar@skerry.example.";

    #[test]
    fn other_forms_of_a_fact_are_held() {
        assert_flagged(ENGLISH, "Moar's ferry takes 11 cars and costs £1200.", &[]);
        assert_flagged(ENGLISH, "On May 3 the Moars began.", &[]);
        assert_flagged("Es gibt eine Brücke in Harrow.", "Von den Brücken ist die in Harrow neu.", &[]);
        assert_flagged("Tragen Sie den Helm.", "Dann müssen Sie den Helm tragen.", &[]);
        assert_flagged("Die Sitzung ist am 9. März.", "The meeting is on 9 March.", &[]);
    }

    #[test]
    fn inventions_are_flagged() {
        use FlagKind::{Address, Date, Name, Number};
        assert_flagged(
            ENGLISH,
            "The ferry takes 12 cars for Lord Harrow.",
            &[("12", Number), ("Lord Harrow", Name)],
        );
        assert_flagged(ENGLISH, "It began on 11 May in Harrow.", &[("11 May", Date), ("Harrow", Name)]);
        assert_flagged(ENGLISH, "The map is 1:25, they say.", &[("1:25", Date)]);
        assert_flagged(ENGLISH, "Since 2019-05-03, not 2019-03-03.", &[("2019-03-03", Date)]);
        assert_flagged(
            "Sie heißt Johanna Reiter.",
            "Dort lebt Johannes Reiter.",
            &[("Johannes Reiter", Name)],
        );
        let two = "Here Isbel Moar met Carol Whitlock, and Moar won.";
        assert_flagged(two, "Then Isbel Moar met Whitlock.", &[]);
        assert_flagged(two, "Then Isbel Whitlock won.", &[("Isbel Whitlock", Name)]);
        let titled = "Then President Joe Biden met Mr Isbel Moar and Lord Tern.";
        assert_flagged(titled, "So President Biden met Mr Moar.", &[]);
        assert_flagged(ENGLISH, "Since 2031-05-03.", &[("2031-05-03", Date)]);
        assert_flagged("今日は田中太郎さんが来ます。", "今日は田中さんが来ます。", &[]);
        assert_flagged(ENGLISH, "Write to isbel@skerry.example.", &[("isbel@skerry.example", Address)]);
        assert_flagged(
            "Die Sitzung ist am 9. März um 16 Uhr.",
            "Sie ist am 16. März.",
            &[("16. März", Date)],
        );
    }

    #[test]
    fn in_scripts_without_spaces_only_the_fact_itself_is_flagged() {
        let page = "10月2日の日曜に教室があります。マットは200円で、20日までに申し込みます。";
        assert_flagged(page, "マットは200円で借りられます。", &[]);
        assert_flagged(page, "マットは300円で借りられます。", &[("300円", FlagKind::Number)]);
        assert_flagged(page, "教室は10月20日です。", &[("10月20日", FlagKind::Date)]);
        assert_flagged(page, "アジアのマットです。", &[("アジア", FlagKind::Name)]);
    }
}
