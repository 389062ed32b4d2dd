//! A figure: two things measured in turns, and the ratio of their times.

use std::time::Duration;

/// The rounds of a figure; odd, so that the median is one of them.
pub const ROUNDS: usize = 11;

/// The head of the table that [`print`] fills.
pub const HEAD: &str =
    "figure                                              ours    baseline   ratio (spread)        target";

/// Prints a figure from its rounds: the time of ours and of the baseline, each for the same work.
pub fn print(name: &str, rounds: &[(Duration, Duration)], target: &str) {
    let mut ratios: Vec<f64> = rounds.iter().map(|(ours, base)| ours.as_secs_f64() / base.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    let middle = |mut times: Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let ours = middle(rounds.iter().map(|round| round.0).collect());
    let base = middle(rounds.iter().map(|round| round.1).collect());
    println!(
        "{name:46} {:>9} {:>11}   {:.3} ({:.3}–{:.3})   {target}",
        format!("{ours:.1?}"),
        format!("{base:.1?}"),
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1],
    );
}
