//! Which language a text is in, as far as that is sure.

use crate::preferences;
use protocol::Preferences;
use whatlang::{Detector, Lang};

/// How much of a text is looked at, in bytes.
const LOOKED_AT: usize = 4096;

/// The English name of the language of `text`; none where that is not sure. O(1).
fn name(text: &str) -> Option<&'static str> {
    reliable(text, &Detector::new()).map(|language| match language {
        Lang::Cmn => "Chinese",
        other => other.eng_name(),
    })
}

/// The English name of the language of `text`; none where it is English, or not sure: small models are told of any language
/// but English. O(1).
pub fn foreign(text: &str) -> Option<&'static str> {
    name(text).filter(|&name| name != "English")
}

/// The English name of the language that a summary of `source` is written in: the one that is wanted, or the source's own where
/// the model has to be told.
pub fn to_answer_in(source: &str, wanted: &Preferences) -> Option<&'static str> {
    preferences::language(wanted).or_else(|| foreign(source))
}

/// Whether the language that is wanted is another than that of `source`, as far as that is sure.
pub fn is_other(source: &str, wanted: &Preferences) -> bool {
    // "Simplified Chinese" is Chinese.
    let differs = |wanted: &str| name(source).is_none_or(|name| !wanted.ends_with(name));
    preferences::language(wanted).is_some_and(differs)
}

/// Whether `text` is in another language than `source`. Where that is not sure, as of a few words, it is not. O(1).
pub fn differs(text: &str, source: &str) -> bool {
    let Some(wanted) = reliable(source, &Detector::new()) else { return false };
    // Small models fall back to English: between two languages it takes fewer words to be sure than among all.
    let found = reliable(text, &Detector::new())
        .or_else(|| reliable(text, &Detector::with_allowlist(vec![wanted, Lang::Eng])));
    found.is_some_and(|found| found != wanted)
}

/// Whether `text` is, by the best guess among the languages that the extension speaks, in the language of `source`. Where
/// that has none that is sure, it is. For counting: of a few words the guess is often wrong.
pub fn seems(text: &str, source: &str) -> bool {
    let Some(wanted) = reliable(source, &Detector::new()) else { return true };
    let mut among = vec![Lang::Eng, Lang::Deu, Lang::Spa, Lang::Fra, Lang::Jpn, Lang::Cmn];
    among.push(wanted);
    Detector::with_allowlist(among).detect_lang(text) == Some(wanted)
}

fn reliable(text: &str, detector: &Detector) -> Option<Lang> {
    let beginning = &text[..text.floor_char_boundary(LOOKED_AT)];
    detector.detect(beginning).filter(|found| found.is_reliable()).map(|found| found.lang())
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::AnswerLanguage;

    const GERMAN: &str = "Die Straßenbrücke über die Lenn wird am 9. März für den Verkehr gesperrt, weil die Lager verrostet sind.";

    #[test]
    fn english_about_a_german_page_differs() {
        assert!(differs("The road bridge over the Lenn is closed because its bearings are rusted.", GERMAN));
        assert!(!differs("Die Brücke ist ab dem 9. März gesperrt, denn ihre Lager sind verrostet.", GERMAN));
    }

    #[test]
    fn languages_have_english_names() {
        assert_eq!(foreign(GERMAN), Some("German"));
        assert_eq!(
            foreign("桥梁因轴承生锈而关闭，直到二月才能重新开放，行人可以通过临时通道。"),
            Some("Chinese")
        );
        assert_eq!(foreign("The road bridge over the Lenn is closed because its bearings are rusted."), None);
        assert_eq!(foreign("…"), None);
    }

    #[test]
    fn what_is_wanted_goes_before_what_the_page_is_in() {
        let wanted = |language| Preferences { language, ..Preferences::default() };
        assert_eq!(to_answer_in(GERMAN, &wanted(None)), Some("German"));
        assert_eq!(to_answer_in(GERMAN, &wanted(Some(AnswerLanguage::French))), Some("French"));
        assert!(is_other(GERMAN, &wanted(Some(AnswerLanguage::French))));
        assert!(!is_other(GERMAN, &wanted(Some(AnswerLanguage::German))));
        assert!(!is_other(GERMAN, &wanted(None)));
        let chinese = "桥梁因轴承生锈而关闭，直到二月才能重新开放，行人可以通过临时通道。";
        assert!(!is_other(chinese, &wanted(Some(AnswerLanguage::SimplifiedChinese))));
    }

    #[test]
    fn another_script_differs() {
        assert!(differs(
            "The text is a summary of the article.",
            "汐見島は人口380人ほどの小さな島だ。フェリーは一日二便ある。"
        ));
    }

    #[test]
    fn what_is_not_sure_does_not_differ() {
        for text in ["", "Morrow K2", "9. 3. 2026", "…"] {
            assert!(!differs(text, GERMAN), "{text}");
            assert!(!differs(GERMAN, text), "{text}");
        }
    }
}
