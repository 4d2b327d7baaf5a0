//! A display without a screen, and a hand that clicks on it: for the tests with a real mouse and real keys.

use super::apt::{Need, Sign};

/// The display server, its wrapper, and the hand.
pub const PROGRAMS: &[Need] = &[
    Need { package: "xvfb", sign: Sign::Program("Xvfb") },
    Need { package: "xauth", sign: Sign::Program("xauth") },
    Need { package: "xdotool", sign: Sign::Program("xdotool") },
];
