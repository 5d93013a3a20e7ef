//! A workbook of records. Its rows are on the disk until it is saved: memory does not grow.

use std::{
    io::{self, Write},
    path::Path,
};

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::line::{COLUMNS, Cell};
use crate::records::Money;

/// The most rows of a sheet, without that of the names.
const MOST_ROWS: u32 = 1_048_575;
/// The number below which every whole number has at most 15 digits, which all fit into a cell.
const TOO_LONG: i64 = 1_000_000_000_000_000;
/// Bytes on the disk of a cell, besides its text.
const CELL_BYTES: u64 = 60;
/// The formats of amounts, by their decimal places.
const AMOUNTS: [&str; 5] = ["#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000"];

/// The workbook.
pub(super) struct Records {
    workbook: Workbook,
    formats: Formats,
    sheets: usize,
    /// The row that comes next in the last sheet.
    row: u32,
    most_rows: u32,
}

struct Formats {
    names: Format,
    day: Format,
    whole: Format,
    amounts: [Format; 5],
}

impl Records {
    /// An empty workbook, whose rows will be in `directory`, if that is not the one of temporary files.
    pub(super) fn new(directory: Option<&Path>) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        if let Some(directory) = directory {
            workbook.set_tempdir(directory).map_err(of_xlsx)?;
        }
        let formats = Formats {
            names: Format::new().set_bold(),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            whole: Format::new().set_num_format("0"),
            amounts: AMOUNTS.map(|format| Format::new().set_num_format(format)),
        };
        let mut records = Self { workbook, formats, sheets: 0, row: 0, most_rows: MOST_ROWS };
        records.begin_sheet().map_err(of_xlsx)?;
        Ok(records)
    }

    /// About how many bytes a row takes until the workbook is saved.
    pub(super) fn size(cells: &[Cell<'_>]) -> u64 {
        let text = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => text.len(),
            Cell::Plain(text) => text.len(),
            Cell::Date(_) | Cell::Amount(_) | Cell::Whole(_) => 0,
        };
        cells.iter().map(|cell| CELL_BYTES + text(cell) as u64).sum()
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        let name = if self.sheets == 1 { "Records".to_owned() } else { format!("Records {}", self.sheets) };
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (column, name) in (0..).zip(COLUMNS) {
            sheet.write_string_with_format(0, column, name, &self.formats.names)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Adds a row.
    pub(super) fn add(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        self.write(cells).map_err(of_xlsx)
    }

    fn write(&mut self, cells: &[Cell<'_>]) -> Result<(), XlsxError> {
        if self.row > self.most_rows {
            self.begin_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in (0..).zip(cells) {
            self.formats.write(sheet, (self.row, column), cell)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes the workbook.
    pub(super) fn save(mut self, sink: &mut (impl Write + Send)) -> io::Result<()> {
        self.workbook.save_to_writer(sink).map_err(of_xlsx)
    }
}

impl Formats {
    /// Writes a cell. Text is text, whatever it begins with: no cell is a formula.
    fn write(&self, sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell<'_>) -> Result<(), XlsxError> {
        match cell {
            Cell::Text("") | Cell::Amount(None) => return Ok(()),
            Cell::Plain(text) if text.is_empty() => return Ok(()),
            Cell::Text(text) => sheet.write_string(row, column, *text),
            Cell::Plain(text) => sheet.write_string(row, column, text),
            Cell::Date(day) => match excel_day(*day) {
                Some(day) => sheet.write_datetime_with_format(row, column, &day, &self.day),
                None => sheet.write_string(row, column, day.to_string()),
            },
            Cell::Amount(Some(money)) => match number(*money) {
                Some(number) => {
                    let format = self.amounts.get(money.currency.fraction_digits() as usize).unwrap_or(&self.whole);
                    sheet.write_number_with_format(row, column, number, format)
                }
                None => sheet.write_string(row, column, money.amount().to_string()),
            },
            Cell::Whole(whole) => match exact(*whole) {
                Some(number) => sheet.write_number_with_format(row, column, number, &self.whole),
                None => sheet.write_string(row, column, whole.to_string()),
            },
        }?;
        Ok(())
    }
}

fn excel_day(day: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(day.year()).ok()?;
    ExcelDateTime::from_ymd(year, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?).ok()
}

/// The amount as a cell's number, which shows all of its digits: the nearest one to it, since both parts of the fraction
/// are exact. `None` where it has too many.
fn number(money: Money) -> Option<f64> {
    exact(money.minor).map(|minor| minor / f64::from(10_u32.pow(money.currency.fraction_digits())))
}

/// A whole number of at most 15 digits.
#[expect(clippy::cast_precision_loss, reason = "15 digits fit")]
fn exact(whole: i64) -> Option<f64> {
    (whole.unsigned_abs() < TOO_LONG.unsigned_abs()).then_some(whole as f64)
}

/// The error underneath, by which it is told what went wrong.
fn of_xlsx(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error,
        XlsxError::ZipError(error) => error.into(),
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use proptest::prelude::*;

    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money { minor, currency: code.parse().unwrap() }
    }

    #[test]
    fn what_does_not_fit_on_a_sheet_comes_on_the_next_one() {
        let mut records = Records { most_rows: 2, ..Records::new(None).unwrap() };
        for text in ["one", "two", "three", "four", "=5"] {
            records.add(&[Cell::Text(text)]).unwrap();
        }
        let mut bytes = Cursor::new(Vec::new());
        records.save(&mut bytes).unwrap();
        let mut archive = zip::ZipArchive::new(bytes).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        for (sheet, has) in [(1, ["one", "two"]), (2, ["three", "four"]), (3, ["=5", "minorUnits"])] {
            let xml = read(&format!("xl/worksheets/sheet{sheet}.xml"));
            assert!(has.iter().all(|text| xml.contains(&format!(">{text}</t>"))) && !xml.contains("<f>"), "{xml}");
        }
        assert!(read("xl/workbook.xml").contains("name=\"Records 3\""));
    }

    #[test]
    fn an_amount_of_sixteen_digits_is_no_number() {
        assert_eq!(number(money(-999_999_999_999_999, "USD")), Some(-9_999_999_999_999.99));
        assert_eq!(number(money(1_000_000_000_000_000, "USD")), None);
        assert_eq!(number(money(i64::MIN, "JPY")), None);
    }

    proptest! {
        #[test]
        fn a_number_shows_the_amount_to_its_last_digit(
            minor in -999_999_999_999_999_i64..=999_999_999_999_999,
            code in prop::sample::select(vec!["USD", "JPY", "BHD", "CLF"])
        ) {
            let money = money(minor, code);
            let places = money.currency.fraction_digits() as usize;
            let shown = format!("{:.places$}", number(money).unwrap());
            prop_assert_eq!(shown, money.amount().to_string());
        }
    }
}
