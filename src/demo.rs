//! Sample data: a small organisation's books, the same for the same seed, entered through the records' own rules.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use entity::{RecordKind, Role, user};
use fastrand::Rng;
use iso_currency::Currency;
use sea_orm::{EntityTrait, PaginatorTrait};

use crate::{
    auth::Password,
    categories::CategoryName,
    context::Services,
    error::{Error, Result},
    records::{self, Money, NewRecord},
    totals::month_of,
    trail::Act,
    users::{self, Email, Name, NewUser},
};

/// The password of all three demo users.
pub const PASSWORD: &str = "tallybook-demo";

/// The demo users, one a role.
pub const USERS: [(&str, &str, Role); 3] = [
    ("viewer@example.com", "Vera Lind", Role::Viewer),
    ("analyst@example.com", "Ana Morales", Role::Analyst),
    ("admin@example.com", "Adam Okafor", Role::Admin),
];

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
    notes: &'static [&'static str],
    /// In major units.
    amounts: std::ops::Range<i64>,
}

const REGULAR: [Regular; 9] = [
    Regular {
        kind: RecordKind::Expense,
        category: "Salaries",
        notes: "Payroll",
        amount: 41_800,
        every_months: 1,
        day: 25,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Rent",
        notes: "Office rent",
        amount: 6_400,
        every_months: 1,
        day: 1,
        varies: false,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Utilities",
        notes: "Electricity and heating",
        amount: 620,
        every_months: 1,
        day: 12,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Software",
        notes: "Subscriptions",
        amount: 1_150,
        every_months: 1,
        day: 3,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Bank fees",
        notes: "Account and card fees",
        amount: 48,
        every_months: 1,
        day: 28,
        varies: true,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Insurance",
        notes: "Liability and contents, quarterly",
        amount: 2_300,
        every_months: 3,
        day: 15,
        varies: false,
    },
    Regular {
        kind: RecordKind::Expense,
        category: "Taxes",
        notes: "Quarterly instalment",
        amount: 7_900,
        every_months: 3,
        day: 20,
        varies: true,
    },
    Regular {
        kind: RecordKind::Income,
        category: "Retainers",
        notes: "Monthly retainers",
        amount: 44_000,
        every_months: 1,
        day: 5,
        varies: true,
    },
    Regular {
        kind: RecordKind::Income,
        category: "Grants",
        notes: "Quarterly grant payment",
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
        notes: &["Workshop", "Audit preparation", "Project milestone", "Advisory hours"],
        amounts: 400..9_500,
    },
    Occasional {
        kind: RecordKind::Income,
        category: "Training courses",
        notes: &["Course fees", "In-house course", "Seminar tickets"],
        amounts: 90..2_400,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Travel",
        notes: &["Train tickets", "Hotel", "Mileage", "Flights to a client"],
        amounts: 25..1_300,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Office supplies",
        notes: &["Paper and toner", "Stationery", "Coffee", "Cleaning supplies"],
        amounts: 8..240,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Marketing",
        notes: &["Online campaign", "Print", "Trade fair", "Sponsorship"],
        amounts: 120..3_200,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Equipment",
        notes: &["Laptop", "Monitor", "Office chair", "Phone"],
        amounts: 150..2_600,
    },
    Occasional {
        kind: RecordKind::Expense,
        category: "Maintenance",
        notes: &["Repairs", "Cleaning", "Server maintenance"],
        amounts: 60..900,
    },
];

/// Whether there is nobody and nothing yet.
pub async fn is_empty(services: &Services) -> Result<bool> {
    let db = &*services.db;
    Ok(user::Entity::find().count(db).await? == 0 && entity::record::Entity::find().count(db).await? == 0)
}

/// Fills the database; `progress` is told how many records are in after each batch.
///
/// # Errors
/// What the rules of users and records refuse; `CONFLICT` where the demo's users are there already.
pub async fn fill(services: &Services, size: Size, mut progress: impl FnMut(usize)) -> Result<()> {
    let admin_act = |at| Act { actor: None, at, request_id: None };
    let hash = services.passwords.hash(&Password::parse("password", PASSWORD.to_owned())?).await?;
    let today = services.clock.today();
    let first = today - Months::new(12 * size.years);
    let tx = services.db.write().await?;
    let mut authors = Vec::new();
    for (email, name, role) in USERS {
        let new = NewUser {
            email: Email::parse("email", email)?,
            name: Name::parse("name", name)?,
            role,
            password_hash: hash.clone(),
        };
        let user = users::create(&*tx, &admin_act(noon(first)), new).await?;
        if role != Role::Viewer {
            authors.push(user.id);
        }
    }
    tx.commit().await?;

    let books = books(size, first, today, services.config.base_currency)?;
    let mut done = 0;
    for (batch, author) in books.chunks(2_500).zip(authors.iter().cycle()) {
        let at = batch.last().map_or(first, |record| record.date);
        let act = Act { actor: Some(*author), at: noon(at), request_id: None };
        records::create_many(&services.db, &act, *author, batch).await?;
        done += batch.len();
        progress(done);
    }
    Ok(())
}

fn noon(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::TimeDelta::hours(12)
}

/// The records, oldest first: the regular ones, and occasional ones for the rest.
fn books(size: Size, first: NaiveDate, today: NaiveDate, currency: Currency) -> Result<Vec<NewRecord>> {
    let mut rng = Rng::with_seed(size.seed);
    let mut records = Vec::with_capacity(size.records);
    for (months, month) in (0..).map(|n| (n, month_of(first) + Months::new(n))).take_while(|(_, month)| *month <= today)
    {
        for regular in REGULAR.iter().filter(|regular| month.month0() % regular.every_months == 0) {
            let date = month + Days::new(u64::from(regular.day) - 1);
            if (first..=today).contains(&date) && records.len() < size.records {
                let planned = regular.amount * percent(regular.category, months, month.month());
                let amount = if regular.varies { planned * rng.i64(960..=1_040) / 1_000 } else { planned };
                records.push(record(regular.kind, regular.category, regular.notes, date, amount, currency)?);
            }
        }
    }
    let days = u64::try_from((today - first).num_days()).map_err(Error::internal)?;
    while records.len() < size.records {
        let what = &OCCASIONAL[rng.usize(..OCCASIONAL.len())];
        let notes = what.notes[rng.usize(..what.notes.len())];
        let amount = rng.i64(what.amounts.start * 100..what.amounts.end * 100);
        records.push(record(what.kind, what.category, notes, first + Days::new(rng.u64(..=days)), amount, currency)?);
    }
    records.sort_by_key(|record| record.date);
    Ok(records)
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
    kind: RecordKind,
    category: &str,
    notes: &str,
    date: NaiveDate,
    cents: i64,
    currency: Currency,
) -> Result<NewRecord> {
    let places = currency.exponent().map_or(0, u32::from);
    let amount = rust_decimal::Decimal::new(cents, 2).round_dp(places).max(rust_decimal::Decimal::ONE);
    Ok(NewRecord {
        kind,
        amount: Money::parse_positive("amount", amount, currency)?,
        category: CategoryName::parse("category", category)?,
        date,
        notes: notes.to_owned(),
        idempotency_key: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(records: usize, currency: Currency) -> Vec<NewRecord> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        books(Size { records, years: 3, seed: 42 }, today - Months::new(36), today, currency).unwrap()
    }

    #[test]
    fn the_same_seed_makes_the_same_books_of_the_size_asked_for() {
        let digests = || sample(1_000, Currency::USD).iter().map(NewRecord::digest).collect::<Vec<_>>();
        assert_eq!(digests(), digests());
        assert_eq!(digests().len(), 1_000);
        assert_eq!(sample(5, Currency::JPY).len(), 5);
    }

    #[test]
    fn the_books_hold_both_kinds_and_salaries_every_month() {
        let books = sample(2_500, Currency::USD);
        assert!(books.iter().any(|record| record.kind == RecordKind::Income));
        assert_eq!(books.iter().filter(|record| record.category.name == "Salaries").count(), 36);
        assert!(books.is_sorted_by_key(|record| record.date));
    }
}
