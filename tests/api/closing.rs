//! Closed books: no record of a closed day changes, whoever tries, and whenever.

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
use serde_json::{Value, json};
use tallybook::{
    auth::Author,
    records::{self, NewRecord},
    totals,
};
use uuid::Uuid;

use crate::{
    books::{an_expense, with},
    harness::{self, Client, Response, TestApp},
    on_both,
    viewers::{another_that_listens, within_a_moment},
};

on_both![
    records_of_closed_days_are_neither_created_nor_changed_nor_deleted_nor_restored,
    of_many_records_those_of_closed_days_are_problems,
    a_record_moves_neither_into_a_closed_period_nor_out_of_one,
    closing_goes_forward_and_reopening_back,
    categories_are_renamed_and_merged_over_closed_days,
    a_creation_that_was_made_before_is_replayed_after_its_day_was_closed,
    a_record_of_an_open_day_is_entered_by_one_statement_while_others_are_closed,
    the_database_refuses_what_a_server_does_not_know_to_be_closed,
    eight_writers_race_with_an_admin_who_closes_and_reopens,
];

/// The last day that is closed in these tests.
const BORDER: &str = "2026-03-31";

fn assert_closed(response: &Response, field: &str) {
    assert_eq!(response.code(), "PERIOD_CLOSED", "{}", response.body);
    let extensions = &response.error()["extensions"];
    assert_eq!((&extensions["field"], &extensions["closedThrough"]), (&json!(field), &json!(BORDER)));
}

async fn records_of_closed_days_are_neither_created_nor_changed_nor_deleted_nor_restored(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let kept = admin.enter(json!({ "date": BORDER })).await;
    let gone = admin.enter(json!({ "date": "2026-03-30" })).await;
    admin.delete(json!({ "id": gone["id"] })).await.ok();
    admin.close(json!({ "through": BORDER })).await.ok();
    let before = app.rows().await;
    for input in [
        json!({ "date": BORDER }),
        json!({ "date": "1900-01-01" }),
        json!({ "date": BORDER, "category": "New" }),
        json!({ "date": BORDER, "idempotencyKey": "key" }),
        json!({ "date": BORDER, "idempotencyKey": "key", "category": "New" }),
    ] {
        assert_closed(&admin.create(an_expense(input)).await, "input.date");
    }
    for change in [json!({ "notes": "changed" }), json!({ "amount": "3" }), json!({ "category": "New" })] {
        let input = with(change, json!({ "id": kept["id"] }));
        assert_closed(&admin.update(input).await, "input.id");
    }
    assert_closed(&admin.delete(json!({ "id": kept["id"] })).await, "input.id");
    assert_closed(&admin.restore(json!({ "id": gone["id"] })).await, "input.id");
    assert_eq!(app.rows().await, before);
    // What would fail anyway, or change nothing, says so.
    assert_eq!(admin.update(json!({ "id": gone["id"], "notes": "n" })).await.code(), "NOT_FOUND");
    assert_eq!(admin.delete(json!({ "id": kept["id"], "expectedVersion": 7 })).await.code(), "VERSION_CONFLICT");
    admin.update(json!({ "id": kept["id"], "date": BORDER })).await.ok();
    assert_eq!(app.rows().await, before);

    admin.reopen(json!({ "through": "2026-03-29", "reason": "A receipt was found." })).await.ok();
    admin.update(json!({ "id": kept["id"], "notes": "changed" })).await.ok();
    admin.restore(json!({ "id": gone["id"] })).await.ok();
    admin.enter(json!({ "date": "2026-03-30" })).await;
    let early = admin.create(an_expense(json!({ "date": "2026-03-29" }))).await;
    assert_eq!(early.error()["extensions"]["closedThrough"], "2026-03-29");
}

async fn of_many_records_those_of_closed_days_are_problems(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    let create = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount replayed
        results { record { date } problems { code field closedThrough } }
    } }";
    let on = |date: &str| an_expense(json!({ "date": date }));
    let records = [on(BORDER), on("2026-04-01"), on("2026-03-30")];
    let before = app.rows().await;
    let refused = admin.run(create, json!({ "input": { "records": records } })).await;
    let fields: Vec<_> = refused.errors.iter().map(|error| &error["extensions"]["field"]).collect();
    assert_eq!(refused.codes(), ["PERIOD_CLOSED"; 2]);
    assert_eq!(fields, ["input.records.0.date", "input.records.2.date"]);
    assert_eq!(app.rows().await, before);

    let input = json!({ "records": records, "onProblem": "SKIP", "idempotencyKey": "many" });
    let mut created = admin.run(create, json!({ "input": input })).await.ok()["createRecords"].take();
    assert_eq!((&created["createdCount"], &created["results"][1]["record"]["date"]), (&json!(1), &json!("2026-04-01")));
    let problem = json!([{ "code": "PERIOD_CLOSED", "field": "input.records.2.date", "closedThrough": BORDER }]);
    assert_eq!(created["results"][2].take(), json!({ "record": null, "problems": problem }));
    // What was left out stays left out, whatever was opened since.
    admin.reopen(json!({ "reason": "A receipt was found." })).await.ok();
    let replayed = admin.run(create, json!({ "input": input })).await.ok()["createRecords"].take();
    assert_eq!((&replayed["createdCount"], &replayed["replayed"]), (&json!(1), &json!(true)));
    assert_eq!(replayed["results"][2]["problems"][0]["code"], "CONFLICT");
}

async fn a_record_moves_neither_into_a_closed_period_nor_out_of_one(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let closed = admin.enter(json!({ "date": BORDER })).await;
    let open = admin.enter(json!({ "date": "2026-04-01" })).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    assert_closed(&admin.update(json!({ "id": closed["id"], "date": "2026-04-01" })).await, "input.id");
    assert_closed(&admin.update(json!({ "id": open["id"], "date": BORDER })).await, "input.date");
    admin.update(json!({ "id": open["id"], "date": "2026-04-02", "notes": "moved" })).await.ok();
}

async fn closing_goes_forward_and_reopening_back(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let organization = |response: Response, field: &str| response.ok()[field]["organization"].take();
    let at = |through: Value, version: i32| json!({ "closedThrough": through, "version": version });
    let reason = json!("A receipt was found.");
    // Nothing is closed: there is nothing to reopen.
    let reopened = admin.reopen(json!({ "reason": reason })).await;
    assert_eq!(organization(reopened, "reopenBooks"), at(Value::Null, 1));
    let refused = admin.reopen(json!({ "reason": reason, "through": BORDER })).await;
    assert_eq!((refused.code(), &refused.error()["extensions"]["closedThrough"]), ("CONFLICT", &Value::Null));

    let closed = admin.close(json!({ "through": BORDER, "reason": "Quarter 1 was audited." })).await;
    assert_eq!(organization(closed, "closeBooks"), at(json!(BORDER), 2));
    let again = admin.close(json!({ "through": BORDER })).await;
    assert_eq!(organization(again, "closeBooks"), at(json!(BORDER), 2));
    for (refused, field) in [
        (admin.close(json!({ "through": "2026-03-30" })).await, "input.through"),
        (admin.reopen(json!({ "through": "2026-04-01", "reason": reason })).await, "input.through"),
    ] {
        let extensions = &refused.error()["extensions"];
        assert_eq!((refused.code(), &extensions["field"]), ("CONFLICT", &json!(field)));
        assert_eq!(extensions["closedThrough"], BORDER);
    }
    let back = admin.reopen(json!({ "through": "2026-02-28", "reason": reason })).await;
    assert_eq!(organization(back, "reopenBooks"), at(json!("2026-02-28"), 3));
    assert_eq!(organization(admin.reopen(json!({ "reason": reason })).await, "reopenBooks"), at(Value::Null, 4));

    let trail =
        "{ auditEvents(filter: {entityType: ORGANIZATION}) { nodes { action changes { field before after } } } }";
    let trail = admin.run(trail, Value::Null).await.ok();
    let through = |before: Value, after: Value| json!({ "field": "closedThrough", "before": before, "after": after });
    let why = |reason: &Value| json!({ "field": "reason", "before": null, "after": reason });
    let expected = json!([
        { "action": "REOPENED", "changes": [through(json!("2026-02-28"), Value::Null), why(&reason)] },
        { "action": "REOPENED", "changes": [through(json!(BORDER), json!("2026-02-28")), why(&reason)] },
        { "action": "CLOSED", "changes": [through(Value::Null, json!(BORDER)), why(&json!("Quarter 1 was audited."))] },
    ]);
    assert_eq!(trail["auditEvents"]["nodes"], expected);
    assert_eq!(app.verify_journal().await.faults, [] as [String; 0]);
}

async fn categories_are_renamed_and_merged_over_closed_days(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let one = admin.enter(json!({ "date": BORDER, "category": "Rent" })).await;
    let other = admin.enter(json!({ "date": BORDER, "category": "Lease" })).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    admin.merge(&one["category"]["id"], &other["category"]["id"]).await.ok();
    admin.rename(json!({ "id": other["category"]["id"], "name": "Premises" })).await.ok();
    admin.unmerge(&one["category"]["id"]).await.ok();
    assert_eq!(admin.record(&one["id"]).await["version"], 1);
}

async fn a_creation_that_was_made_before_is_replayed_after_its_day_was_closed(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let input = an_expense(json!({ "date": BORDER, "idempotencyKey": "one" }));
    admin.create(input.clone()).await.ok();
    admin.close(json!({ "through": BORDER })).await.ok();
    assert_eq!(admin.create(input).await.ok()["createRecord"]["replayed"], true);
}

async fn a_record_of_an_open_day_is_entered_by_one_statement_while_others_are_closed(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    admin.enter(json!({ "date": "2026-04-01" })).await;
    admin.enter(json!({ "date": "2026-04-01" })).await;
    let (response, statements) = app.statements_of(admin.create(an_expense(json!({ "date": "2026-04-01" })))).await;
    response.ok();
    assert_eq!(statements.len(), 1, "{statements:#?}");
}

/// A server may remember for two seconds that a day is open.
async fn the_database_refuses_what_a_server_does_not_know_to_be_closed(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let date = json!({ "date": BORDER });
    analyst.enter(date.clone()).await;
    let close = format!("UPDATE organization SET closed_through = '{BORDER}'");
    app.db().read().execute_unprepared(&close).await.expect("closed books");
    let before = app.rows().await;
    let (refused, statements) = app.statements_of(analyst.create(an_expense(date))).await;
    assert_closed(&refused, "input.date");
    assert!(statements.iter().any(|it| it.contains("INSERT INTO \"records\"")), "{statements:#?}");
    assert_eq!(app.rows().await, before);
}

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
