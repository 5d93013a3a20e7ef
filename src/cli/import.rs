//! `tallybook import`: what `createImport`, an upload and `commitImport` do, for the operator.

use std::path::PathBuf;

use clap::Args;
use tallybook::{
    config::Config,
    imports::{self, Local, Report},
    organization,
};

use super::{
    complaint::{Complaint, Outcome, say},
    database::{Opening, with_services},
    progress,
};

#[derive(Args)]
pub(super) struct Arguments {
    /// The file
    file: PathBuf,
    /// How it is read: the name of a saved format, or a JSON file that holds one
    #[arg(long)]
    format: String,
    /// E-mail address of the user who imports it, an analyst or an admin
    #[arg(long)]
    user: String,
    /// What it comes from, such as an account; the format's name when omitted
    #[arg(long)]
    source: Option<String>,
    /// Leave rows with problems out; else nothing is entered where a row has one
    #[arg(long)]
    skip_problems: bool,
    /// Leave rows out that look like records that are there already
    #[arg(long)]
    skip_possible_duplicates: bool,
    /// Say what would be entered, and enter nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: Config, arguments: &Arguments) -> Outcome {
    with_services(config, Opening::Current, async |services| {
        organization::prepare(services).await?;
        let local = Local {
            path: &arguments.file,
            format: &arguments.format,
            source: arguments.source.as_deref(),
            user: &arguments.user,
            skips_problems: arguments.skip_problems,
            skips_duplicates: arguments.skip_possible_duplicates,
            is_dry_run: arguments.dry_run,
        };
        let bar = progress::bar("Importing", 0);
        let imported = Box::pin(imports::import_local(services, &local, |done, rows| {
            bar.set_length(rows);
            bar.set_position(done);
        }));
        let imported = imported.await;
        bar.finish_and_clear();
        tell(&imported?, arguments)
    })
    .await
}

fn tell(report: &Report, arguments: &Arguments) -> Outcome {
    let Report { rows, already_imported, zero, pending, problems: (problems, sentences), entered } = report;
    let left_out = [
        (*already_imported, "imported before"),
        (*zero, "of an amount of zero"),
        (*pending, "not booked yet"),
        (*problems, "with problems"),
    ];
    let left_out = left_out.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let left_out = left_out.collect::<Vec<_>>().join(", ");
    let entered_ones = if arguments.dry_run { "Records that would be entered" } else { "Records entered" };
    let mut lines = vec![format!("{entered_ones}: {entered}. Rows: {rows}.")];
    if !left_out.is_empty() {
        lines.push(format!("Left out: {left_out}."));
    }
    lines.extend(sentences.iter().cloned());
    say(&lines)?;
    if arguments.dry_run && *problems > 0 && !arguments.skip_problems {
        return Err(Complaint::from("Rows with problems keep all others out, unless you add --skip-problems."));
    }
    Ok(())
}
