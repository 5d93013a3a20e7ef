//! One trap at a time: what a row or a file has that can be misread.

use crate::support::lines;

/// A format with a few more fields; rows have `Date,Amount,What`.
fn format(more: &str) -> String {
    format!(
        r#"{{ "dateColumn": "Date", "amountColumn": "Amount", "notesColumns": ["What"]{}{more} }}"#,
        if more.is_empty() { "" } else { ", " }
    )
}

fn read(rows: &str, more: &str) -> Vec<String> {
    lines(format!("Date,Amount,What\n{rows}").as_bytes(), &format(more))
}

#[test]
fn line_ends_of_all_kinds_may_stand_side_by_side() {
    let file =
        b"Date,Amount,What\r2026-01-01,1,a\r\n2026-01-02,2,b\n2026-01-03,3,c\r\r\n\r\n\n2026-01-04,4,\"d\r\nd\"\r";
    assert_eq!(
        lines(file, &format("")),
        [
            "2: INCOME 1 2026-01-01 a",
            "3: INCOME 2 2026-01-02 b",
            "4: INCOME 3 2026-01-03 c",
            "7: INCOME 4 2026-01-04 d d"
        ]
    );
}

#[test]
fn a_quote_too_many_costs_its_own_row_and_no_other() {
    let rows = read("2026-01-01,1,\"a\n2026-01-02,2,\"b\"\n2026-01-03,3,c\n", "");
    assert_eq!(
        rows,
        [
            "2: PROBLEM: In the column What a quote opens that is not closed in this line.",
            "3: INCOME 2 2026-01-02 b",
            "4: INCOME 3 2026-01-03 c",
        ]
    );
    let rows = read("2026-01-01,1,\"The \"Best\" Shop\"\n2026-01-02,2,the \"best\" shop\n", "");
    assert_eq!(
        rows,
        [
            "2: PROBLEM: In the column What there is text behind the closing quote.",
            "3: INCOME 2 2026-01-02 the \"best\" shop",
        ]
    );
    let rows = read("2026-01-01,1, \"a, \"\"b\"\"\" \n2026-01-02,2,\"\"\n", "");
    assert_eq!(rows, ["2: INCOME 1 2026-01-01 a, \"b\"", "3: INCOME 2 2026-01-02"]);
    let rows = read("2026-01-01,1,\"a\n2026-01-02,2,b\n", r#""quotes": false"#);
    assert_eq!(rows, ["2: INCOME 1 2026-01-01 \"a", "3: INCOME 2 2026-01-02 b"]);
}

#[test]
fn rows_of_another_length_than_the_header_are_problems() {
    let rows = read("2026-01-01,1\n2026-01-02,2,b,\n2026-01-03,3,c,d\n2026-01-04,4,d,,\n", "");
    assert_eq!(
        rows,
        [
            "2: PROBLEM: Cells in the row: 2; columns: 3. Is the end missing, or a separator? See `shortRows`.",
            "3: PROBLEM: Cells in the row: 4; columns: 3. Is there a separator too many, or one in a text without quotes? See `shortRows`.",
            "4: PROBLEM: Cells in the row: 4; columns: 3. Is a separator part of a text that has no quotes?",
            "5: PROBLEM: Cells in the row: 5; columns: 3. Is there a separator too many, or one in a text without quotes? See `shortRows`.",
        ]
    );
    assert_eq!(
        read("2026-01-01,1\n2026-01-02,2,b,,\n2026-01-03,3,c,,d\n", r#""shortRows": true"#),
        [
            "2: INCOME 1 2026-01-01",
            "3: INCOME 2 2026-01-02 b",
            "4: PROBLEM: Cells in the row: 5; columns: 3. Is a separator part of a text that has no quotes?",
        ]
    );
    // As it is in many files: one too many in the header, which has no name then.
    assert_eq!(
        lines(b"Date,Amount,\n2026-01-01,1,\n2026-01-02,2\n", &format("").replace("\"What\"", "")),
        ["2: INCOME 1 2026-01-01", "3: INCOME 2 2026-01-02",]
    );
    let rows = lines(
        b"2026-01-01,1,a\n2026-01-02,2,b,3\n",
        r##"{ "headerLine": 0, "dateColumn": "#1", "amountColumn": "#2" }"##,
    );
    assert!(rows[1].starts_with("2: PROBLEM: Cells in the row: 4; columns: 3"), "{rows:?}");
}

#[test]
fn the_header_is_found_by_its_line_or_by_a_text() {
    let file = b"Statement of \"March\nIBAN: \"\"\"x\n\nDate,Amount,What\n2026-01-01,1,a\n";
    assert_eq!(lines(file, &format(r#""headerLine": 4"#)), ["5: INCOME 1 2026-01-01 a"]);
    let file = b"Statement,March\n\nDate,Amount,What\n2026-01-01,1,a\n";
    assert_eq!(lines(file, &format(r#""headerText": "Amount""#)), ["4: INCOME 1 2026-01-01 a"]);
    assert_eq!(
        lines(file, &format(r#""headerText": "Betrag""#)),
        ["FAULT No line among the first 1000 has \"Betrag\": none names the columns."]
    );
    assert_eq!(lines(file, &format(r#""headerLine": 9"#)), ["FAULT There is no line 9 that could name the columns."]);
}

#[test]
fn columns_are_named_by_text_number_or_both() {
    let file = b"Date,Amount,Text,Text,\n2026-01-01,1,a,b,c\n";
    let read = |notes: &str| lines(file, &format("").replace("\"What\"", notes));
    assert_eq!(read(r##""Text#2", "#5", "Text#1""##), ["2: INCOME 1 2026-01-01 b c a"]);
    assert_eq!(
        read("\"Text\""),
        ["FAULT Line 1, column 1: 2 columns are called \"Text\". Say which one: `Text#1`, `Text#2` …."]
    );
    assert_eq!(
        read("\"Memo\""),
        ["FAULT Line 1, column 1: There is no column \"Memo\". The columns are: Date, Amount, Text, Text."]
    );
    assert!(read("\"#6\"")[0].starts_with("FAULT"));
}

#[test]
fn a_currency_comes_from_one_place_and_no_two_disagree() {
    let fixed = r#""currency": "eur""#;
    assert_eq!(read("2026-01-01,5 EUR,a\n", fixed), ["2: INCOME 5 EUR 2026-01-01 a"]);
    assert_eq!(read("2026-01-01,-€5,a\n", ""), ["2: EXPENSE 5 EUR 2026-01-01 a"]);
    assert_eq!(
        read("2026-01-01,USD 5,a\n", fixed),
        ["2: PROBLEM currency in Amount: The amount is in USD, but the currency of the row is EUR."]
    );
    let file = b"Date,\"Amount (chf)\",Betrag CHF\n2026-01-01,1,2\n";
    let in_header = |column: &str| {
        lines(file, &format!(r#"{{ "dateColumn": "Date", "amountColumn": "{column}", "currencyInHeader": true }}"#))
    };
    assert_eq!(in_header("Betrag CHF"), ["2: INCOME 2 CHF 2026-01-01"]);
    assert_eq!(
        in_header("Amount (chf)"),
        ["FAULT Line 1, column 1: In the header \"Amount (chf)\" there is no code of a currency, or more than one."]
    );
}

#[test]
fn kinds_come_from_the_sign_its_inverse_or_what_stands_behind() {
    assert_eq!(
        read("2026-01-01,5,a\n2026-01-01,(5),b\n", r#""kind": "INVERSE_SIGN""#),
        ["2: EXPENSE 5 2026-01-01 a", "3: INCOME 5 2026-01-01 b"]
    );
    let suffix = r#""kind": "SUFFIX""#;
    assert_eq!(
        read("2026-01-01,0.80Dr,a\n2026-01-01,15.00 CR,b\n2026-01-01,1,c\n2026-01-01,0,d\n2026-01-01,-2Dr,e\n", suffix),
        [
            "2: EXPENSE 0.80 2026-01-01 a",
            "3: INCOME 15.00 2026-01-01 b",
            "4: PROBLEM kind in Amount: Behind the amount nothing says which way the money went.",
            "5: ZERO",
            "6: PROBLEM amount in Amount: This is below zero, and the format does not say what that means. See `belowZero`.",
        ]
    );
    let german = r#""kind": "SUFFIX", "incomeFlags": ["H"], "expenseFlags": ["S", ""]"#;
    assert_eq!(
        read("2026-01-01,5 h,a\n2026-01-01,6S,b\n2026-01-01,7,c\n", german),
        ["2: INCOME 5 2026-01-01 a", "3: EXPENSE 6 2026-01-01 b", "4: EXPENSE 7 2026-01-01 c"]
    );
    assert_eq!(read("2026-01-01,-5,a\n", r#""kind": "INCOME""#), ["2: INCOME -5 2026-01-01 a"]);
    let ignored = r#""kind": "EXPENSE", "belowZero": "IGNORED""#;
    assert_eq!(read("2026-01-01,-5,a\n", ignored), ["2: EXPENSE 5 2026-01-01 a"]);
}

#[test]
fn two_columns_have_one_amount_between_them() {
    let read = |rows: &str| {
        let format = r#"{
            "dateColumn": "Date", "kind": "TWO_COLUMNS", "incomeColumn": "In", "expenseColumn": "Out"
        }"#;
        lines(format!("Date,In,Out\n{rows}").as_bytes(), format)
    };
    assert_eq!(
        read("2026-01-01,0.00,5\n2026-01-01,5,0\n2026-01-01,0,\n2026-01-01,,\n2026-01-01,1,2\n"),
        [
            "2: EXPENSE 5 2026-01-01",
            "3: INCOME 5 2026-01-01",
            "4: ZERO",
            "5: PROBLEM amount in In: Neither column has an amount.",
            "6: PROBLEM amount in Out: Both columns have an amount. One of them has to be empty.",
        ]
    );
}

#[test]
fn all_problems_of_a_row_are_told_together() {
    assert_eq!(
        read("x,y,a\n", ""),
        [concat!(
            "2: PROBLEM amount in Amount: \"y\" is not an amount as the format says, such as 1234.56. + ",
            "PROBLEM date in Date: \"x\" is not a day as the format says, such as 2026-03-31."
        )]
    );
}

#[test]
fn our_own_exports_come_back_as_they_were() {
    let file = "id,date,kind,amount,currency,category,counterparty,notes\r\n\
        rec_1,2026-01-01,EXPENSE,-12.50,EUR,'=Office,'+44 Shop,\"two\nlines, ''tis\"\r\n\
        rec_2,2026-01-02,INCOME,7,EUR,Sales,,''tis\r\n";
    let format = r#"{
        "kind": "FLAG", "flagColumn": "kind", "incomeFlags": ["INCOME"], "expenseFlags": ["EXPENSE"],
        "belowZero": "REFUND", "amountColumn": "amount", "dateColumn": "date", "currencyColumn": "currency",
        "categoryColumns": ["category"], "counterpartyColumns": ["counterparty"], "notesColumns": ["notes"],
        "guardedTexts": true
    }"#;
    assert_eq!(
        lines(file.as_bytes(), format),
        [
            "2: EXPENSE -12.50 EUR 2026-01-01 [=Office] two\nlines, ''tis <+44 Shop>",
            "4: INCOME 7 EUR 2026-01-02 [Sales] 'tis",
        ]
    );
}

#[test]
fn all_that_is_wrong_with_a_format_is_told_together() {
    let format: import_file::Format = serde_json::from_str(
        r#"{
            "headerLine": -1, "headerText": " ", "leaveOut": [""], "date": "31.03.2026", "kind": "FLAG",
            "belowZero": "REFUND", "decimalSign": "COMMA", "thousandsSign": "COMMA", "notesColumns": [" "],
            "pendingColumn": "State", "incomeFlags": ["C"], "expenseFlags": ["c"],
            "categories": [{ "from": "a", "to": "" }]
        }"#,
    )
    .expect("a format in JSON");
    let fields: Vec<_> = format.misfits().into_iter().map(|misfit| misfit.field).collect();
    assert_eq!(
        fields,
        [
            "headerLine",
            "headerText",
            "leaveOut",
            "date",
            "amountColumn",
            "thousandsSign",
            "flagColumn",
            "expenseFlags",
            "pendingValues",
            "categories",
            "notesColumns",
        ]
    );
    let unknown =
        serde_json::from_str::<import_file::Format>(r#"{ "amuntColumn": "x" }"#).expect_err("a misspelt field");
    assert!(unknown.to_string().contains("amuntColumn"), "{unknown}");
}
