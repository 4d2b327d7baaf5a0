//! A text that is put together of sentences whose passages are known.

use crate::units::units_in;
use protocol::{Event, Passage, Sentence};

/// The text, as far as it is shown.
pub struct Shown<'e> {
    /// It is a list.
    pub list: bool,
    /// UTF-16 units of it.
    pub units: u32,
    /// Hears of it.
    pub emit: &'e mut dyn FnMut(Event),
}

impl Shown<'_> {
    /// Shows a sentence with the passage that it rests on.
    pub fn tell(&mut self, text: &str, passage: Passage) {
        let between = match (self.units, self.list) {
            (0, true) => "- ",
            (_, true) => "\n- ",
            (0, false) => "",
            (_, false) => " ",
        };
        let start = self.units + units_in(between);
        self.units = start + units_in(text);
        (self.emit)(Event::Text { text: format!("{between}{text}") });
        let flags = Vec::new();
        (self.emit)(Event::Sentence(Sentence { start, end: self.units, passage: Some(passage), flags }));
    }
}
