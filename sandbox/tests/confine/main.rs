//! Drives the real `confine` example on the real kernel: each test is one promise of the sandbox.

mod house;

mod files;
mod inheritance;
mod output;
mod processes;
mod refusals;
