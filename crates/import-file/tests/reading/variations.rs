//! The files of `tests/data/formats` with one thing changed in each: it is read as before, differently, or named; it is never
//! misread.

use crate::support::{bytes, format_of, lines};

/// What the example `name` reads as where `from` is replaced by `to` in its bytes, and `by` in its format, read by that.
fn changed(name: &str, (from, to): (&str, &str), by: &[(&str, &str)]) -> Vec<String> {
    let file = bytes(name);
    let place = file.windows(from.len()).position(|part| part == from.as_bytes()).expect("what is replaced");
    let file = [&file[..place], to.as_bytes(), &file[place + from.len()..]].concat();
    let format = by.iter().fold(format_of(name), |format, (from, to)| {
        assert!(format.contains(from), "{from} in {format}");
        format.replacen(from, to, 1)
    });
    lines(&file, &format)
}

#[track_caller]
fn check(name: &str, change: (&str, &str), by: &[(&str, &str)], row: usize, expected: &str) {
    let rows = changed(name, change, by);
    let found = rows.get(row).unwrap_or_else(|| panic!("{rows:?}"));
    assert!(found.contains(expected), "{name} {change:?} {by:?}: {found}");
}

const NO_AMOUNT: &str = "is not an amount as the format says";
const NO_DAY: &str = "is not a day as the format says";

#[test]
fn a_councils_amounts() {
    let name = "council-without-dates.csv";
    check(name, (",1500,", ",1500.0,"), &[], 0, "EXPENSE 1500.0 GBP");
    check(name, (",1500,", ",£1500.00,"), &[], 0, "EXPENSE 1500.00 GBP");
    check(name, (",1500,", ",\"1,500\","), &[], 0, NO_AMOUNT);
    let grouped = [("\"amountColumn\"", "\"thousandsSign\": \"COMMA\", \"amountColumn\"")];
    check(name, (",1500,", ",\"1,500\","), &grouped, 0, "EXPENSE 1500 GBP");
    check(name, (",1500,", ",\"1,50\","), &grouped, 0, NO_AMOUNT);
    check(name, (",1500,", ",1 500,"), &[], 0, NO_AMOUNT);
    check(name, (",1500,", ",1e3,"), &[], 0, NO_AMOUNT);
    check(name, (",1500,", ",€1500,"), &[], 0, "The amount is in EUR, but the currency of the row is GBP.");
    // A day that is none may not be the format's.
    let dated = [("\"date\": \"2014-03-31\"", "\"dateColumn\": \"Paid Date\", \"dateForm\": \"DAY_MONTH_YEAR\"")];
    check(name, ("00:00:00", "31/03/2014 00:00:00"), &dated, 0, "EXPENSE 1500 GBP 2014-03-31");
    check(name, ("00:00:00", "00/01/1900"), &dated, 0, NO_DAY);
}

#[test]
fn a_councils_credit_notes_and_footers() {
    let name = "council-credit-notes.csv";
    check(name, ("-11.91", "(11.91)"), &[], 3, "EXPENSE -11.91 GBP");
    check(name, ("-11.91", "11.91-"), &[], 3, "EXPENSE -11.91 GBP");
    check(name, ("-11.91", "−11.91"), &[], 3, "EXPENSE -11.91 GBP");
    check(name, ("-11.91", "-(11.91)"), &[], 3, NO_AMOUNT);
    check(name, ("-11.91", "-11.91"), &[("\"currency\"", "\"belowZero\": \"PROBLEM\", \"currency\"")], 3, "below zero");
    check(name, (",,xxx,,,,", ",,yyy,,,,"), &[], 5, "7: PROBLEM amount in Amount: There is no amount.");
    check(name, (",,xxx,,,,", ",,xxx total,,,-101904.15,"), &[], 4, "6: ZERO");
    check(name, (",,xxx,,,,", "Total,,,,,-101904.15,"), &[("xxx", "Total")], 4, "6: ZERO");
    assert_eq!(changed(name, (",,xxx,,,,", "Total,,,,,-101904.15,"), &[("xxx", "Total")]).len(), 5);
    // A total is no row: it has no day.
    check(name, (",,xxx,,,,", "Total,,,,,-101904.15,"), &[], 5, "7: PROBLEM date in Paid Date: There is no date.");
}

#[test]
fn days_with_years_of_two_digits_or_four() {
    let name = "giro-two-digit-years.csv";
    for day in ["22.02.2018", "22.2.18", "22/02/18", "22-02-2018", "22.02.18 00:00", "2018-02-22"] {
        let expected = if day.starts_with("2018") { NO_DAY } else { "EXPENSE 36.99 EUR 2018-02-22" };
        check(name, ("\"22.02.18\"", &format!("\"{day}\"")), &[], 0, expected);
    }
    check(name, ("22.02.18", "30.02.18"), &[], 0, NO_DAY);
    check(name, ("22.02.18", "22.02.69"), &[], 0, "2069-02-22");
    check(name, ("22.02.18", "22.02.70"), &[], 0, "1970-02-22");
    check(name, ("22.02.18", "22.02.018"), &[], 0, NO_DAY);
    check(name, ("Buchungstag\"", "Buchungstag\""), &[("\"Buchungstag\"", "\"Valutadatum\"")], 0, "2018-02-23");
    check(name, ("-36,99", "-1036,99"), &[], 0, "EXPENSE 1036.99");
    check(name, ("-36,99", "-1.036,99"), &[], 0, "EXPENSE 1036.99");
    check(name, ("-36,99", "-36.99"), &[], 0, NO_AMOUNT);
    check(name, ("-36,99", "-1,036.99"), &[], 0, NO_AMOUNT);
    check(name, ("\"EUR\"", "\"\""), &[], 0, "EXPENSE 36.99 2018");
}

#[test]
fn thousands_where_the_format_says_none_and_texts_in_other_encodings() {
    let name = "giro-14-purpose-columns.csv";
    check(name, ("-98,76", "-1.098,76"), &[], 0, NO_AMOUNT);
    check(
        name,
        ("-98,76", "-1.098,76"),
        &[("\"COMMA\"", "\"COMMA\", \"thousandsSign\": \"POINT\"")],
        0,
        "EXPENSE 1098.76",
    );
    check(name, (";EUR", ";EUR;"), &[], 0, "Cells in the row: 23; columns: 22");
    check(name, ("1.234,56;EUR", "1.234,56"), &[], 0, "Cells in the row: 21; columns: 22");
    for encoding in ["WINDOWS_1252", "ISO_8859_15", "WINDOWS_1250"] {
        check(name, ("EUR", "EUR"), &[("ISO_8859_1", encoding)], 0, "<Müller & Söhne>");
    }
}

#[test]
fn a_file_of_quotes_and_line_ends() {
    let name = "bank-crcrlf-broken-quote.csv";
    let whole = changed(name, ("IBAN", "IBAN"), &[]);
    for line_end in ["\n", "\r\n", "\r"] {
        let file = String::from_utf8_lossy(&bytes(name)).replace("\r\r\n", line_end).replace('\u{fffd}', "\u{eb}");
        let format = format_of(name).replace("ISO_8859_1", "UTF_8");
        assert_eq!(lines(file.as_bytes(), &format), whole, "{line_end:?}");
    }
    check(name, ("\"-337,49\"", "-337,49"), &[], 0, "Cells in the row: 10; columns: 9");
    check(name, ("\"-337,49\"", "\"-337.49\""), &[], 0, NO_AMOUNT);
    check(name, ("\"RENTE LENING\"", "\"RENTE \"LENING\""), &[], 0, "text behind the closing quote");
    check(name, ("\"RENTE LENING\"", "\"RENTE \"\"LENING\"\"\""), &[], 0, "[Bank] RENTE \"LENING\"");
    // A quote that is not closed costs its own line.
    let rows = changed(name, ("\"RENTE LENING\"", "\"RENTE LENING"), &[]);
    assert!(rows[0].starts_with("2: PROBLEM"), "{rows:?}");
    assert_eq!(rows[1..], whole[1..]);
}

#[test]
fn two_columns_in_one_row() {
    let name = "bank-amount-credit-and-debit.csv";
    let two = [(
        "\"amountColumn\": \"Bedrag\"",
        "\"kind\": \"TWO_COLUMNS\", \"incomeColumn\": \"credit\", \"expenseColumn\": \"debet\"",
    )];
    check(name, ("-3,40;219,95;              ;-3,40", "-3,40;219,95;0,00;3,40"), &two, 0, "EXPENSE 3.40 EUR");
    check(
        name,
        ("-3,40;219,95;              ;-3,40", "-3,40;219,95;3,40;3,40"),
        &two,
        0,
        "Both columns have an amount.",
    );
    check(name, ("-3,40;219,95;              ;-3,40", "-3,40;219,95;;"), &two, 0, "Neither column has an amount.");
    check(name, ("-3,40", "+3,40"), &[], 0, "INCOME 3.40 EUR");
    let name = "bank-debit-and-credit.csv";
    check(name, ("29.5,", "29,5,"), &[], 1, "Cells in the row: 6; columns: 5");
    check(name, ("512.0,,", "512.0,512.0,"), &[], 2, "Both columns have an amount.");
    check(name, ("512.0,,", "-512.0,,"), &[], 2, "below zero");
    check(
        name,
        ("512.0,,", "-512.0,,"),
        &[("\"currency\"", "\"belowZero\": \"REFUND\", \"currency\"")],
        2,
        "EXPENSE -512.0",
    );
    let name = "bank-dollars.csv";
    check(name, ("\"$20.00\"", "\"($20.00)\""), &[], 0, "below zero");
    check(name, ("\"$20.00\"", "\"$ 1,020.00\""), &[], 0, "INCOME 1020.00 USD");
    check(name, ("\"$20.00\"", "\"US$20.00\""), &[], 0, NO_AMOUNT);
    check(name, ("08/17/2022", "17/08/2022"), &[], 0, NO_DAY);
    let name = "bank-apostrophes.csv";
    check(name, ("12'240.05", "12’240.05"), &[], 1, "INCOME 12240.05 CHF");
    check(name, ("12'240.05", "12240.05"), &[], 1, "INCOME 12240.05 CHF");
    check(name, ("12'240.05", "12'24.05"), &[], 1, NO_AMOUNT);
    check(name, ("12'240.05", "12 240.05"), &[], 1, NO_AMOUNT);
}

#[test]
fn rows_with_flags() {
    let name = "card-pending-and-pounds.csv";
    check(name, ("\u{feff}", ""), &[], 1, "EXPENSE 1183.23 GBP 2019-12-12");
    check(name, ("Pending,", "PENDING,"), &[], 0, "PENDING");
    check(name, ("Pending,", ","), &[], 0, "PENDING");
    check(name, ("Pending,", "Due,"), &[], 0, NO_DAY);
    check(name, ("\"£1,183.23\"", "\"- £1,183.23\""), &[], 1, "below zero");
    check(name, ("12-Dec-2019", "12 December 2019"), &[], 1, "2019-12-12");
    check(name, ("12-Dec-2019", "12-Dez-2019"), &[], 1, NO_DAY);
    check(name, (",CR\n", ",DR\n"), &[], 3, "\"DR\" is none of the values");
    let name = "bank-flag-no-header.csv";
    check(name, (";O\n", ";o\n"), &[], 0, "EXPENSE 33.87 EUR");
    check(name, (";O\n", ";\n"), &[], 0, "\"\" is none of the values");
    check(name, ("33,87", "-33,87"), &[], 0, "below zero");
    let name = "app-cr-line-ends.csv";
    check(name, ("debit", "DEBIT"), &[], 0, "EXPENSE 1000.00 USD");
    check(name, ("6/12/15", "06/12/2015"), &[], 0, "2015-06-12");
    check(name, ("6/12/15", "13/6/15"), &[], 0, NO_DAY);
}

#[test]
fn charges_with_fees_refunds_and_zones() {
    let name = "charges-timestamps.csv";
    check(name, ("2021-02-03 13:12", "2021-02-03T23:59:59Z"), &[], 0, "CAD 2021-02-03");
    check(name, ("2021-02-03 13:12", "2021-02-03 23:59:59 -0800"), &[], 0, "CAD 2021-02-03");
    check(name, ("2021-02-03 13:12", "1612357920"), &[], 0, NO_DAY);
    check(name, (",cad,", ",Usd,"), &[], 0, "INCOME 25.00 USD");
    check(name, ("25.00,0.00", "25.00,30.00"), &[], 0, "INCOME -5.00 CAD");
    check(name, ("25.00,0.00", "25.00,"), &[], 0, "INCOME 25.00 CAD");
    check(name, ("25.00,0.00", "25.00,x"), &[], 0, NO_AMOUNT);
    let fees = [("[\"amount_refunded\"]", "[\"amount_refunded\", \"fee\"]")];
    check(name, ("25.00", "25.00"), &fees, 0, "INCOME 23.97 CAD");
}

#[test]
fn categories_and_what_came_back() {
    let name = "bank-categories.csv";
    check(name, ("1.37", "-1.37"), &[], 1, "EXPENSE 1.37 EUR");
    check(name, ("Otros gastos,Cajeros", "Otros gastos,"), &[], 3, "[Otros gastos]");
    check(name, ("Otros gastos,Cajeros", ","), &[], 3, "EXPENSE 1000.00 EUR 2022-07-29 Reintegro");
    check(name, ("Otros gastos,Cajeros", "Otros gastos, Cajeros "), &[], 3, "[Cash]");
    check(name, ("-17.60", "-0.00"), &[], 2, "ZERO");
}

/// What other files have, in small ones.
#[test]
fn what_else_was_seen() {
    let tab = r#"{ "separator": "TAB", "dateColumn": "Date", "dateForm": "DIGITS", "amountColumn": "Amount" }"#;
    assert_eq!(lines(b"Date\tAmount\n20260331\t1.50\n2026-03-31\t1\n", tab)[0], "2: INCOME 1.50 2026-03-31");
    assert!(lines(b"Date\tAmount\n2026-03-31\t1\n", tab)[0].contains(NO_DAY));
    let pipe = tab.replace("TAB", "PIPE").replace("DIGITS", "NAME_DAY_YEAR");
    assert_eq!(lines(b"Date|Amount\nMar 31, 2026|-1.50\n", &pipe), ["2: EXPENSE 1.50 2026-03-31"]);
    // A line that goes on with the text of the one before says so: it has neither day nor amount.
    let plain = r#"{ "dateColumn": "Date", "amountColumn": "Amount", "notesColumns": ["Text"] }"#;
    let rows = lines(b"Date,Amount,Text\n2026-03-31,-5,Paid\n,,to somebody\n", plain);
    assert_eq!(rows[0], "2: EXPENSE 5 2026-03-31 Paid");
    assert!(rows[1].starts_with("3: PROBLEM amount in Amount: There is no amount. + PROBLEM date"), "{rows:?}");
    // A transfer is two rows, and stays two.
    let rows = lines(b"Date,Amount,Text\n2026-03-31,-5,Transfer\n2026-03-31,5,Transfer\n", plain);
    assert_eq!(rows, ["2: EXPENSE 5 2026-03-31 Transfer", "3: INCOME 5 2026-03-31 Transfer"]);
    let mut file = "Bank of Somewhere\n".repeat(12);
    file.push_str("Date,Amount,Text\n2026-03-31,-5,Paid\nClosing balance,,5\n");
    let format = plain.replacen('{', "{ \"headerLine\": 13, \"leaveOut\": [\"Closing\"],", 1);
    assert_eq!(lines(file.as_bytes(), &format), ["14: EXPENSE 5 2026-03-31 Paid"]);
    assert!(lines(file.as_bytes(), &format.replace("13", "12"))[0].contains("There is no column"));
    let format = plain.replacen('{', "{ \"headerText\": \"Amount\", \"leaveOut\": [\"Closing\"],", 1);
    assert_eq!(lines(file.as_bytes(), &format), ["14: EXPENSE 5 2026-03-31 Paid"]);
}
