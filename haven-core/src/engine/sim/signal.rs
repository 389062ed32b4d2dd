//! Signals by name and number, as Linux has them.
//!
//! Only what a container can be sent; what a program does with one is its own matter.

use haven_model::{Error, Result};

pub(super) const INT: i32 = 2;
pub(super) const QUIT: i32 = 3;
pub(super) const KILL: i32 = 9;
pub(super) const TERM: i32 = 15;

const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
    "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
    "PWR", "SYS",
];

/// The number of a signal given as `SIGTERM`, `TERM`, `term` or `15`; `Invalid` for anything else.
pub(super) fn parse(text: &str) -> Result<i32> {
    if let Ok(number) = text.parse::<i32>()
        && (1..=64).contains(&number)
    {
        return Ok(number);
    }
    let upper = text.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    (1..).zip(NAMES).find_map(|(number, known)| (known == name).then_some(number)).ok_or_else(|| {
        Error::invalid(format!("`{}` is no signal", text.chars().take(32).collect::<String>().escape_debug()))
    })
}
