//! The date that chat templates write into prompts.

/// A day of the Gregorian calendar. Clocks are read by those who call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// The year, 2026 for instance.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Date {
    /// `format` with `%Y %m %d %e %y %A %a %B %b %%` filled in, as C's `strftime` does in English.
    ///
    /// # Errors
    /// A sentence that names what is not supported.
    pub(crate) fn format(self, format: &str) -> Result<String, String> {
        let month = MONTHS.get(usize::from(self.month).wrapping_sub(1)).ok_or("there is no such month")?;
        let mut text = String::new();
        let mut chars = format.chars();
        while let Some(c) = chars.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            match chars.next() {
                Some('Y') => text += &self.year.to_string(),
                Some('y') => text += &format!("{:02}", self.year.rem_euclid(100)),
                Some('m') => text += &format!("{:02}", self.month),
                Some('d') => text += &format!("{:02}", self.day),
                Some('e') => text += &format!("{:2}", self.day),
                Some('A') => text += self.weekday(),
                Some('a') => text += &self.weekday()[..3],
                Some('B') => text += month,
                Some('b') => text += &month[..3],
                Some('%') => text.push('%'),
                other => return Err(format!("the date format %{} is not supported", other.unwrap_or(' '))),
            }
        }
        Ok(text)
    }

    /// Sakamoto's rule: days before each month, counted as if the year began in March. `month` is 1 to 12.
    fn weekday(self) -> &'static str {
        const BEFORE: [i32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let year = self.year - i32::from(self.month < 3);
        let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let days = year + leaps + BEFORE[usize::from(self.month) - 1] + i32::from(self.day);
        DAYS[days.rem_euclid(7) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_strftime_does() {
        let date = Date { year: 2026, month: 3, day: 7 };
        assert_eq!(date.format("%d %b %Y").unwrap(), "07 Mar 2026");
        assert_eq!(date.format("%e %B %y, %m, 100%%").unwrap(), " 7 March 26, 03, 100%");
        assert_eq!(date.format("%A, %a").unwrap(), "Saturday, Sat");
        assert_eq!(Date { year: 2024, month: 2, day: 29 }.format("%a").unwrap(), "Thu");
        assert_eq!(date.format("%H").unwrap_err(), "the date format %H is not supported");
        assert!(Date { year: 2026, month: 0, day: 1 }.format("%d").is_err());
        assert!(Date { year: 2026, month: 13, day: 1 }.format("%b").is_err());
    }
}
