//! The binary: hands the process to the sandbox if it is an init, otherwise to the command line.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    planproof_sandbox::enter_init_if_asked();
    planproof::cli::main()
}
