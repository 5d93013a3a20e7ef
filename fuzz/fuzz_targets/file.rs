//! Any bytes are rows up to the first fault, by any format and by the one that is suggested for them; their lines go up.
#![no_main]

use import_file::{DateForm, DecimalSign, Encoding, Format, KindRule, Reader, Separator, ThousandsSign, suggest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(suggestion) = suggest(bytes) {
        read(&suggestion.format, bytes);
    }
    let Some((choice, file)) = bytes.split_first() else { return };
    let format = Format {
        encoding: [Encoding::Utf8, Encoding::Windows1252, Encoding::Windows1250, Encoding::Iso885915]
            [usize::from(choice & 3)],
        separator: if choice & 4 == 0 { Separator::Comma } else { Separator::Semicolon },
        quotes: choice & 8 == 0,
        header_line: i32::from(choice >> 4 & 1),
        decimal_sign: if choice & 32 == 0 { DecimalSign::Point } else { DecimalSign::Comma },
        thousands_sign: ThousandsSign::Blank,
        kind: if choice & 64 == 0 { KindRule::Sign } else { KindRule::Suffix },
        date_column: Some("#1".to_owned()),
        date_form: if choice & 128 == 0 { DateForm::YearMonthDay } else { DateForm::DayNameYear },
        amount_column: Some("#2".to_owned()),
        notes_columns: vec!["#3".to_owned()],
        short_rows: true,
        ..Format::default()
    };
    read(&format, file);
});

fn read(format: &Format, file: &[u8]) {
    let Ok(reader) = Reader::new(format, file) else { return };
    let (mut last, mut is_over) = (0, false);
    for row in reader {
        assert!(!is_over);
        match row {
            Ok(row) => {
                assert!(row.line > last);
                last = row.line;
            }
            Err(_) => is_over = true,
        }
    }
}
