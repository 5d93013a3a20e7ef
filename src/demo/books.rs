//! The sample books: what a small organisation earns and spends. Pure.

use chrono::{Datelike, Days, Months, NaiveDate};
use entity::RecordKind;
use fastrand::Rng;
use uuid::Uuid;

use crate::{
    calendar::month_of,
    categories::CategoryName,
    currency::Currency,
    error::{Error, Result},
    records::{Money, NewRecord, parse_counterparty},
};

/// How much sample data there is to be.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many records.
    pub records: usize,
    /// Over how many years, up to today.
    pub years: u32,
    /// The same seed on the same day makes the same books.
    pub seed: u64,
}

/// Something that is booked every so many months, on a day of the month.
struct Regular {
    kind: RecordKind,
    category: &'static str,
    notes: &'static str,
    /// The counterparty; empty where it is nobody.
    with: &'static str,
    /// In major units, before growth, season and chance.
    amount: i64,
    every_months: u32,
    day: u32,
    /// Whether it is a little more or less each time.
    varies: bool,
}

/// Something that is booked on any day.
struct Occasional {
    kind: RecordKind,
    category: &'static str,
    /// Each with the counterparty, empty where it is nobody.
    notes: &'static [(&'static str, &'static str)],
    /// In major units.
    amounts: std::ops::Range<i64>,
}

const REGULAR: [Regular; 9] = [
    Regular {
        kind: RecordKind::Expense,
        category: "Salaries",
        notes: "Payroll",
        with: "",
        amount: 41_800,
        every_months: 1,
        day: 25,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Rent",
        notes: "Office rent",
        with: "Harbour Properties",
        amount: 6_400,
        every_months: 1,
        day: 1,
        varies: false,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Utilities",
        notes: "Electricity and heating",
        with: "Northern Power",
        amount: 620,
        every_months: 1,
        day: 12,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Software",
        notes: "Subscriptions",
        with: "Cloudworks",
        amount: 1_150,
        every_months: 1,
        day: 3,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Bank fees",
        notes: "Account and card fees",
        with: "First Savings Bank",
        amount: 48,
        every_months: 1,
        day: 28,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Insurance",
        notes: "Liability and contents, quarterly",
        with: "Meridian Mutual",
        amount: 2_300,
        every_months: 3,
        day: 15,
        varies: false,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Taxes",
        notes: "Quarterly instalment",
        with: "Tax Office",
        amount: 7_900,
        every_months: 3,
        day: 20,
        varies: true,
    },
    Regular {
        kind: RecordKind::Income,
        category: "Retainers",
        notes: "Monthly retainers",
        with: "",
        amount: 44_000,
        every_months: 1,
        day: 5,
        varies: true,
    },
    Regular {
        kind: RecordKind::Income,
        category: "Grants",
        notes: "Quarterly grant payment",
        with: "Lindqvist Foundation",
        amount: 15_000,
        every_months: 3,
        day: 10,
        varies: false,
    },
];

const OCCASIONAL: [Occasional; 7] = [
    Occasional {
        kind: RecordKind::Income,
        category: "Consulting",
        notes: &[
            ("Workshop", "Studio Nine"),
            ("Audit preparation", "Alder & Birch"),
            ("Project milestone", "Kestrel Energy"),
            ("Advisory hours", "Okafor Freight"),
        ],
        amounts: 400..9_500,
    },
    Occasional {
        kind: RecordKind::Income,
        category: "Training courses",
        notes: &[("Course fees", "Riverside College"), ("In-house course", "Okafor Freight"), ("Seminar tickets", "")],
        amounts: 90..2_400,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Travel",
        notes: &[
            ("Train tickets", "National Rail"),
            ("Hotel", "The Old Mill Inn"),
            ("Mileage", ""),
            ("Flights to a client", "Skyway Air"),
        ],
        amounts: 25..1_300,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Office supplies",
        notes: &[
            ("Paper and toner", "Paperie"),
            ("Stationery", "Paperie"),
            ("Coffee", "Corner Roasters"),
            ("Cleaning supplies", "Brightside"),
        ],
        amounts: 8..240,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Marketing",
        notes: &[
            ("Online campaign", "Adwell"),
            ("Print", "Lakeside Press"),
            ("Trade fair", "Expo Halls"),
            ("Sponsorship", "City Marathon"),
        ],
        amounts: 120..3_200,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Equipment",
        notes: &[
            ("Laptop", "Volt Electronics"),
            ("Monitor", "Volt Electronics"),
            ("Office chair", "Seat & Desk"),
            ("Phone", "Volt Electronics"),
        ],
        amounts: 150..2_600,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Maintenance",
        notes: &[("Repairs", "Handy Brothers"), ("Cleaning", "Brightside"), ("Server maintenance", "Cloudworks")],
        amounts: 60..900,
    },
];

/// What the books are kept in: every category that they name, in one order.
pub(super) fn categories() -> impl Iterator<Item = &'static str> {
    REGULAR.iter().map(|it| it.category).chain(OCCASIONAL.iter().map(|it| it.category))
}

/// The records of the days from `first` to `last`, oldest first: the regular ones, and occasional ones for the rest.
/// They are made as they are taken: ten million need no more memory than ten.
pub(super) fn books(
    size: Size,
    (first, last): (NaiveDate, NaiveDate),
    currency: Currency,
) -> Result<impl Iterator<Item = Result<NewRecord>>> {
    let mut rng = Rng::with_seed(size.seed);
    let mut regular = regular(first, last, &mut rng);
    regular.truncate(size.records);
    let length = usize::try_from((last - first).num_days() + 1).map_err(Error::internal)?;
    let mut occasional = vec![0_usize; length];
    for _ in regular.len()..size.records {
        occasional[rng.usize(..length)] += 1;
    }
    let mut regular = regular.into_iter().peekable();
    let of_day = move |(date, occasional): (NaiveDate, usize)| {
        let mut records = Vec::new();
        while let Some((_, what, cents)) = regular.next_if(|(day, ..)| *day == date) {
            records.push(record((what.kind, what.category), (what.notes, what.with), (date, cents), currency));
        }
        for _ in 0..occasional {
            let what = &OCCASIONAL[rng.usize(..OCCASIONAL.len())];
            let notes = what.notes[rng.usize(..what.notes.len())];
            let cents = rng.i64(what.amounts.start * 100..what.amounts.end * 100);
            records.push(record((what.kind, what.category), notes, (date, cents), currency));
        }
        records
    };
    Ok(first.iter_days().zip(occasional).flat_map(of_day))
}

/// When what of [`REGULAR`] is booked, and its hundredths of a major unit, oldest first.
fn regular(first: NaiveDate, last: NaiveDate, rng: &mut Rng) -> Vec<(NaiveDate, &'static Regular, i64)> {
    let mut booked = Vec::new();
    for (months, month) in (0..).map(|n| (n, month_of(first) + Months::new(n))).take_while(|(_, month)| *month <= last)
    {
        for regular in REGULAR.iter().filter(|regular| month.month0() % regular.every_months == 0) {
            let date = month + Days::new(u64::from(regular.day) - 1);
            if (first..=last).contains(&date) {
                let planned = regular.amount * percent(regular.category, months, month.month());
                let cents = if regular.varies { planned * rng.i64(960..=1_040) / 1_000 } else { planned };
                booked.push((date, regular, cents));
            }
        }
    }
    booked.sort_by_key(|(date, ..)| *date);
    booked
}

/// What is booked in a month, in per cent of the plan: three more a year, and what the season adds.
fn percent(category: &str, months: u32, month: u32) -> i64 {
    let season = match (category, month) {
        ("Utilities", 11 | 12 | 1..=3) => 65,
        ("Salaries", 12) => 50,
        ("Salaries", 6) => 25,
        ("Retainers", 7 | 8) => -15,
        ("Grants", 1) => 40,
        _ => 0,
    };
    100 + 3 * i64::from(months / 12) + season
}

/// A record of `cents` hundredths of a major unit, rounded to what the currency has.
fn record(
    (kind, category): (RecordKind, &str),
    (notes, counterparty): (&str, &str),
    (date, cents): (NaiveDate, i64),
    currency: Currency,
) -> Result<NewRecord> {
    let places = currency.fraction_digits();
    let amount = rust_decimal::Decimal::new(cents, 2).round_dp(places).max(rust_decimal::Decimal::ONE);
    Ok(NewRecord {
        id: Uuid::now_v7(),
        kind,
        amount: Money::parse_new("amount", amount, currency)?,
        category: CategoryName::parse("category", category)?,
        date,
        notes: notes.to_owned(),
        counterparty: parse_counterparty(counterparty)?,
        idempotency_key: None,
        origin: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn sample(records: usize, currency: Currency) -> Vec<NewRecord> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let size = Size { records, years: 3, seed: 42 };
        books(size, (today - Months::new(36), today), currency).unwrap().collect::<Result<_>>().unwrap()
    }

    #[test]
    fn the_same_seed_makes_the_same_books_of_the_size_asked_for() {
        let digests = || sample(1_000, currency("USD")).iter().map(NewRecord::digests).collect::<Vec<_>>();
        assert_eq!(digests(), digests());
        assert_eq!(digests().len(), 1_000);
        assert_eq!(sample(5, currency("JPY")).len(), 5);
    }

    #[test]
    fn the_books_hold_both_kinds_and_salaries_every_month() {
        let books = sample(2_500, currency("USD"));
        assert!(books.iter().any(|record| record.kind == RecordKind::Income));
        assert_eq!(books.iter().filter(|record| record.category.name == "Salaries").count(), 36);
        assert!(books.is_sorted_by_key(|record| record.date));
        assert!(books.iter().all(|record| categories().any(|category| category == record.category.name)));
    }
}
