//! Formats that are suggested: right, or asked about.

use chrono::NaiveDate;
use import_file::{Format, LOOKED_AT, Outcome, Reader, Suggestion, suggest};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{bytes, example, format_of};

fn of(file: &[u8]) -> Suggestion {
    suggest(file).expect("a suggestion")
}

/// What a format says beyond the usual, and which fields are asked about.
fn shown(suggestion: &Suggestion) -> (Value, String) {
    let usual = serde_json::to_value(Format::default()).expect("JSON");
    let Ok(Value::Object(mut fields)) = serde_json::to_value(&suggestion.format) else { panic!("an object") };
    fields.retain(|field, value| usual[field.as_str()] != *value);
    let asked: Vec<_> = suggestion.questions.iter().map(|question| question.field).collect();
    (Value::Object(fields), asked.join(" "))
}

#[track_caller]
fn check(file: &str, format: &Value, asked: &str) {
    let (found, questions) = shown(&of(&bytes(file)));
    assert_eq!(found, *format, "{file}");
    assert_eq!(questions, asked, "{file}");
}

#[test]
fn councils() {
    let format = json!({ "amountColumn": "Amount", "categoryColumns": ["Category"], "counterpartyColumns": ["Supplier"],
        "kind": "EXPENSE" });
    check("council-without-dates.csv", &format, "dateColumn kind currency");
    let format = json!({ "amountColumn": "Amount", "categoryColumns": ["Category"], "notesColumns": ["Service Area"],
        "counterpartyColumns": ["Supplier Name"], "dateColumn": "Paid Date", "dateForm": "DAY_MONTH_YEAR",
        "kind": "EXPENSE" });
    check("council-credit-notes.csv", &format, "kind currency leaveOut");
}

#[test]
fn banks_with_one_signed_amount() {
    let format = json!({ "separator": "SEMICOLON", "decimalSign": "COMMA", "thousandsSign": "POINT",
        "amountColumn": "Betrag", "currencyColumn": "Waehrung", "dateColumn": "Buchungstag",
        "dateForm": "DAY_MONTH_YEAR", "notesColumns": ["Verwendungszweck"], "counterpartyColumns": ["Beguenstigter"] });
    check("giro-two-digit-years.csv", &format, "dateColumn kind category");
    let purpose: Vec<_> = (1..=14).map(|at| format!("VWZ{at}")).collect();
    let format = json!({ "encoding": "WINDOWS_1252", "separator": "SEMICOLON", "decimalSign": "COMMA",
        "thousandsSign": "POINT", "amountColumn": "Betrag", "currencyColumn": "Währung", "dateColumn": "Buchungstag",
        "dateForm": "DAY_MONTH_YEAR", "notesColumns": purpose, "counterpartyColumns": ["Auftraggeber/Empfänger"] });
    check("giro-14-purpose-columns.csv", &format, "encoding dateColumn dateForm kind category");
    let format = json!({ "encoding": "WINDOWS_1252", "decimalSign": "COMMA", "amountColumn": "Bedrag",
        "currencyColumn": "Munt", "dateColumn": "Datum", "notesColumns": ["Omschrijving-1", "Omschrijving-2"],
        "counterpartyColumns": ["Naam tegenpartij"] });
    check("bank-crcrlf-broken-quote.csv", &format, "encoding category");
    let format = json!({ "separator": "SEMICOLON", "decimalSign": "COMMA", "amountColumn": "Bedrag",
        "currencyColumn": "Munt", "dateColumn": "Datum", "dateForm": "DAY_MONTH_YEAR",
        "notesColumns": ["Omschrijving", "Vrije mededeling"], "counterpartyColumns": ["Naam tegenpartij"] });
    check("bank-amount-credit-and-debit.csv", &format, "kind category");
    let format = json!({ "amountColumn": "amount", "categoryColumns": ["class", "subcategory"], "dateColumn": "date",
        "dateForm": "DAY_MONTH_YEAR", "notesColumns": ["desc", "notes"] });
    check("bank-categories.csv", &format, "kind currency");
}

#[test]
fn banks_with_two_columns() {
    let format = json!({ "kind": "TWO_COLUMNS", "incomeColumn": "Credit", "expenseColumn": "Debit",
        "dateColumn": "Date", "dateForm": "DAY_MONTH_YEAR", "notesColumns": ["Details"] });
    check("bank-debit-and-credit.csv", &format, "dateForm currency category");
    let format = json!({ "separator": "SEMICOLON", "thousandsSign": "APOSTROPHE", "kind": "TWO_COLUMNS",
        "incomeColumn": "Crédit", "expenseColumn": "Débit", "currencyColumn": "Monn.", "dateColumn": "Date de valeur",
        "dateForm": "DAY_MONTH_YEAR", "notesColumns": ["Description 1", "Description 2", "Description 3"] });
    check("bank-apostrophes.csv", &format, "category");
    let format = json!({ "thousandsSign": "COMMA", "kind": "TWO_COLUMNS", "incomeColumn": "Deposit",
        "expenseColumn": "Withdrawal", "currency": "USD", "dateColumn": "Date", "dateForm": "MONTH_DAY_YEAR",
        "notesColumns": ["Description"] });
    check("bank-dollars.csv", &format, "currency category");
}

#[test]
fn files_with_flags() {
    let format = json!({ "thousandsSign": "COMMA", "kind": "FLAG", "amountColumn": "Amount", "flagColumn": "#4",
        "incomeFlags": ["CR"], "expenseFlags": [""], "currency": "GBP", "dateColumn": "Date Processed",
        "dateForm": "DAY_NAME_YEAR", "pendingColumn": "Date Processed", "pendingValues": ["Pending"],
        "notesColumns": ["Description"] });
    check("card-pending-and-pounds.csv", &format, "pendingValues incomeFlags currency category");
    let format = json!({ "separator": "SEMICOLON", "headerLine": 0, "decimalSign": "COMMA", "kind": "FLAG",
        "amountColumn": "#4", "flagColumn": "#5", "incomeFlags": ["I"], "expenseFlags": ["O"], "dateColumn": "#1",
        "dateForm": "DAY_MONTH_YEAR", "notesColumns": ["#2"] });
    check("bank-flag-no-header.csv", &format, "dateColumn incomeFlags currency category");
    let format = json!({ "thousandsSign": "COMMA", "kind": "FLAG", "amountColumn": "Amount",
        "flagColumn": "Transaction Type", "incomeFlags": ["credit"], "expenseFlags": ["debit"], "dateColumn": "Date",
        "dateForm": "MONTH_DAY_YEAR", "categoryColumns": ["Category"], "notesColumns": ["Description", "Notes"] });
    check("app-cr-line-ends.csv", &format, "currency");
}

#[test]
fn charges_of_a_shop() {
    let format = json!({ "amountColumn": "amount", "kind": "INCOME", "currencyColumn": "currency",
        "dateColumn": "created", "notesColumns": ["description"], "counterpartyColumns": ["customer"] });
    check("charges-timestamps.csv", &format, "subtractedColumns kind category");
}

/// The questions that may be about what a suggestion reads differently.
fn asked_where_they_differ(saved: &Outcome, suggested: &Outcome) -> Vec<&'static str> {
    match (saved, suggested) {
        (Outcome::Entry(saved), Outcome::Entry(found)) => {
            let amount = vec!["decimalSign", "thousandsSign", "amountColumn", "subtractedColumns"];
            let mut asked = Vec::new();
            asked.extend((saved.date != found.date).then(|| vec!["dateColumn", "dateForm"]));
            asked.extend((saved.amount.abs() != found.amount.abs()).then_some(amount));
            asked.extend((saved.kind != found.kind).then(|| vec!["kind", "incomeFlags"]));
            asked.concat()
        }
        (saved, found) if std::mem::discriminant(saved) == std::mem::discriminant(found) => Vec::new(),
        // A row that is refused is not misread; one that is to be left out and is not, is.
        (_, Outcome::Problem(_)) => Vec::new(),
        _ => vec!["leaveOut", "pendingValues", "subtractedColumns"],
    }
}

/// Whatever the suggestion reads otherwise than the format that was written for the file, it asks about.
#[track_caller]
fn assert_right_or_asked(name: &str, file: &[u8]) {
    let saved: Format = serde_json::from_str(&format_of(name)).expect("a format");
    let Suggestion { format, questions } = of(file);
    let asked: Vec<_> = questions.iter().map(|question| question.field).collect();
    let read = |format: &Format| Reader::new(format, file).map(|rows| rows.filter_map(Result::ok).collect::<Vec<_>>());
    let Ok(found) = read(&format) else {
        assert!(!asked.is_empty(), "{name}: {format:?} does not fit, and nothing is asked");
        return;
    };
    for (right, found) in read(&saved).expect("a header").iter().zip(&found) {
        let differ = asked_where_they_differ(&right.outcome, &found.outcome);
        let is_asked = differ.is_empty() || differ.iter().any(|field| asked.contains(field));
        assert!(is_asked, "{name}: {found:?} instead of {right:?}; asked: {asked:?}");
    }
}

#[test]
fn every_example_is_read_right_or_asked_about() {
    let names = std::fs::read_dir(example("")).expect("the examples").map(|entry| entry.expect("an entry").file_name());
    let names: Vec<_> =
        names.map(|name| name.into_string().expect("a name")).filter(|it| it.contains(".csv")).collect();
    assert_eq!(names.len(), 14);
    for name in names {
        let file = bytes(&name);
        assert_right_or_asked(&name, &file);
        // One row alone says less.
        let rows = file.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r')).map(|(at, _)| at + 1);
        for end in rows.skip(1) {
            assert_right_or_asked(&name, &file[..end]);
        }
    }
}

#[test]
fn days_below_13_and_amounts_that_may_be_thousands_are_asked_about() {
    let asked = |name: &str, changes: &[(&str, &str)]| {
        let file = changes.iter().fold(String::from_utf8_lossy(&bytes(name)).into_owned(), |file, (from, to)| {
            assert!(file.contains(from), "{from} in {name}");
            file.replace(from, to)
        });
        assert_right_or_asked(name, file.as_bytes());
        shown(&of(file.as_bytes())).1
    };
    for (name, changes) in [
        ("council-credit-notes.csv", &[("27/12/", "07/12/"), ("13/12/", "03/12/")][..]),
        ("giro-two-digit-years.csv", &[("22.02.18", "02.02.18"), ("23.02.18", "03.02.18")]),
        ("bank-amount-credit-and-debit.csv", &[("28/02/2018", "08/02/2018")]),
        ("bank-debit-and-credit.csv", &[]),
        (
            "bank-flag-no-header.csv",
            &[("18.09.2017", "08.09.2017"), ("19.09.2017", "09.09.2017"), ("20.09.2017", "10.09.2017")],
        ),
        ("bank-apostrophes.csv", &[("31.03.2019", "01.03.2019"), ("28.02.2019", "08.02.2019")]),
        ("bank-dollars.csv", &[("08/17/", "08/07/"), ("08/14/", "08/04/")]),
        ("app-cr-line-ends.csv", &[("6/13/15", "6/11/15")]),
        ("bank-categories.csv", &[("24/03", "04/03"), ("31/12", "01/12"), ("14/05", "04/05"), ("29/07", "09/07")]),
    ] {
        let asked = asked(name, changes);
        assert!(asked.contains("dateForm"), "{name}: {asked}");
    }
    for (name, changes) in [
        ("council-without-dates.csv", &[(",1500,", ",1.500,"), ("1137.16", "1.137"), ("88.3,", "88,")][..]),
        ("giro-two-digit-years.csv", &[("-36,99", "-36"), ("1.250,00", "1.250")]),
        ("bank-flag-no-header.csv", &[("33,87", "33,870"), (";17,00;", ";17,000;"), (";24,00;", ";24,000;")]),
        ("bank-dollars.csv", &[("$20.00", "$20"), ("$1,103.00", "$1,103"), ("$878.47", "$878"), ("$858.47", "$858")]),
        ("app-cr-line-ends.csv", &[("1,000.00", "1,000"), ("2,000.00", "2,000")]),
    ] {
        let asked = asked(name, changes);
        assert!(asked.contains("decimalSign"), "{name}: {asked}");
    }
}

#[test]
fn what_cannot_be_known_is_asked() {
    let asked = |file: &str| shown(&of(file.as_bytes())).1;
    assert!(asked("Date;Amount\n01.02.2026;1,50\n12.11.2026;2,50\n").contains("dateForm"));
    assert!(!asked("Date;Amount\n01.02.2026;1,50\n13.11.2026;2,50\n").contains("dateForm"));
    assert!(asked("Date;Amount\n13-11-26;1,50\n").contains("dateForm"));
    assert!(asked("Date;Amount\n2026-02-01;1.234\n2026-02-01;22,000\n").contains("decimalSign"));
    assert!(asked("Date;Amount\n2026-02-01;1.234\n2026-02-01;22.000\n").contains("decimalSign"));
    assert!(asked("Date;Amount\n2026-02-01;1.50\n2026-02-01;1,50\n").contains("decimalSign"));
    assert!(!asked("Date;Amount\n2026-02-01;1.234\n2026-02-01;22,00\n").contains("decimalSign"));
    // Another column may tell, and is not believed.
    assert!(asked("Date;Amount;Balance\n2026-02-01;1.234;5,50\n").contains("decimalSign"));
    assert!(asked("a,b;c,d\n2026-02-01,1;2,3\n").contains("separator"));
    for file in [&b"\xff\xfeD\0"[..], b"PK\x03\x04", b"", b"one\ntwo\n", b"\n\n"] {
        assert!(suggest(file).is_err(), "{file:?}");
    }
}

#[test]
fn lines_before_the_header_and_cut_lines_behind_are_left_out() {
    let mut file = b"Statement\nIBAN;DE00\n\nBuchungstag;Betrag;Verwendungszweck\n".to_vec();
    for _ in 0..20_000 {
        file.extend_from_slice("24.12.2026;-1.234,56;Gr\u{fc}\u{df}e\n".as_bytes());
    }
    let suggestion = of(&file);
    assert_eq!(suggestion.format.header_line, 4);
    assert_eq!(shown(&suggestion).1, "kind currency category");
}

/// How a file writes its dates and amounts.
#[derive(Clone, Debug)]
struct Style {
    order: usize,
    between: &'static str,
    has_decimal_comma: bool,
    has_thousands: bool,
    places: u32,
}

fn styles() -> impl Strategy<Value = Style> {
    (
        0..3_usize,
        prop::sample::select(vec![".", "/", "-"]),
        any::<bool>(),
        any::<bool>(),
        prop::sample::select(vec![0, 2, 3]),
    )
        .prop_map(|(order, between, has_decimal_comma, has_thousands, places)| Style {
            order,
            between,
            has_decimal_comma,
            has_thousands,
            places,
        })
}

impl Style {
    fn date(&self, day: NaiveDate) -> String {
        let form = ["%Y-%m-%d", "%d-%m-%Y", "%m-%d-%Y"][self.order];
        day.format(form).to_string().replace('-', self.between)
    }

    fn amount(&self, minor: i64) -> String {
        let (sign, minor) = if minor < 0 { ("-", -minor) } else { ("", minor) };
        let unit = 10_i64.pow(self.places);
        let (point, comma) = if self.has_decimal_comma { (',', '.') } else { ('.', ',') };
        let digits = (minor / unit).to_string();
        let mut whole = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if self.has_thousands && at > 0 && (digits.len() - at).is_multiple_of(3) {
                whole.push(comma);
            }
            whole.push(digit);
        }
        match self.places {
            0 => format!("{sign}{whole}"),
            places => format!("{sign}{whole}{point}{:0places$}", minor % unit, places = places as usize),
        }
    }
}

const OWN: &str = "id,date,kind,amount,currency,category,counterparty,notes,minorUnits,createdBy,createdAt,updatedAt,\
    version,deletedAt\r\n";

#[test]
fn our_own_exports() {
    let row = "r1,2026-01-02,EXPENSE,1.234,BHD,Rent,,\"a\nb\",1234,Ada,2026-01-02T00:00:00Z,2026-01-02T00:00:00Z,1,";
    let (format, asked) = shown(&of(format!("{OWN}{row}\r\n").as_bytes()));
    assert_eq!((&format["guardedTexts"], &format["belowZero"], &*asked), (&json!(true), &json!("REFUND"), ""));
    let deleted = format!("{OWN}{row}2026-01-03T00:00:00Z\r\n");
    assert_eq!(shown(&of(deleted.as_bytes())).1, "leaveOut");
    let saved_again = format!("{OWN}{row}\r\n").replace(',', ";").replace("1.234", "1,234");
    let (format, asked) = shown(&of(saved_again.as_bytes()));
    assert!(format["guardedTexts"].is_null() && asked.contains("decimalSign"), "{format} {asked}");
}

#[test]
fn a_file_that_goes_on_within_a_cell() {
    let row = format!("2026-01-31,-5.00,\"one {}\ntwo\"\n", "x".repeat(200));
    for length in [LOOKED_AT - 1, LOOKED_AT] {
        // The second line of the last cell is not looked at.
        let rows = row.repeat((length - 18) / row.len() + 1);
        let missing = length - 18 - (rows[..length - 18].rfind("x\n").expect("a cell") + 2);
        let file = format!("Date,Amount,Notes{}\n{rows}", " ".repeat(missing));
        let suggestion = of(&file.as_bytes()[..length]);
        assert_eq!(suggestion.format.quotes, length == LOOKED_AT, "{length}");
    }
}

proptest! {
    /// Whatever is not asked about is read as it was written.
    #[test]
    fn no_date_and_no_amount_is_misread_without_a_question(
        style in styles(),
        rows in prop::collection::vec((0..3_000_i32, 1..3_000_000_i64, any::<bool>()), 1..6),
    ) {
        let first = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a day");
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(days, minor, is_below)| {
                (first + chrono::Duration::days(i64::from(days)), if is_below { -minor } else { minor })
            })
            .collect();
        let lines = rows.iter().map(|(day, minor)| format!("{};{};x\n", style.date(*day), style.amount(*minor)));
        let file = format!("Date;Amount;Text\n{}", lines.collect::<Vec<_>>().concat());
        let Suggestion { format, questions } = of(file.as_bytes());
        let is_asked = |field: &str| questions.iter().any(|question| question.field == field);
        prop_assert!(!is_asked("separator") && !is_asked("dateColumn") && !is_asked("amountColumn"), "{questions:?}");
        let found: Vec<_> = Reader::new(&format, file.as_bytes()).expect("a header").collect();
        for ((day, minor), row) in rows.iter().zip(found) {
            let Outcome::Entry(entry) = row.expect("a row").outcome else { panic!("no entry in {file} by {format:?}") };
            prop_assert!(is_asked("dateForm") || entry.date == *day, "{file}");
            let amount = Decimal::new(*minor, style.places);
            prop_assert!(is_asked("decimalSign") || entry.amount.abs() == amount.abs(), "{file}");
        }
    }

    #[test]
    fn any_bytes_have_a_suggestion_or_a_fault(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = suggest(&bytes);
    }

    #[test]
    fn bytes_that_look_like_rows_have_a_suggestion_that_can_be_used(
        pieces in prop::collection::vec(
            prop::sample::select(vec!["\"", ",", ";", "\n", "01.02.2026", "1.234", "-1,50", "Credit", "Debit", "CR", "a", "#2"]),
            0..60,
        ),
    ) {
        if let Ok(Suggestion { format, questions }) = suggest(pieces.concat().as_bytes()) {
            for misfit in format.misfits() {
                prop_assert!(questions.iter().any(|question| question.field == misfit.field), "{misfit:?}");
            }
        }
    }
}

#[test]
fn one_day_that_is_none_does_not_hide_the_column_and_many_do() {
    let rows = |days: usize, wrong: usize| {
        let day = |n: usize| if n < wrong { "31.02.2026".to_owned() } else { format!("{:02}.03.2026", n % 28 + 1) };
        let rows = (0..days).map(|n| format!("{},-{n}.50,Rent\n", day(n))).collect::<Vec<_>>().concat();
        shown(&of(format!("Date,Amount,Category\n{rows}").as_bytes()))
    };
    let (format, asked) = rows(60, 1);
    assert_eq!((&format["dateColumn"], &format["dateForm"]), (&json!("Date"), &json!("DAY_MONTH_YEAR")));
    assert!(!asked.contains("date"), "{asked}");
    let (format, asked) = rows(60, 4);
    assert!(format["dateColumn"].is_null() && asked.contains("dateColumn"), "{format} {asked}");
    let (format, _) = rows(5, 1);
    assert!(format["dateColumn"].is_null(), "{format}");
}
