//! `tallybook export`: what `exportRecords` gives, for the operator.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, IsTerminal, Stdout, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use entity::Role;
use serde_json::{Value, json};
use tallybook::{
    config::Config,
    exports::{self, Failure, Request, Sink},
    services::Services,
};

use super::{
    complaint::{Complaint, Outcome},
    database::{Opening, with_services},
};

#[derive(Args)]
pub(super) struct Arguments {
    /// What the file is like
    #[arg(long)]
    format: FormatArg,
    /// File to write instead of standard output; an existing file is never overwritten
    #[arg(long)]
    output: Option<PathBuf>,
    /// Only income, or only expenses
    #[arg(long)]
    kind: Option<KindArg>,
    /// Only this category; may be repeated
    #[arg(long = "category", value_name = "NAME")]
    categories: Vec<String>,
    /// Only from this day on, such as 2026-01-01
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Only up to this day
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Only amounts of at least this, in `--currency` or the base currency
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    min_amount: Option<String>,
    /// Only amounts of at most this, in `--currency` or the base currency
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    max_amount: Option<String>,
    /// Only this currency
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Only records of this counterparty, written exactly like this
    #[arg(long, value_name = "NAME")]
    counterparty: Option<String>,
    /// Only records with all of these words in notes, counterparty or category
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Deleted records too, or only those
    #[arg(long)]
    deleted: Option<DeletedArg>,
    /// What records are sorted by
    #[arg(long, default_value = "date")]
    order_by: OrderArg,
    /// Smallest and oldest first, instead of last
    #[arg(long)]
    ascending: bool,
}

#[derive(ValueEnum, Clone, Copy)]
enum FormatArg {
    Csv,
    Jsonl,
    Xlsx,
}

#[derive(ValueEnum, Clone, Copy)]
enum KindArg {
    Income,
    Expense,
}

#[derive(ValueEnum, Clone, Copy)]
enum DeletedArg {
    Include,
    Only,
}

#[derive(ValueEnum, Clone, Copy)]
enum OrderArg {
    Date,
    Amount,
    CreatedAt,
}

/// The name of a value in the schema, where it is the one of the command line in capitals.
fn in_schema(value: &impl ValueEnum) -> Value {
    let name = value.to_possible_value().map(|value| value.get_name().to_uppercase().replace('-', "_"));
    json!(name)
}

impl Arguments {
    /// The same as input of the mutation. What is left out is null.
    fn input(self) -> Value {
        let Self {
            format,
            output: _,
            kind,
            categories,
            from,
            to,
            min_amount,
            max_amount,
            currency,
            counterparty,
            search,
            deleted,
            order_by,
            ascending,
        } = self;
        let format = match format {
            FormatArg::Jsonl => json!("JSON_LINES"),
            other => in_schema(&other),
        };
        json!({
            "filter": {
                "kind": kind.as_ref().map(in_schema),
                "categories": (!categories.is_empty()).then_some(categories),
                "from": from,
                "to": to,
                "minAmount": min_amount,
                "maxAmount": max_amount,
                "currency": currency,
                "counterparty": counterparty,
                "search": search,
                "deleted": deleted.as_ref().map(in_schema),
            },
            "orderBy": { "field": in_schema(&order_by), "direction": if ascending { "ASC" } else { "DESC" } },
            "format": format,
        })
    }
}

pub(super) async fn run(config: Config, arguments: Arguments) -> Outcome {
    let is_workbook = matches!(arguments.format, FormatArg::Xlsx);
    if is_workbook && arguments.output.is_none() && io::stdout().is_terminal() {
        return Err("A workbook is not for a terminal: say `--output FILE`.".into());
    }
    with_services(config, Opening::Current, async |services| {
        let output = arguments.output.clone();
        let request = Request::read(services, Role::Admin, arguments.input()).await?;
        match output {
            Some(path) => to_file(services, request, &path).await,
            None => to_standard_output(services, request).await,
        }
    })
    .await
}

async fn to_file(services: &Services, request: Request, path: &Path) -> Outcome {
    let explain = |error: io::Error| Complaint::from(format!("{}: {error}", path.display()));
    let file = File::create_new(path).map_err(explain)?;
    let written = exports::write(&services.db, request, Out(file)).await;
    let written = match written {
        Ok(Out(file)) => file.sync_all().map_err(explain),
        Err(Failure::Sink(error)) => Err(explain(error)),
        Err(Failure::Books(error)) => Err(error.into()),
    };
    if written.is_err() {
        // Part of the books could be taken for all of them.
        let _ = fs::remove_file(path);
    }
    written
}

async fn to_standard_output(services: &Services, request: Request) -> Outcome {
    match exports::write(&services.db, request, Out(io::stdout())).await {
        Ok(Out(mut out)) => Ok(out.flush()?),
        // A reader that closes the pipe early, such as `head`, got what it wanted.
        Err(Failure::Sink(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(Failure::Sink(error)) => Err(error.into()),
        Err(Failure::Books(error)) => Err(error.into()),
    }
}

/// Where the command writes.
struct Out<W>(W);

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Sink for Out<File> {}
impl Sink for Out<Stdout> {}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn arguments_become_the_input_of_the_mutation() {
        let all = "x --format jsonl --kind expense --category Rent --category Travel --from 2026-01-01 --to 2026-06-30 \
                   --min-amount -5 --max-amount 7.50 --currency EUR --counterparty Acme --search x --deleted only \
                   --order-by created-at --ascending";
        let input = |text: &str| Command::parse_from(text.split_whitespace()).arguments.input();
        let expected = json!({
            "filter": { "kind": "EXPENSE", "categories": ["Rent", "Travel"], "from": "2026-01-01", "to": "2026-06-30",
                "minAmount": "-5", "maxAmount": "7.50", "currency": "EUR", "counterparty": "Acme", "search": "x",
                "deleted": "ONLY" },
            "orderBy": { "field": "CREATED_AT", "direction": "ASC" },
            "format": "JSON_LINES",
        });
        assert_eq!(input(all), expected);
        let least = input("x --format csv");
        assert_eq!((&least["format"], &least["filter"]["categories"]), (&json!("CSV"), &Value::Null));
    }
}
