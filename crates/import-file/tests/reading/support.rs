//! Files and their rows, as tests write them down.

use import_file::{Entry, Fault, Format, Kind, Outcome, Problem, Reader, Row};

/// The rows of `file`, read by a format in JSON.
pub fn rows<'a>(file: &'a [u8], format: &str) -> Box<dyn Iterator<Item = Result<Row, Fault>> + 'a> {
    let format: Format = serde_json::from_str(format).expect("a format in JSON");
    match Reader::new(&format, file) {
        Ok(reader) => Box::new(reader),
        Err(fault) => Box::new(std::iter::once(Err(fault))),
    }
}

/// The rows of one of the test files, each as a line of text.
pub fn read(file: &str, format: &str) -> Vec<String> {
    lines(&bytes(file), format)
}

/// The rows of `file`, each as a line of text.
pub fn lines(file: &[u8], format: &str) -> Vec<String> {
    rows(file, format)
        .map(|row| match row {
            Ok(row) => shown(&row),
            Err(fault) => format!("FAULT {fault}"),
        })
        .collect()
}

/// Why one of the test files cannot be read.
pub fn fault_of(file: &str, format: &str) -> String {
    rows(&bytes(file), format).find_map(Result::err).expect("a fault").to_string()
}

pub fn bytes(file: &str) -> Vec<u8> {
    std::fs::read(example(file)).expect("a test file")
}

/// The format of one of the test files, in JSON.
pub fn format_of(file: &str) -> String {
    std::fs::read_to_string(example(&file.replace(".csv", ".json"))).expect("a test file")
}

/// Where one of them is.
pub fn example(file: &str) -> String {
    format!("{}/../../tests/data/formats/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// `line: KIND amount currency date [category] notes <counterparty>`, or what else it is.
pub fn shown(row: &Row) -> String {
    let text = match &row.outcome {
        Outcome::Zero => "ZERO".to_owned(),
        Outcome::Pending => "PENDING".to_owned(),
        Outcome::Problem(problems) => {
            let each = |Problem { field, column, message }: &Problem| {
                let field = field.map(|field| format!(" {field}")).unwrap_or_default();
                let column = column.as_ref().map(|column| format!(" in {column}")).unwrap_or_default();
                format!("PROBLEM{field}{column}: {message}")
            };
            problems.iter().map(each).collect::<Vec<_>>().join(" + ")
        }
        Outcome::Entry(Entry { kind, amount, currency, date, category, notes, counterparty }) => {
            let kind = if *kind == Kind::Income { "INCOME" } else { "EXPENSE" };
            let mut parts = vec![kind.to_owned(), amount.to_string()];
            parts.extend(currency.clone());
            parts.push(date.to_string());
            parts.extend(category.as_ref().map(|name| format!("[{name}]")));
            parts.extend(Some(notes.clone()).filter(|notes| !notes.is_empty()));
            parts.extend(counterparty.as_ref().map(|name| format!("<{name}>")));
            parts.join(" ")
        }
    };
    format!("{}: {text}", row.line)
}
