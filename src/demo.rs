//! Sample data: a small organisation's books, the same for the same seed, entered through the records' own rules.

mod books;

use std::iter;

use chrono::{Months, NaiveDate};
use entity::{Role, user};
use futures_util::{StreamExt, stream};
use sea_orm::{ConnectionTrait, EntityTrait};

pub use self::books::Size;
use crate::{
    auth::{Author, Lane, Password},
    categories::{self, CategoryName},
    clock::Clock,
    error::{Error, ErrorCode, Result},
    organization,
    records::{self, NewRecord},
    services::{DemoAccount, Services},
    totals,
    users::{self, Email, Name, NewUser},
};

/// The password of all three demo users.
pub const PASSWORD: &str = "tallybook-demo";
/// How many records are entered together.
const BATCH: usize = 1_000;

/// The demo users, one a role.
pub const USERS: [(&str, &str, Role); 3] = [
    ("viewer@example.com", "Vera Lind", Role::Viewer),
    ("analyst@example.com", "Ana Morales", Role::Analyst),
    ("admin@example.com", "Adam Okafor", Role::Admin),
];

/// Whether there is nobody and nothing yet.
pub async fn is_empty(db: &impl ConnectionTrait) -> Result<bool> {
    let (user, record) = (user::Entity::find().one(db).await?, entity::record::Entity::find().one(db).await?);
    Ok(user.is_none() && record.is_none())
}

/// The demo users who can sign in with [`PASSWORD`].
pub async fn accounts(services: &Services) -> Result<Vec<DemoAccount>> {
    let password = Password::attempt(PASSWORD.to_owned());
    let mut able = Vec::new();
    for (email, ..) in USERS {
        let found = users::find_by_email(services.db.read(), &Email::parse("email", email)?).await?;
        let Some(user) = found.filter(|user| user.is_active) else { continue };
        if services.passwords.verify(Lane::default(), &password, user.password_hash).await? {
            let user::Model { email, name, role, .. } = user;
            able.push(DemoAccount { email, name, role, password: PASSWORD.to_owned() });
        }
    }
    Ok(able)
}

/// Fills the database; `progress` is told how many records are in after each batch.
///
/// # Errors
/// What the rules of users and records refuse; `CONFLICT` where the books are not empty: of two that fill the same
/// books at once, the second finds the first one's users.
pub async fn fill(services: &Services, size: Size, mut progress: impl FnMut(usize)) -> Result<()> {
    // Published: what a secret password must not be does not apply.
    let password = Password::attempt(PASSWORD.to_owned());
    let hash = services.passwords.hash(&password).await?;
    let today = services.clock.today();
    let first = today - Months::new(12 * size.years);
    let mut change = at_noon_of(first, services).change(Author::default()).await?;
    if !is_empty(change.db()).await? {
        return Err(Error::new(ErrorCode::Conflict, "The books are not empty, so nothing was added."));
    }
    let mut authors = Vec::new();
    for (email, name, role) in USERS {
        let new = NewUser {
            email: Email::parse("email", email)?,
            name: Name::parse("name", name)?,
            role,
            password: password.clone(),
        };
        let user = users::create(&mut change, new, hash.clone()).await?;
        if role != Role::Viewer {
            authors.push(user.id);
        }
    }
    // Now, and in one order: two batches that each make what the other is about to could wait for each other.
    for category in books::categories() {
        let category = CategoryName::parse("category", category)?;
        categories::resolve(&mut change, &category).await?;
    }
    change.commit().await?;

    let mut books = books::books(size, (first, today), organization::base_currency(services).await?)?;
    let batches = iter::from_fn(|| {
        let batch: Result<Vec<NewRecord>> = books.by_ref().take(BATCH).collect();
        (!matches!(&batch, Ok(batch) if batch.is_empty())).then_some(batch)
    });
    let enter = async |author, batch: Result<Vec<NewRecord>>| {
        let batch = batch?;
        let at = batch.last().map_or(first, |record| record.date);
        let author = Author { user: Some(author), ..Author::default() };
        let mut change = at_noon_of(at, services).change(author).await?;
        records::create_many(&mut change, &batch).await?;
        change.commit().await.map(|()| batch.len())
    };
    let mut entered = stream::iter(batches.zip(authors.into_iter().cycle()))
        .map(|(batch, author)| enter(author, batch))
        .buffer_unordered(services.db.most_writers());
    let mut done = 0;
    while let Some(batch) = entered.next().await {
        done += batch?;
        progress(done);
    }
    totals::fold(services).await?;
    Ok(services.db.analyze().await?)
}

/// The services, with their clock at noon of `date`.
fn at_noon_of(date: NaiveDate, services: &Services) -> Services {
    let noon = date.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::TimeDelta::hours(12);
    Services { clock: Clock::fixed(noon), ..services.clone() }
}
