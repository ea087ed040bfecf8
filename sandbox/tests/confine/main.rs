//! Drives the real `confine` example on the real kernel: each test is one promise of the sandbox.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests end by panic, and say why they skip")]

mod house;

mod faults;
mod files;
mod full;
mod inheritance;
mod output;
mod processes;
mod refusals;
