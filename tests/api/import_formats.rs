//! The files and formats of `tests/data/formats`, from the upload to the records: written down from each file, by hand, is
//! what every one of its rows becomes.

use entity::Role;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![every_kind_of_file_comes_out_right_to_the_cent_and_only_once];

/// A file, and what is right.
struct Right {
    name: &'static str,
    /// How many rows are left out: of zero, and not booked yet.
    left_out: (i64, i64),
    /// What its records add up to, by kind and currency.
    sums: &'static [&'static str],
    /// Its records, as [`shown`] has them.
    records: &'static [&'static str],
}

const ALL: [Right; 14] = [
    Right {
        name: "council-without-dates",
        left_out: (0, 0),
        sums: &["EXPENSE GBP 2725.46"],
        records: &[
            "2014-03-31 EXPENSE 1137.16 GBP [Interest & Fees] Housing 1109_1 <SMITH, JONES & CO>",
            "2014-03-31 EXPENSE 1500.00 GBP [Site Rents] Parks, Culture and Sport 1108_1 <NORTH FIELDS LTD>",
            "2014-03-31 EXPENSE 88.30 GBP [Interest & Fees] Housing 1109_2 <Redacted>",
        ],
    },
    Right {
        name: "council-credit-notes",
        left_out: (1, 0),
        sums: &["EXPENSE GBP -101904.15"],
        records: &[
            "2017-10-06 EXPENSE 500.00 GBP [Refunds (Sundries)] General Fund",
            "2017-10-10 EXPENSE 834.29 GBP [Pro Forma Invoices] General Fund <SUPPLIER 1>",
            "2017-12-12 EXPENSE -11.91 GBP [Gas] Housing <SUPPLIER 15>",
            "2017-12-27 EXPENSE -103226.53 GBP [Capital Scheme] Regeneration <SUPPLIER 14>",
        ],
    },
    Right {
        name: "giro-two-digit-years",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 36.99", "INCOME EUR 1250.00"],
        records: &[
            "2018-02-22 EXPENSE 36.99 EUR [Bank] EREF+1. 02/2018 Rechnung; bitte pruefen <Telefon Deutschland GmbH>",
            "2018-03-01 INCOME 1250.00 EUR [Bank] Miete <Anna Beispiel>",
        ],
    },
    Right {
        name: "giro-14-purpose-columns",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 98.76", "INCOME EUR 20.00"],
        records: &[
            "2017-10-10 EXPENSE 98.76 EUR [SEPA-Basislastschrift] B4658645 U12 987 Rechnung <Müller & Söhne>",
            "2017-10-11 INCOME 20.00 EUR [Transfers] Straße zweite letzte <Stadt Köln>",
        ],
    },
    Right {
        name: "bank-crcrlf-broken-quote",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 1087.49", "INCOME EUR 50.00"],
        records: &[
            "2018-03-01 EXPENSE 337.49 EUR [Bank] RENTE LENING",
            "2018-03-14 INCOME 50.00 EUR [Bank] Gefeliciteerd, Trekking 10-03-2018 <Loterij B.V.>",
            "2018-03-16 EXPENSE 750.00 EUR [Bank] Naar spaarrekening deel 2 <A. Person>",
        ],
    },
    Right {
        name: "bank-amount-credit-and-debit",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 3.40", "INCOME EUR 25.00"],
        records: &[
            "2018-02-28 EXPENSE 3.40 EUR [Bank] BIJDRAGE 28-02 REKENING",
            "2018-03-01 INCOME 25.00 EUR [Bank] STORTING verjaardag <B PERSON>",
        ],
    },
    Right {
        name: "bank-debit-and-credit",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 512.08", "INCOME EUR 457.53"],
        records: &[
            "2017-09-01 EXPENSE 512.00 EUR [Bank] Random Bill",
            "2017-09-01 INCOME 29.50 EUR [Bank] Éáú üü! GP",
            "2017-09-01 INCOME 428.03 EUR [Bank] Random Name GP",
            "2017-09-05 EXPENSE 0.08 EUR [Bank] POS CHG USD 5",
        ],
    },
    Right {
        name: "card-pending-and-pounds",
        left_out: (0, 1),
        sums: &["EXPENSE GBP 1193.23", "INCOME GBP 1100.00"],
        records: &[
            "2019-12-02 INCOME 1100.00 GBP [Card] PAYMENT RECEIVED - THANK YOU",
            "2019-12-03 EXPENSE 10.00 GBP [Card] V & A MUSEUM SALES LONDON",
            "2019-12-12 EXPENSE 1183.23 GBP [Card] ROYAL INSURANCE 01222 61234 GBR",
        ],
    },
    Right {
        name: "bank-flag-no-header",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 50.87", "INCOME EUR 24.00"],
        records: &[
            "2017-09-18 EXPENSE 33.87 EUR [Bank] HOFER DANKT 0527 K2 18.09. 17:20",
            "2017-09-19 EXPENSE 17.00 EUR [Bank] STROM AG Ort,Jägersteig 25 20%USt 11,17 Br 67 ,00",
            "2017-09-20 INCOME 24.00 EUR [Bank] Überweisung",
        ],
    },
    Right {
        name: "bank-apostrophes",
        left_out: (0, 0),
        sums: &["EXPENSE CHF 10.00", "INCOME CHF 12240.05"],
        records: &[
            "2019-02-28 INCOME 12240.05 CHF [Banque] Virement postal ASSOCIATION FOO RUE DE QUELQUE-PART 1, GENEVE",
            "2019-03-31 EXPENSE 10.00 CHF [Banque] Solde prix prestations",
        ],
    },
    Right {
        name: "bank-dollars",
        left_out: (0, 0),
        sums: &["EXPENSE USD 1103.00", "INCOME USD 20.00"],
        records: &[
            "2022-08-14 EXPENSE 1103.00 USD [ATM] CITY BANK",
            "2022-08-17 INCOME 20.00 USD [DEPOSIT] Deposit Mobile Banking",
        ],
    },
    Right {
        name: "app-cr-line-ends",
        left_out: (0, 0),
        sums: &["EXPENSE USD 1000.00", "INCOME USD 2000.00"],
        records: &[
            "2015-06-12 EXPENSE 1000.00 USD [Savings] Transfer from Checking",
            "2015-06-13 INCOME 2000.00 USD [Checking] Transfer to Savings",
        ],
    },
    Right {
        name: "charges-timestamps",
        left_out: (1, 0),
        sums: &["INCOME CAD 50.00"],
        records: &[
            "2021-02-03 INCOME 25.00 CAD [Tickets] Entry 315, Product: Big Event 2021 ch_2 <Big Customer>",
            "2021-02-03 INCOME 25.00 CAD [Tickets] Entry 316, Product: Big Event 2021 ch_1",
        ],
    },
    Right {
        name: "bank-categories",
        left_out: (0, 0),
        sums: &["EXPENSE EUR 1017.60", "INCOME EUR 4.20"],
        records: &[
            "2022-03-24 INCOME 2.83 EUR [Ventajas / Otras Ventajas] Abono por campaña",
            "2022-05-14 EXPENSE 17.60 EUR [Ocio y viajes / Cafeterías y restaurantes] Pago en SPORTS BAR",
            "2022-07-29 EXPENSE 1000.00 EUR [Cash] Reintegro efectivo",
            "2022-12-31 INCOME 1.37 EUR [Compras / Compras (otros)] Devolución Tarjeta",
        ],
    },
];

fn example(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/formats/{name}", env!("CARGO_MANIFEST_DIR"))).expect("an example")
}

async fn every_kind_of_file_comes_out_right_to_the_cent_and_only_once(app: TestApp) {
    let (analyst, admin) = (app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    for Right { name, left_out: (zero, pending), sums, records } in ALL {
        let format: Value = serde_json::from_slice(&example(&format!("{name}.json"))).expect("a format");
        let new = i64::try_from(records.len()).expect("a number");
        let counts = |new: i64, old: i64| {
            json!({
                "rows": new + old + zero + pending, "new": new, "alreadyImported": old, "zero": zero,
                "pending": pending, "problems": 0,
            })
        };
        let id = import(&app, &analyst, (name, &format), &counts(new, 0)).await;
        let found = imported(&analyst, &id).await;
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), records, "{name}");
        assert_eq!(summed(&found), sums, "{name}");
        import(&app, &analyst, (name, &format), &counts(0, new)).await;
        admin.revert_import(json!({ "id": id })).await.ok();
        let again = import(&app, &analyst, (name, &format), &counts(new, 0)).await;
        assert_eq!(summed(&imported(&analyst, &again).await), sums, "{name}");
    }
    app.assert_books_are_sound().await;
}

/// Imports an example in `format`, whose rows must be counted as `counts` says.
async fn import(app: &TestApp, analyst: &Client, (name, format): (&str, &Value), counts: &Value) -> Value {
    let input = json!({ "filename": format!("{name}.csv"), "format": format, "source": name });
    let import = analyst.create_import(input).await.ok()["createImport"]["import"].take();
    let sent = app.send_file(analyst, &import["uploadPath"], example(&format!("{name}.csv"))).await;
    assert_eq!(sent.status(), 200, "{name}: {sent:?}");
    assert_eq!(analyst.import(&import["id"]).await["counts"], *counts, "{name}");
    let committed = analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    assert_eq!(committed["commitImport"]["import"]["enteredCount"], counts["new"], "{name}");
    import["id"].clone()
}

/// The records of an import, in the order of [`shown`].
async fn imported(client: &Client, id: &Value) -> Vec<Value> {
    let list = "query ($id: ID!) { records(first: 100, filter: { importId: $id }) { nodes { \
        kind date notes counterparty category { name } amount { amount currency } } } }";
    let mut found = client.run(list, json!({ "id": id })).await.ok();
    let Value::Array(mut records) = found["records"]["nodes"].take() else { panic!("no records: {found}") };
    records.sort_by_key(shown);
    records
}

/// `day KIND amount currency [category] notes <counterparty>`
fn shown(record: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut parts = vec![text(&record["date"]), text(&record["kind"])];
    parts.extend([text(&record["amount"]["amount"]), text(&record["amount"]["currency"])]);
    parts.extend([format!("[{}]", text(&record["category"]["name"])), text(&record["notes"])]);
    parts.extend(record["counterparty"].as_str().map(|name| format!("<{name}>")));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// `KIND currency sum` of each kind and currency.
fn summed(records: &[Value]) -> Vec<String> {
    let mut sums = std::collections::BTreeMap::<_, Decimal>::new();
    for record in records {
        let amount: Decimal = record["amount"]["amount"].as_str().expect("an amount").parse().expect("a number");
        let key = [&record["kind"], &record["amount"]["currency"]].map(|text| text.as_str().expect("a text"));
        *sums.entry(key).or_default() += amount;
    }
    sums.into_iter().map(|([kind, currency], sum)| format!("{kind} {currency} {sum}")).collect()
}
