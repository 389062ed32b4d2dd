//! Has the program built anew when the dashboard was, file names included.
#![allow(clippy::print_stdout, reason = "cargo reads it")]

fn main() {
    println!("cargo::rerun-if-changed=page/dashboard");
}
