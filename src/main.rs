//! Where the program begins: its allocator, and how it ends.

use std::{
    io::{self, Write},
    process::ExitCode,
};

mod cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            let _ = writeln!(io::stderr(), "tallybook: {complaint}");
            ExitCode::FAILURE
        }
    }
}
