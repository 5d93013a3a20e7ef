//! Files in the shapes that banks, councils and shops write, each with a format and the rows that it has, by hand.

use crate::support::{fault_of, format_of, read, rows};

#[test]
fn a_council_that_lost_its_dates_gets_one_from_the_format() {
    let format = format_of("council-without-dates.csv");
    assert_eq!(
        read("council-without-dates.csv", &format),
        [
            "2: EXPENSE 1500 GBP 2014-03-31 [Site Rents] Parks, Culture and Sport 1108_1 <NORTH FIELDS LTD>",
            "3: EXPENSE 1137.16 GBP 2014-03-31 [Interest & Fees] Housing 1109_1 <SMITH, JONES & CO>",
            "4: EXPENSE 88.3 GBP 2014-03-31 [Interest & Fees] Housing 1109_2 <Redacted>",
        ]
    );
    let dated = format.replace(r#""date": "2014-03-31""#, r#""dateColumn": "Paid Date", "dateForm": "DAY_MONTH_YEAR""#);
    let row = &read("council-without-dates.csv", &dated)[0];
    assert_eq!(row, r#"2: PROBLEM date in Paid Date: "00:00:00" is not a day as the format says, such as 31.03.2026."#);
}

#[test]
fn credit_notes_lower_expenses_and_a_footer_is_left_out() {
    let format = format_of("council-credit-notes.csv");
    assert_eq!(
        read("council-credit-notes.csv", &format),
        [
            "2: EXPENSE 834.29 GBP 2017-10-10 [Pro Forma Invoices] General Fund <SUPPLIER 1>",
            "3: EXPENSE 500 GBP 2017-10-06 [Refunds (Sundries)] General Fund",
            "4: EXPENSE -103226.53 GBP 2017-12-27 [Capital Scheme] Regeneration <SUPPLIER 14>",
            "5: EXPENSE -11.91 GBP 2017-12-12 [Gas] Housing <SUPPLIER 15>",
            "6: ZERO",
        ]
    );
    let american = format.replace("DAY_MONTH_YEAR", "MONTH_DAY_YEAR");
    let row = &read("council-credit-notes.csv", &american)[2];
    assert!(row.starts_with(r#"4: PROBLEM date in Paid Date: "27/12/2017" is not a day"#), "{row}");
}

#[test]
fn two_digit_years_and_decimal_commas() {
    let format = format_of("giro-two-digit-years.csv");
    assert_eq!(
        read("giro-two-digit-years.csv", &format),
        [
            "2: EXPENSE 36.99 EUR 2018-02-22 [Bank] EREF+1. 02/2018 Rechnung; bitte pruefen <Telefon Deutschland GmbH>",
            "3: INCOME 1250.00 EUR 2018-03-01 [Bank] Miete <Anna Beispiel>",
        ]
    );
    let pointed = format.replace(r#""decimalSign": "COMMA", "thousandsSign": "POINT""#, r#""decimalSign": "POINT""#);
    let rows = read("giro-two-digit-years.csv", &pointed);
    assert_eq!(
        rows[0],
        r#"2: PROBLEM amount in Betrag: "-36,99" is not an amount as the format says, such as 1234.56."#
    );
    assert!(rows[1].contains("PROBLEM amount"), "{rows:?}");
}

#[test]
fn many_columns_become_one_text_in_windows_1252() {
    let format = format_of("giro-14-purpose-columns.csv");
    assert_eq!(
        read("giro-14-purpose-columns.csv", &format),
        [
            "2: EXPENSE 98.76 EUR 2017-10-10 [SEPA-Basislastschrift] B4658645 U12 987 Rechnung <Müller & Söhne>",
            "3: INCOME 20.00 EUR 2017-10-11 [Transfers] Straße zweite letzte <Stadt Köln>",
        ]
    );
    let fault = fault_of("giro-14-purpose-columns.csv", &format.replace("ISO_8859_1", "UTF_8"));
    assert_eq!(
        fault,
        "Line 1, column 55: This is not UTF-8. Say which encoding the file has: WINDOWS_1252 is usual in Western Europe."
    );
}

#[test]
fn a_broken_opening_quote_costs_nothing() {
    let format = format_of("bank-crcrlf-broken-quote.csv");
    assert_eq!(
        read("bank-crcrlf-broken-quote.csv", &format),
        [
            "2: EXPENSE 337.49 EUR 2018-03-01 [Bank] RENTE LENING",
            "3: INCOME 50.00 EUR 2018-03-14 [Bank] Gefeliciteerd, Trekking 10-03-2018 <Loterij B.V.>",
            "4: EXPENSE 750.00 EUR 2018-03-16 [Bank] Naar spaarrekening deel 2 <A. Person>",
        ]
    );
}

#[test]
fn an_amount_beside_credit_and_debit_counts_once() {
    let format = format_of("bank-amount-credit-and-debit.csv");
    let right = [
        "2: EXPENSE 3.40 EUR 2018-02-28 [Bank] BIJDRAGE 28-02 REKENING",
        "3: INCOME 25.00 EUR 2018-03-01 [Bank] STORTING verjaardag <B PERSON>",
    ];
    assert_eq!(read("bank-amount-credit-and-debit.csv", &format), right);

    let two = r#""kind": "TWO_COLUMNS", "incomeColumn": "credit", "expenseColumn": "debet""#;
    let two = format.replace(r#""amountColumn": "Bedrag""#, two);
    let rows = read("bank-amount-credit-and-debit.csv", &two);
    let below =
        "2: PROBLEM amount in debet: This is below zero, and the format does not say what that means. See `belowZero`.";
    assert_eq!(rows, [below, right[1]]);
    let ignored = two.replacen('{', r#"{ "belowZero": "IGNORED","#, 1);
    assert_eq!(read("bank-amount-credit-and-debit.csv", &ignored), right);
}

#[test]
fn two_positive_columns_and_a_sparse_balance() {
    let format = format_of("bank-debit-and-credit.csv");
    assert_eq!(
        read("bank-debit-and-credit.csv", &format),
        [
            "2: INCOME 428.03 EUR 2017-09-01 [Bank] Random Name GP",
            "3: INCOME 29.5 EUR 2017-09-01 [Bank] Éáú üü! GP",
            "4: EXPENSE 512.0 EUR 2017-09-01 [Bank] Random Bill",
            "5: EXPENSE 0.08 EUR 2017-09-05 [Bank] POS CHG USD 5",
        ]
    );
}

#[test]
fn pending_rows_pounds_and_a_column_without_a_name() {
    let format = format_of("card-pending-and-pounds.csv");
    assert_eq!(
        read("card-pending-and-pounds.csv", &format),
        [
            "2: PENDING",
            "3: EXPENSE 1183.23 GBP 2019-12-12 [Card] ROYAL INSURANCE 01222 61234 GBR",
            "4: EXPENSE 10.00 GBP 2019-12-03 [Card] V & A MUSEUM SALES LONDON",
            "5: INCOME 1100.00 GBP 2019-12-02 [Card] PAYMENT RECEIVED - THANK YOU",
        ]
    );
}

#[test]
fn a_flag_without_a_header() {
    let format = format_of("bank-flag-no-header.csv");
    assert_eq!(
        read("bank-flag-no-header.csv", &format),
        [
            "1: EXPENSE 33.87 EUR 2017-09-18 [Bank] HOFER DANKT 0527 K2 18.09. 17:20",
            "2: EXPENSE 17.00 EUR 2017-09-19 [Bank] STROM AG Ort,Jägersteig 25 20%USt 11,17 Br 67 ,00",
            "3: INCOME 24.00 EUR 2017-09-20 [Bank] Überweisung",
        ]
    );
    let other = format.replace(r#""I""#, r#""H""#);
    let row = &read("bank-flag-no-header.csv", &other)[2];
    assert_eq!(row, r#"3: PROBLEM kind in #5: "I" is none of the values that say which way the money went."#);
}

#[test]
fn apostrophes_between_thousands() {
    let format = format_of("bank-apostrophes.csv");
    assert_eq!(
        read("bank-apostrophes.csv", &format),
        [
            "2: EXPENSE 10.00 CHF 2019-03-31 [Banque] Solde prix prestations",
            "3: INCOME 12240.05 CHF 2019-02-28 [Banque] Virement postal ASSOCIATION FOO RUE DE QUELQUE-PART 1, GENEVE",
        ]
    );
}

#[test]
fn dollars_in_two_columns() {
    let format = format_of("bank-dollars.csv");
    assert_eq!(
        read("bank-dollars.csv", &format),
        [
            "2: INCOME 20.00 USD 2022-08-17 [DEPOSIT] Deposit Mobile Banking",
            "3: EXPENSE 1103.00 USD 2022-08-14 [ATM] CITY BANK",
        ]
    );
}

#[test]
fn lines_that_end_in_carriage_returns_alone() {
    let format = format_of("app-cr-line-ends.csv");
    assert_eq!(
        read("app-cr-line-ends.csv", &format),
        [
            "2: EXPENSE 1000.00 USD 2015-06-12 [Savings] Transfer from Checking",
            "3: INCOME 2000.00 USD 2015-06-13 [Checking] Transfer to Savings",
        ]
    );
}

#[test]
fn timestamps_lower_case_currencies_and_what_was_refunded() {
    let format = format_of("charges-timestamps.csv");
    assert_eq!(
        read("charges-timestamps.csv", &format),
        [
            "2: INCOME 25.00 CAD 2021-02-03 [Tickets] Entry 316, Product: Big Event 2021 ch_1",
            "3: INCOME 25.00 CAD 2021-02-03 [Tickets] Entry 315, Product: Big Event 2021 ch_2 <Big Customer>",
            "4: ZERO",
        ]
    );
}

#[test]
fn categories_with_subcategories_and_other_names() {
    let format = format_of("bank-categories.csv");
    assert_eq!(
        read("bank-categories.csv", &format),
        [
            "2: INCOME 2.83 EUR 2022-03-24 [Ventajas / Otras Ventajas] Abono por campaña",
            "3: INCOME 1.37 EUR 2022-12-31 [Compras / Compras (otros)] Devolución Tarjeta",
            "4: EXPENSE 17.60 EUR 2022-05-14 [Ocio y viajes / Cafeterías y restaurantes] Pago en SPORTS BAR",
            "5: EXPENSE 1000.00 EUR 2022-07-29 [Cash] Reintegro efectivo",
        ]
    );
}

#[test]
fn every_row_of_a_file_has_a_key_of_its_own_and_the_same_one_in_a_longer_file() {
    let format = r#"{ "date": "2026-01-01", "amountColumn": "Amount" }"#;
    let keys = |file: &str| rows(file.as_bytes(), format).map(|row| row.expect("a row").key).collect::<Vec<_>>();
    let short = keys("Amount,What\n5,a\n5,a\n5, b \n");
    let long = keys("Amount,What\n1,first\n5,a\n5,a\n5,b\n5,a\n");
    assert_eq!(long[1..4], short);
    let different: std::collections::HashSet<_> = long.iter().collect();
    assert_eq!(different.len(), 5);
    assert_ne!(keys("Amount,What\n5,ab,c\n"), keys("Amount,What\n5,a,bc\n"));
}
