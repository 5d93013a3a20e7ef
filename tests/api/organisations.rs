//! Two organisations in two schemas of one PostgreSQL, and what an engine that spreads schemas or rows over several
//! machines asks for.

use entity::Role;
use futures_util::{future::join_all, join};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tallybook::{config::PlanCacheMode, db::Db, journal, totals};

use crate::{
    access::MUTATIONS,
    books::{an_expense, nodes},
    harness::{self, Client, TestApp},
    on_both,
    scene::Scene,
    viewers::{LISTENERS, is_remembered, within_a_moment},
};

on_both![no_statement_sets_the_key_of_a_row_that_is_there];

/// The books of an organisation of its own in a new schema of the database of `app`.
async fn organisation(app: &TestApp, name: &str) -> TestApp {
    let schema = format!("CREATE SCHEMA {name}");
    app.outside().await.execute_unprepared(&schema).await.expect("a new schema");
    let url = format!("{}&options=-c%20search_path%3D{name}", app.url());
    let db = Db::connect(&url, 1).await.expect("a connection");
    db.migrate().await.expect("the tables of the organisation");
    db.close().await.expect("the connection to close");
    TestApp::on(&url).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_organisations_in_one_database_know_nothing_of_each_other() {
    harness::on_postgres(they_know_nothing_of_each_other).await;
}

async fn they_know_nothing_of_each_other(app: TestApp) {
    let before = app.rows().await;
    // Each waits until the other has made its tables.
    let (one, other) = join!(organisation(&app, "org1"), organisation(&app, "org2"));
    let (ada, bob) = (one.as_(Role::Admin).await, other.as_(Role::Admin).await);
    join!(keep_books(&ada, "1"), keep_books(&bob, "2"));
    for (app, client, amount, stranger) in [(&one, &ada, "1.00", &bob), (&other, &bob, "2.00", &ada)] {
        let listed = client.records(json!({ "first": 100 })).await.ok();
        assert_eq!(listed["records"]["totalCount"], 8);
        assert!(nodes(&listed).all(|record| record["amount"]["amount"] == amount), "{listed}");
        let record = &listed["records"]["edges"][0]["node"]["id"];
        assert!(client.record(record).await.is_object() && stranger.record(record).await.is_null());
        let users = client.run("{ users { nodes { id } } }", Value::Null).await.ok();
        assert_eq!(users["users"]["nodes"], json!([{ "id": client.id() }]));
        // Though both sign with one secret.
        assert_eq!(app.with_token(stranger.token()).run("{ me { id } }", Value::Null).await.code(), "UNAUTHENTICATED");
        let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
        let report = journal::verify(app.db(), &|_| {}).await.unwrap_or_else(|error| panic!("{error:?}"));
        // The harness makes users and the organization without events.
        let is_other = |fault: &&String| !fault.starts_with("The user") && !fault.starts_with("The organization");
        assert_eq!((mismatches.len(), report.faults.iter().find(is_other)), (0, None), "{mismatches:?}");
        assert_eq!(report.position, i64::try_from(client.events().await).expect("a count"));
    }
    assert_eq!(app.rows().await, before);
}

impl Client {
    /// How many events the journal has, all of them numbered.
    async fn events(&self) -> u64 {
        let events = self.run("{ auditEvents { totalCount } }", Value::Null).await.ok();
        events["auditEvents"]["totalCount"].as_u64().expect("a count")
    }
}

async fn keep_books(admin: &Client, amount: &str) {
    admin.events().await;
    // As many as one user may have at a time.
    join_all((0..8).map(|_| async { admin.create(an_expense(json!({ "amount": amount }))).await.ok() })).await;
    let record = admin.enter(json!({ "category": "Fees", "amount": amount })).await;
    admin.delete(json!({ "id": record["id"] })).await.ok();
    admin.events().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_rights_is_told_to_the_servers_of_its_organisation_alone() {
    harness::on_postgres(it_is_told_to_those_servers_alone).await;
}

async fn it_is_told_to_those_servers_alone(app: TestApp) {
    let (one, other) = (organisation(&app, "org1").await, organisation(&app, "org2").await);
    let beside = one.elsewhere().await;
    for (server, listeners) in [(&one, 1), (&beside, 2), (&other, 1)] {
        server.listen();
        within_a_moment(async { while server.texts(LISTENERS).await.len() < listeners {} }).await;
    }
    let (admin, victim, stranger) =
        (one.as_(Role::Admin).await, one.as_(Role::Admin).await, other.as_(Role::Admin).await);
    let there = beside.with_token(victim.token());
    within_a_moment(async { while !is_remembered(&beside, &there).await {} }).await;
    within_a_moment(async { while !is_remembered(&other, &stranger).await {} }).await;
    let demote = "mutation ($id: ID!) { updateUser(input: {id: $id, role: VIEWER}) { user { id } } }";
    admin.run(demote, json!({ "id": victim.id() })).await.ok();
    assert_eq!(there.run("{ users { totalCount } }", Value::Null).await.code(), "FORBIDDEN");
    let (_, statements) = other.statements_of(stranger.run("{ me { id } }", Value::Null)).await;
    assert_eq!(statements, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_are_planned_as_the_settings_say() {
    harness::on_postgres(they_are_planned_as_the_settings_say).await;
}

async fn they_are_planned_as_the_settings_say(app: TestApp) {
    for (mode, name) in [
        (PlanCacheMode::default(), "force_generic_plan"),
        (PlanCacheMode::ForceCustomPlan, "force_custom_plan"),
        (PlanCacheMode::Auto, "auto"),
    ] {
        let db = Db::connect_with(app.url(), 2, mode).await.expect("a connection");
        let show = Statement::from_string(DbBackend::Postgres, "SHOW plan_cache_mode");
        let row = db.read().query_one_raw(show).await.expect("a setting").expect("a row");
        assert_eq!(row.try_get_by_index::<String>(0).expect("a text"), name);
        db.close().await.expect("the connections to close");
    }
}

/// Where rows are spread over machines by their key, it cannot be set, also not to what it is.
async fn no_statement_sets_the_key_of_a_row_that_is_there(app: TestApp) {
    let mut updates = 0;
    for (_, mutation) in MUTATIONS {
        let (scene, admin) = (Scene::new(&app).await, app.as_(Role::Admin).await);
        let document = scene.fill_for(&admin, &format!("mutation {{ {mutation} }}")).await;
        let (response, statements) = app.statements_of(admin.run(&document, Value::Null)).await;
        response.ok();
        for statement in statements.iter().filter(|it| it.contains("UPDATE ")) {
            for (_, set) in statement.match_indices(" SET ").map(|(at, _)| statement.split_at(at)) {
                let set = set.split(" WHERE ").next().unwrap_or_default();
                assert!(!set.contains("\"id\" = "), "{mutation}: {statement}");
                updates += 1;
            }
        }
    }
    assert!(updates > 10, "{updates}");
}
