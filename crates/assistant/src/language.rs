//! Which language a text is in, as far as that is sure.

use whatlang::{Detector, Lang};

/// How much of a text is looked at, in bytes.
const LOOKED_AT: usize = 4096;

/// The English name of the language of `text`; none where it is English, or not sure. O(1).
pub fn foreign(text: &str) -> Option<&'static str> {
    reliable(text, &Detector::new()).filter(|&language| language != Lang::Eng).map(
        |language| match language {
            Lang::Cmn => "Chinese",
            other => other.eng_name(),
        },
    )
}

/// Whether `text` is in another language than `source`. Where that is not sure, as of a few words, it is not. O(1).
pub fn differs(text: &str, source: &str) -> bool {
    let Some(wanted) = reliable(source, &Detector::new()) else { return false };
    // Small models fall back to English: between two languages it takes fewer words to be sure than among all.
    let found = reliable(text, &Detector::new())
        .or_else(|| reliable(text, &Detector::with_allowlist(vec![wanted, Lang::Eng])));
    found.is_some_and(|found| found != wanted)
}

fn reliable(text: &str, detector: &Detector) -> Option<Lang> {
    let beginning = &text[..text.floor_char_boundary(LOOKED_AT)];
    detector.detect(beginning).filter(|found| found.is_reliable()).map(|found| found.lang())
}

#[cfg(test)]
mod tests {
    use super::*;

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
