//! The formats of files.

use std::{
    borrow::Cow,
    io::{self, BufWriter, Write},
};

use csv::Terminator;

use super::{
    graphql::ExportFormat,
    line::{COLUMNS, Cell, Line},
    room::Sink,
    workbook::Records,
};

/// Bytes that are written at a time.
const BUFFER: usize = 64 * 1024;

/// A file in one of the formats, line by line.
pub(super) enum Sheet<W: Sink> {
    Csv(Box<csv::Writer<W>>),
    JsonLines(BufWriter<W>),
    Xlsx(Box<Records>, W),
}

impl<W: Sink> Sheet<W> {
    /// A file that begins in `sink`.
    pub(super) fn begin(format: ExportFormat, sink: W) -> io::Result<Self> {
        Ok(match format {
            ExportFormat::Csv => {
                let mut builder = csv::WriterBuilder::new();
                let mut csv = builder.terminator(Terminator::CRLF).buffer_capacity(BUFFER).from_writer(sink);
                csv.write_record(COLUMNS).map_err(of_csv)?;
                Self::Csv(Box::new(csv))
            }
            ExportFormat::JsonLines => Self::JsonLines(BufWriter::with_capacity(BUFFER, sink)),
            ExportFormat::Xlsx => Self::Xlsx(Box::new(Records::new(sink.directory())?), sink),
        })
    }

    /// Adds one line.
    pub(super) fn add(&mut self, line: Line<'_>) -> io::Result<()> {
        match self {
            Self::Csv(csv) => {
                for cell in &line.cells() {
                    csv.write_field(csv_text(cell).as_bytes()).map_err(of_csv)?;
                }
                csv.write_record(None::<&[u8]>).map_err(of_csv)
            }
            Self::JsonLines(json) => {
                serde_json::to_writer(&mut *json, &line)?;
                json.write_all(b"\n")
            }
            Self::Xlsx(workbook, sink) => {
                let cells = line.cells();
                sink.beside(Records::size(&cells))?;
                workbook.add(&cells)
            }
        }
    }

    /// The sink, after everything was written to it.
    pub(super) fn finish(self) -> io::Result<W> {
        match self {
            Self::Csv(mut csv) => {
                csv.flush()?;
                csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
            }
            Self::JsonLines(mut json) => {
                json.flush()?;
                json.into_inner().map_err(io::IntoInnerError::into_error)
            }
            Self::Xlsx(workbook, mut sink) => {
                workbook.save(&mut sink)?;
                Ok(sink)
            }
        }
    }
}

/// A cell as it stands in CSV. Spreadsheets run text that begins like a formula; with a `'` in front they show it. So that
/// the `'` can be taken off again, text that begins with one gets another.
fn csv_text<'a>(cell: &'a Cell<'_>) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'', '＝', '＋', '－', '＠']) => {
            format!("'{text}").into()
        }
        Cell::Text(text) => (*text).into(),
        Cell::Plain(text) => text.into(),
        Cell::Date(day) => day.to_string().into(),
        Cell::Amount(amount) => amount.map_or_else(String::new, |money| money.amount().to_string()).into(),
        Cell::Whole(number) => number.to_string().into(),
    }
}

/// The error underneath, by which it is told what went wrong.
fn of_csv(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::exports::room::Room;

    /// What a spreadsheet, or a program that takes the `'` off, finds in a cell.
    fn read_back(text: &str) -> (String, String) {
        let mut csv = csv::WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
        let cell = Cell::Text(text);
        csv.write_record([&*csv_text(&cell), "next"]).unwrap();
        let bytes = csv.into_inner().unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), 1);
        assert_eq!(&records[0][1], "next");
        let shown = records[0][0].to_owned();
        (shown.strip_prefix('\'').unwrap_or(&shown).to_owned(), shown)
    }

    proptest! {
        #[test]
        fn text_is_read_back_as_it_was_and_is_no_formula(
            text in prop_oneof![any::<String>(), "['=+@\t\r\n\",;-]{1,3}.{0,5}", "[a-z ,\"\r\n]{0,20}"]
        ) {
            let (taken_off, shown) = read_back(&text);
            prop_assert_eq!(taken_off, text);
            prop_assert!(!shown.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }

    #[test]
    fn lines_end_with_crlf_and_names_come_first() {
        let spool = Room::new(1_000).spool(&std::env::temp_dir()).unwrap();
        let spool = Sheet::begin(ExportFormat::Csv, spool).unwrap().finish().unwrap();
        let text = String::from_utf8(spool.rewound().unwrap().chunk().unwrap()).unwrap();
        assert_eq!(text, format!("{}\r\n", COLUMNS.join(",")));
    }
}
