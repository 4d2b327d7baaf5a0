//! What the user wants of every summary and answer, in the words that the model is told.

use crate::{failure::Failure, units::units_in};
use protocol::{AnswerLanguage, Preferences};

/// Fails on instructions that are too long.
pub fn check(preferences: &Preferences) -> Result<(), Failure> {
    match &preferences.instructions {
        Some(text) if units_in(text) > Preferences::LONGEST_INSTRUCTIONS => Err(Failure::LongInstructions),
        _ => Ok(()),
    }
}

/// The standing instructions; none where they say nothing.
pub fn instructions(preferences: &Preferences) -> Option<&str> {
    preferences.instructions.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The name of the language to answer in.
pub fn language(preferences: &Preferences) -> Option<&'static str> {
    preferences.language.map(|language| match language {
        AnswerLanguage::Arabic => "Arabic",
        AnswerLanguage::Czech => "Czech",
        AnswerLanguage::Danish => "Danish",
        AnswerLanguage::German => "German",
        AnswerLanguage::Greek => "Greek",
        AnswerLanguage::English => "English",
        AnswerLanguage::Spanish => "Spanish",
        AnswerLanguage::Finnish => "Finnish",
        AnswerLanguage::French => "French",
        AnswerLanguage::Hebrew => "Hebrew",
        AnswerLanguage::Hindi => "Hindi",
        AnswerLanguage::Hungarian => "Hungarian",
        AnswerLanguage::Indonesian => "Indonesian",
        AnswerLanguage::Italian => "Italian",
        AnswerLanguage::Japanese => "Japanese",
        AnswerLanguage::Korean => "Korean",
        AnswerLanguage::Norwegian => "Norwegian",
        AnswerLanguage::Dutch => "Dutch",
        AnswerLanguage::Polish => "Polish",
        AnswerLanguage::Portuguese => "Portuguese",
        AnswerLanguage::Romanian => "Romanian",
        AnswerLanguage::Russian => "Russian",
        AnswerLanguage::Swedish => "Swedish",
        AnswerLanguage::Turkish => "Turkish",
        AnswerLanguage::Ukrainian => "Ukrainian",
        AnswerLanguage::Vietnamese => "Vietnamese",
        AnswerLanguage::SimplifiedChinese => "Simplified Chinese",
        AnswerLanguage::TraditionalChinese => "Traditional Chinese",
    })
}
