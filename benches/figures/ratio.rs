//! A figure: two things measured in turns, and the ratio of their times.

use std::time::Duration;

/// The rounds of a figure; odd, so that the median is one of them.
pub const ROUNDS: usize = 11;

/// The head of the table that [`print`] fills.
pub const HEAD: &str =
    "figure                                              ours    baseline   ratio (spread)        target";

/// Prints a figure from its rounds: the time of ours and of the baseline, each for the same work.
pub fn print(name: &str, rounds: &[(Duration, Duration)], target: &str) {
    let seconds: Vec<_> = rounds.iter().map(|(ours, base)| (ours.as_secs_f64(), base.as_secs_f64())).collect();
    print_as(name, &seconds, |seconds| format!("{:.1?}", Duration::from_secs_f64(seconds)), target);
}

/// The same of sizes in bytes.
pub fn print_bytes(name: &str, rounds: &[(u64, u64)], target: &str) {
    let bytes: Vec<_> = rounds.iter().map(|(ours, base)| (*ours as f64, *base as f64)).collect();
    print_as(name, &bytes, |bytes| format!("{:.1}MB", bytes / 1e6), target);
}

fn print_as(name: &str, rounds: &[(f64, f64)], shown: impl Fn(f64) -> String, target: &str) {
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        (values[values.len() / 2], values[0], values[values.len() - 1])
    };
    let ours = shown(middle(rounds.iter().map(|round| round.0).collect()).0);
    let base = shown(middle(rounds.iter().map(|round| round.1).collect()).0);
    let (ratio, least, most) = middle(rounds.iter().map(|(ours, base)| ours / base).collect());
    println!("{name:46} {ours:>9} {base:>11}   {ratio:.3} ({least:.3}–{most:.3})   {target}");
}
