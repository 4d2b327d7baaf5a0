//! Ctrl-C: the work under way ends at its next step; a second one ends the program at once.

use anyhow::{Context, Result};
use std::{
    process,
    sync::atomic::{AtomicBool, Ordering},
};

/// What a shell expects of a program that was interrupted: 128 + SIGINT.
pub const EXIT_CODE: u8 = 130;

static REQUESTED: AtomicBool = AtomicBool::new(false);
static IDLE: AtomicBool = AtomicBool::new(false);

/// Takes over Ctrl-C.
///
/// # Errors
/// When the system refuses.
pub fn install() -> Result<()> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::SeqCst) || IDLE.load(Ordering::SeqCst) {
            process::exit(EXIT_CODE.into());
        }
    })
    .context("Ctrl-C could not be taken over")
}

/// Whether Ctrl-C was pressed.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Forgets a Ctrl-C that has done its work.
pub fn forget() {
    REQUESTED.store(false, Ordering::SeqCst);
}

/// Does `wait`, during which nothing needs an end and Ctrl-C ends the program.
pub fn while_idle<T>(wait: impl FnOnce() -> T) -> T {
    IDLE.store(true, Ordering::SeqCst);
    let result = wait();
    IDLE.store(false, Ordering::SeqCst);
    result
}
