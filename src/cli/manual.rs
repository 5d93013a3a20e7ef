//! `tallybook completions` and `tallybook man`: what shells and `man` know of the program, made from its own `--help`.

use std::{fs, io, path::PathBuf};

use clap::{Args, Command as Clap};
use clap_complete::Shell;

use super::complaint::{Outcome, say};

#[derive(Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

#[derive(Args)]
pub(super) struct ManArgs {
    /// Directory to write the pages to, one for each command
    directory: PathBuf,
}

pub(super) fn complete(mut command: Clap, CompletionsArgs { shell }: &CompletionsArgs) {
    clap_complete::generate(*shell, &mut command, "tallybook", &mut io::stdout());
}

pub(super) fn write(command: Clap, ManArgs { directory }: &ManArgs) -> Outcome {
    let explain = |error| format!("Cannot write to {}: {error}", directory.display());
    fs::create_dir_all(directory).map_err(explain)?;
    clap_mangen::generate_to(command, directory).map_err(explain)?;
    say(&[format!(
        "The pages are in {}; `man {}` shows the first.",
        directory.display(),
        directory.join("tallybook.1").display()
    )])
}
