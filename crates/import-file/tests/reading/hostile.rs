//! Files that are no bookings at all: each is a sentence, and none is too much.

use std::io::{self, Read};

use import_file::{Format, Outcome, Reader};
use proptest::prelude::*;

use crate::support::{lines, rows};

const FORMAT: &str = r#"{ "dateColumn": "Date", "amountColumn": "Amount", "notesColumns": ["What"] }"#;

/// The fault that ends `file`, after good rows or none.
fn fault(file: &[u8], format: &str) -> String {
    rows(file, format).find_map(Result::err).map(|fault| fault.to_string()).expect("a fault")
}

#[test]
fn what_is_no_text_is_named() {
    for (file, begin) in [
        (&b""[..], "The file is empty."),
        (b"PK\x03\x04\x14\0", "This is a zip archive or a spreadsheet."),
        (b"\xd0\xcf\x11\xe0", "This is a spreadsheet of an old kind."),
        (b"\xff\xfeD\0a\0", "This is a text in UTF-16."),
        (b"\xfe\xff\0D", "This is a text in UTF-16."),
        (b"%PDF-1.7", "This is a PDF document."),
        (b"\x1f\x8b\x08", "This is a compressed file."),
        (b"D\0a\0t\0e\0", "Line 1, column 2: There is a NUL character"),
        (b"\n\n  \n", "Line 1, column 1: There is no column \"Amount\"."),
        (b"Date,Amount,What\n2026-01-01,1,a\n2026-01-02,\0,b\n", "Line 3, column 12: There is a NUL character"),
        (b"Date,Amount,What\r2026-01-01,1,\xe4\n", "Line 2, column 14: This is not UTF-8."),
    ] {
        let fault = fault(file, FORMAT);
        assert!(fault.starts_with(begin), "{fault}");
    }
    let western = FORMAT.replacen('{', r#"{ "encoding": "WINDOWS_1252","#, 1);
    assert_eq!(fault(b"\xef\xbb\xbfDate,Amount,What\n", &western), "This is a text in UTF-8. Say so in the format.");
    let fault = fault(b"Date,Amount,What\n2026-01-01,1,\x81\n", &western);
    assert!(fault.starts_with("Line 2, column 14: This byte is no letter"), "{fault}");
}

/// A piece over and over, so many times, without being in memory at once.
fn repeated(begin: &'static [u8], piece: &'static [u8], times: u64) -> impl Read {
    struct Repeated(&'static [u8]);
    impl Read for Repeated {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let whole = into.len() / self.0.len();
            for room in into.chunks_exact_mut(self.0.len()) {
                room.copy_from_slice(self.0);
            }
            Ok(whole * self.0.len())
        }
    }
    begin.chain(Repeated(piece).take(times * piece.len() as u64))
}

fn fault_of(file: impl Read) -> String {
    let format: Format = serde_json::from_str(FORMAT).expect("a format in JSON");
    let fault = match Reader::new(&format, file) {
        Ok(mut reader) => reader.find_map(Result::err),
        Err(fault) => Some(fault),
    };
    fault.expect("a fault").to_string()
}

#[test]
fn what_never_ends_is_given_up() {
    const HEADER: &[u8] = b"Date,Amount,What\n";
    let endless = repeated(HEADER, b"x", u64::MAX / 2);
    assert_eq!(
        fault_of(endless),
        "Line 2, column 1: This line is longer than 1,048,576 characters. Is this a CSV file?"
    );
    let wide = repeated(b"", b",", 2_000_000);
    assert_eq!(fault_of(wide), "Line 1, column 1001: This row has more than 1,000 cells.");
    let never_closed = "The quote that opens here is never closed. Close it, or say that the file has no quotes.";
    let quoted = repeated(b"Date,Amount,What\n2026-01-01,1,\"", b"x", u64::MAX / 2);
    assert_eq!(fault_of(quoted), format!("Line 2, column 14: {never_closed}"));
    let lines = repeated(b"Date,Amount,What\n2026-01-01,1,\"", b"2026-01-01,1,a\n", 10_000);
    assert_eq!(fault_of(lines), format!("Line 2, column 14: {never_closed}"));
    assert_eq!(fault_of(&b"Date,Amount,What\n2026-01-01,1,\"a\n"[..]), format!("Line 2, column 14: {never_closed}"));
}

/// Each line opens a quote, and none of the next ones closes it: were all read again for each, this would take hours.
#[test]
fn quotes_that_are_never_right_are_not_read_again_without_end() {
    let file = repeated(b"Date,Amount,What\n", b"2026-01-01,1,\"\"\"a\",\"\"\"\n", 20_000);
    let format: Format = serde_json::from_str(FORMAT).expect("a format in JSON");
    let reader = Reader::new(&format, file).expect("a header");
    assert!(reader.take_while(Result::is_ok).count() < 40_000);
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_one_fault(bytes in prop::collection::vec(any::<u8>(), 0..400), encoding in 0..5_usize) {
        let encoding = ["UTF_8", "WINDOWS_1252", "WINDOWS_1250", "ISO_8859_1", "ISO_8859_15"][encoding];
        let format = format!(
            r##"{{ "encoding": "{encoding}", "headerLine": 0, "dateColumn": "#1", "amountColumn": "#2", "shortRows": true }}"##
        );
        let found: Vec<_> = rows(&bytes, &format).collect();
        prop_assert!(found.iter().rev().skip(1).all(Result::is_ok));
    }

    #[test]
    fn bytes_that_look_like_rows_are_read_to_the_end(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "\"", "\"\"", ",", "\n", "\r", "\r\r\n", " ", "2026-01-01", "-1.50", "a", "é", "1,000", "'", "=",
            ]),
            0..60,
        ),
    ) {
        let file = format!("Date,Amount,What\n2026-01-01,1,a\n{}", pieces.concat());
        let found: Vec<_> = rows(file.as_bytes(), FORMAT).collect();
        prop_assert!(found.iter().rev().skip(1).all(Result::is_ok));
        let lines: Vec<_> = found.iter().flatten().map(|row| row.line).collect();
        prop_assert!(lines.is_sorted_by(|one, next| one < next), "{lines:?}");
        for row in found.into_iter().flatten() {
            if let Outcome::Entry(entry) = row.outcome {
                prop_assert!(!entry.amount.is_zero() && !entry.amount.is_sign_negative());
            }
        }
    }

    /// Whatever the texts and the line ends are, a file that quotes them reads back as they were.
    #[test]
    fn quoted_cells_come_back(
        texts in prop::collection::vec("[a-z\",;\n'é ]{0,12}", 1..8),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r\r\n", "\r"]),
    ) {
        let quoted = texts.iter().map(|text| format!("2026-01-01,1,\"{}\"\n", text.replace('"', "\"\"")));
        let file = format!("Date,Amount,What\n{}", quoted.collect::<Vec<_>>().concat()).replace('\n', line_end);
        let found: Vec<_> = rows(file.as_bytes(), FORMAT).map(|row| row.expect("a row").cells[2].clone()).collect();
        let expected: Vec<_> = texts.iter().map(|text| text.trim().to_owned()).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn amounts_keep_every_digit(minor in 1_u64..1_000_000_000_000_000, is_refund: bool) {
        let (major, cents) = (minor / 100, minor % 100);
        let sign = if is_refund { "-" } else { "" };
        let file = format!("Date,Amount,What\n2026-01-01,{sign}{major}.{cents:02},a\n");
        let kind = if is_refund { "EXPENSE" } else { "INCOME" };
        prop_assert_eq!(lines(file.as_bytes(), FORMAT), [format!("2: {kind} {major}.{cents:02} 2026-01-01 a")]);
    }
}
