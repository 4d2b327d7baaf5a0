//! What is wanted of every summary and answer.

use protocol::{AnswerLanguage, Preferences};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::Error},
};

/// In what language to answer, and what to mind.
#[derive(clap::Args)]
pub struct PreferenceArgs {
    /// The language to answer in, by its tag, such as `de`; without it, that of the text or the question.
    #[arg(long, value_name = "TAG", value_parser = language)]
    language: Option<AnswerLanguage>,
    /// What to mind, in your own words.
    #[arg(long)]
    instructions: Option<String>,
}

impl From<PreferenceArgs> for Preferences {
    fn from(PreferenceArgs { language, instructions }: PreferenceArgs) -> Self {
        Self { language, instructions }
    }
}

fn language(tag: &str) -> Result<AnswerLanguage, Error> {
    AnswerLanguage::deserialize(tag.into_deserializer())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_go_by_their_tags() {
        assert_eq!(language("de").unwrap(), AnswerLanguage::German);
        assert_eq!(language("zh-Hant").unwrap(), AnswerLanguage::TraditionalChinese);
        assert!(language("German").unwrap_err().to_string().contains("`de`"), "the tags are listed");
    }
}
