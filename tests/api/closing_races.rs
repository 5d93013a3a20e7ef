//! Closing the books while others write: who wrote before is in the closed days, and who comes after is told.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use chrono::{Days, NaiveDate};
use entity::Role;
use fastrand::Rng;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;
use tallybook::{
    auth::Author,
    records::{self, NewRecord},
    totals,
};
use uuid::Uuid;

use crate::{
    books::{an_expense, with},
    closing::{BORDER, assert_closed},
    harness::{self, Client, Response, TestApp},
    on_both,
    viewers::{another_that_listens, within_a_moment},
};

on_both![eight_writers_race_with_an_admin_who_closes_and_reopens];

/// How many writers there are.
const WRITERS: usize = 8;
/// How often the books are closed and reopened.
const ROUNDS: usize = 8;
/// What each round lets the writers do while the books are open, and while they are closed.
const STEPS: usize = 24;

/// What all writers know of.
struct Race {
    steps: AtomicUsize,
    is_over: AtomicBool,
}

impl Race {
    /// Waits until the writers have done some more.
    async fn let_them_write(&self) {
        let enough = self.steps.load(Ordering::SeqCst) + STEPS;
        while self.steps.load(Ordering::SeqCst) < enough {
            tokio::task::yield_now().await;
        }
    }
}

async fn eight_writers_race_with_an_admin_who_closes_and_reopens(app: TestApp) {
    race([app.clone(), app]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_at_two_servers_race_with_an_admin_who_closes_and_reopens() {
    harness::on_postgres(they_race_at_two_servers).await;
}

async fn they_race_at_two_servers(app: TestApp) {
    let other = another_that_listens(&app).await;
    race([app, other]).await;
}

async fn race(servers: [TestApp; 2]) {
    let app = &servers[0];
    let race = Arc::new(Race { steps: AtomicUsize::new(0), is_over: AtomicBool::new(false) });
    let mut writers = Vec::new();
    for (seed, server) in (0..WRITERS).zip(servers.iter().cycle()) {
        let client = server.with_token(app.as_(Role::Admin).await.token());
        writers.push(tokio::spawn(write_around_the_border(client, seed, race.clone())));
    }
    let admin = app.as_(Role::Admin).await;
    for round in 0..ROUNDS {
        race.let_them_write().await;
        admin.close(json!({ "through": BORDER })).await.ok();
        let closed = records_of_closed_days(app).await;
        race.let_them_write().await;
        assert_eq!(records_of_closed_days(app).await, closed, "round {round}");
        admin.reopen(json!({ "reason": "the next round" })).await.ok();
    }
    race.is_over.store(true, Ordering::SeqCst);
    let counts: Vec<_> =
        join_all(writers).await.into_iter().map(|writer| writer.expect("a writer that ends")).collect();
    let refused: usize = counts.iter().sum();
    assert!(refused > 0, "the writers never met closed books");
    let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(mismatches, []);
    assert_eq!(app.verify_journal().await.faults, [] as [String; 0]);
}

async fn records_of_closed_days(app: &TestApp) -> BTreeSet<String> {
    let id = if app.db().backend() == DbBackend::Postgres { "CAST(id AS text)" } else { "hex(id)" };
    let query = format!(
        "SELECT {id} || ' ' || CAST(version AS text) || ' ' || CAST(date AS text) FROM records WHERE date <= '{BORDER}'"
    );
    app.texts(&query).await.into_iter().collect()
}

/// Creates, changes, deletes and restores records of its own; gives how often it was refused because books were closed.
async fn write_around_the_border(client: Client, seed: usize, race: Arc<Race>) -> usize {
    let mut rng = Rng::with_seed(seed as u64);
    let border: NaiveDate = BORDER.parse().expect("a day");
    let (mut own, mut refused) = (Vec::new(), 0);
    while !race.is_over.load(Ordering::SeqCst) {
        let day = border - Days::new(3) + Days::new(rng.u64(0..8));
        let date = json!({ "date": day.to_string() });
        let at = (!own.is_empty()).then(|| rng.usize(0..own.len()));
        let step = rng.u8(0..10);
        let Some(at) = at.filter(|_| step >= 5) else {
            let new = if step == 0 { json!({ "category": format!("Category {}", rng.u8(..)) }) } else { json!({}) };
            let response = client.create(an_expense(with(date, new))).await;
            if expect_closed_only(&response, &[day]) {
                refused += 1;
            } else {
                own.push((response.ok()["createRecord"]["record"]["id"].take(), day, false));
            }
            race.steps.fetch_add(1, Ordering::SeqCst);
            continue;
        };
        let (id, old, is_deleted) = own[at].clone();
        let (response, days, after) = match (is_deleted, step) {
            (true, _) => (client.restore(json!({ "id": id })).await, vec![old], (id, old, false)),
            (false, 5..8) => {
                let response = client.update(with(date, json!({ "id": id }))).await;
                let days = if old == day { vec![] } else { vec![old, day] };
                (response, days, (id, day, false))
            }
            _ => (client.delete(json!({ "id": id })).await, vec![old], (id, old, true)),
        };
        if expect_closed_only(&response, &days) {
            refused += 1;
        } else {
            response.ok();
            own[at] = after;
        }
        race.steps.fetch_add(1, Ordering::SeqCst);
    }
    refused
}

/// Whether a change of records of these `days` was refused because one of them is closed; no other may be.
fn expect_closed_only(response: &Response, days: &[NaiveDate]) -> bool {
    let is_refused = response.codes().contains(&"PERIOD_CLOSED");
    let may_be = days.iter().any(|day| day.to_string().as_str() <= BORDER);
    assert!(!is_refused || may_be, "{days:?}: {}", response.body);
    is_refused
}

/// Some lock of the database is waited for.
const WAITING: &str =
    "SELECT CAST(COUNT(*) AS text) FROM pg_locks AS lock JOIN pg_class AS class ON class.oid = lock.relation
    WHERE class.relname = 'organization' AND NOT lock.granted";

async fn until_somebody_waits(app: &TestApp) {
    within_a_moment(async { while app.texts(WAITING).await == ["0"] {} }).await;
}

fn new_record(day: &str) -> NewRecord {
    NewRecord {
        origin: None,
        id: Uuid::now_v7(),
        kind: entity::RecordKind::Expense,
        amount: records::Money { minor: 100, currency: "USD".parse().expect("a currency") },
        category: tallybook::categories::CategoryName::parse("category", "Rent").unwrap_or_else(|_| panic!("a name")),
        date: day.parse().expect("a day"),
        notes: String::new(),
        counterparty: None,
        idempotency_key: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_waits_for_a_change_that_found_the_day_open() {
    harness::on_postgres(closing_waits_for_it).await;
}

async fn closing_waits_for_it(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let author = Author { user: Some(admin.user().id), ..Author::default() };
    let mut change = app.services().change(author).await.unwrap_or_else(|error| panic!("{error:?}"));
    let entered = records::create_many(&mut change, &[new_record(BORDER)]).await;
    entered.unwrap_or_else(|error| panic!("{error:?}"));
    let closing = tokio::spawn(async move { admin.close(json!({ "through": BORDER })).await });
    until_somebody_waits(&app).await;
    change.commit().await.unwrap_or_else(|error| panic!("{error:?}"));
    closing.await.expect("an answer").ok();
    assert_eq!(records_of_closed_days(&app).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waited_for_the_closing_knows_of_it() {
    harness::on_postgres(they_know_of_it).await;
}

async fn they_know_of_it(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "date": BORDER, "category": "Rent" })).await;
    for category in ["Rent", "Something new"] {
        let (creator, editor) = (admin.clone(), admin.clone());
        let closing = app.outside().await;
        closing.execute_unprepared("BEGIN; LOCK TABLE organization IN EXCLUSIVE MODE").await.expect("the table");
        let input = an_expense(json!({ "date": BORDER, "category": category }));
        let create = tokio::spawn(async move { creator.create(input).await });
        until_somebody_waits(&app).await;
        // The statement has begun; what it sees was not decided yet.
        let close = format!("UPDATE organization SET closed_through = '{BORDER}'; COMMIT");
        closing.execute_unprepared(&close).await.expect("closed books");
        assert_closed(&create.await.expect("an answer"), "input.date");

        closing
            .execute_unprepared(
                "UPDATE organization SET closed_through = NULL; BEGIN; LOCK TABLE organization IN EXCLUSIVE MODE",
            )
            .await
            .expect("the table");
        let id = record["id"].clone();
        let update = tokio::spawn(async move { editor.update(json!({ "id": id, "notes": "late" })).await });
        until_somebody_waits(&app).await;
        closing.execute_unprepared(&close).await.expect("closed books");
        assert_closed(&update.await.expect("an answer"), "input.id");
        closing.execute_unprepared("UPDATE organization SET closed_through = NULL").await.expect("open books");
    }
}
