//! What many callers do at once: one of them wins, nothing is lost, and the totals stay what the records add up to.

use std::sync::Arc;

use entity::Role;
use fastrand::Rng;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::{an_expense, with},
    fold::{Books, assert_dashboard_matches},
    harness::{Client, TestApp},
    on_both,
};

on_both![
    of_many_updates_against_one_version_one_wins,
    of_many_deletes_and_restores_one_wins,
    twenty_requests_with_one_key_make_one_record,
    twenty_requests_with_one_key_and_different_input_make_one_record,
    the_same_key_of_two_creators_makes_two_records,
    a_category_that_many_name_at_once_is_made_once,
    of_two_opposite_merges_one_wins,
    records_move_while_their_category_is_merged_away,
    totals_are_rebuilt_while_categories_are_merged_and_records_entered,
    whatever_eight_callers_do_at_once_the_dashboard_adds_up,
    a_list_agrees_with_itself_beside_writers,
];

async fn of_many_updates_against_one_version_one_wins(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let record = analyst.enter(json!({})).await;
    let update = |n: usize| {
        analyst.update(json!({ "id": record["id"], "expectedVersion": 1, "amount": n, "notes": n.to_string() }))
    };
    let responses = join_all((1..=12).map(update)).await;
    let winners: Vec<_> = responses.iter().filter(|response| response.errors.is_empty()).collect();
    assert_eq!(winners.len(), 1);
    for loser in responses.iter().filter(|response| !response.errors.is_empty()) {
        assert_eq!(loser.code(), "VERSION_CONFLICT");
        assert_eq!(loser.error()["extensions"]["currentVersion"], 2);
    }
    assert_eq!(analyst.record(&record["id"]).await, winners[0].data["updateRecord"]["record"]);
    assert_totals(&app).await;
}

async fn of_many_deletes_and_restores_one_wins(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let deletes = join_all((0..10).map(|_| admin.delete(json!({ "id": record["id"] })))).await;
    let restores = join_all((0..10).map(|_| admin.restore(json!({ "id": record["id"] })))).await;
    for responses in [deletes, restores] {
        let refused: Vec<_> = responses.iter().filter(|response| !response.errors.is_empty()).collect();
        assert_eq!(refused.len(), 9);
        assert!(refused.iter().all(|response| response.code() == "CONFLICT"));
    }
    assert_eq!(admin.record(&record["id"]).await["version"], 3);
    assert_totals(&app).await;
}

async fn twenty_requests_with_one_key_make_one_record(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = an_expense(json!({ "idempotencyKey": "one", "category": "New" }));
    let created: Vec<_> =
        join_all((0..20).map(|_| analyst.create(input.clone()))).await.into_iter().map(|r| r.ok()).collect();
    let first = created.iter().filter(|created| created["createRecord"]["replayed"] == false).count();
    assert_eq!(first, 1);
    assert!(created.iter().all(|one| one["createRecord"]["record"] == created[0]["createRecord"]["record"]));
    assert_eq!(app.rows().await["records"].len(), 1);
    assert_totals(&app).await;
}

async fn twenty_requests_with_one_key_and_different_input_make_one_record(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input =
        |n: usize| an_expense(json!({ "idempotencyKey": "one", "notes": n.to_string(), "category": n.to_string() }));
    let responses = join_all((0..20).map(|n| analyst.create(input(n)))).await;
    let refused: Vec<_> = responses.iter().filter(|response| !response.errors.is_empty()).collect();
    assert_eq!(refused.len(), 19);
    assert!(refused.iter().all(|response| response.code() == "IDEMPOTENCY_KEY_REUSED"));
    let rows = app.rows().await;
    assert_eq!((rows["records"].len(), rows["categories"].len()), (1, 1));
    assert_totals(&app).await;
}

async fn the_same_key_of_two_creators_makes_two_records(app: TestApp) {
    let creators = [app.as_(Role::Analyst).await, app.as_(Role::Analyst).await];
    let input = an_expense(json!({ "idempotencyKey": "one" }));
    let responses = join_all(creators.iter().map(|creator| creator.create(input.clone()))).await;
    let ids: Vec<_> = responses.into_iter().map(|r| r.ok()["createRecord"].take()).collect();
    assert!(ids.iter().all(|created| created["replayed"] == false));
    assert_ne!(ids[0]["record"]["id"], ids[1]["record"]["id"]);
}

async fn a_category_that_many_name_at_once_is_made_once(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let names = ["Rent", "rent", " RENT", "Rent "];
    let records = join_all((0..16).map(|n| analyst.enter(json!({ "category": names[n % 4] })))).await;
    assert!(records.iter().all(|record| record["category"]["id"] == records[0]["category"]["id"]));
    assert_eq!(app.rows().await["categories"].len(), 1);
    assert_totals(&app).await;
}

async fn of_two_opposite_merges_one_wins(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for round in 0..5 {
        let a = admin.enter(json!({ "category": format!("A{round}") })).await["category"]["id"].clone();
        let b = admin.enter(json!({ "category": format!("B{round}") })).await["category"]["id"].clone();
        let merges = [admin.merge(&a, &b), admin.merge(&b, &a), admin.merge(&a, &b), admin.merge(&b, &a)];
        let responses = join_all(merges).await;
        let refused: Vec<_> = responses.iter().filter(|response| !response.errors.is_empty()).collect();
        assert_eq!(refused.len(), 3);
        assert!(refused.iter().all(|response| response.code() == "CONFLICT"));
    }
    assert_eq!(admin.categories().await.len(), 5);
    assert_totals(&app).await;
}

async fn records_move_while_their_category_is_merged_away(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for round in 0..5 {
        let (a, b) = (format!("A{round}"), format!("B{round}"));
        let into = admin.enter(json!({ "category": b })).await["category"]["id"].clone();
        let records = join_all((0..6).map(|_| admin.enter(json!({ "category": a })))).await;
        let updates = records.iter().enumerate().map(|(n, record)| {
            let day = json!({ "date": format!("2026-02-{:02}", n + 1) });
            let change = if n % 2 == 0 { with(day, json!({ "category": b })) } else { day };
            admin.update(with(change, json!({ "id": record["id"] })))
        });
        let merge = admin.merge(&records[0]["category"]["id"], &into);
        let (changed, merged) = futures_util::join!(join_all(updates), merge);
        merged.ok();
        for response in changed {
            response.ok();
        }
    }
    assert_totals(&app).await;
}

async fn totals_are_rebuilt_while_categories_are_merged_and_records_entered(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for round in 0..8 {
        let into = admin.enter(json!({ "category": format!("B{round}") })).await["category"]["id"].clone();
        let from = admin.enter(json!({ "category": format!("A{round}") })).await["category"]["id"].clone();
        let entry = admin.create(an_expense(json!({ "category": format!("B{round}") })));
        let (rebuilt, merged, entered) = futures_util::join!(app.rebuild_totals(), admin.merge(&from, &into), entry);
        rebuilt.unwrap_or_else(|error| panic!("{error:?}"));
        merged.ok();
        entered.ok();
        assert_totals(&app).await;
    }
}

/// What all callers know of.
struct Shared {
    app: TestApp,
    admin: Client,
    records: Vec<Value>,
}

async fn whatever_eight_callers_do_at_once_the_dashboard_adds_up(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut rng = Rng::with_seed(4);
    let mut records = Vec::new();
    for _ in 0..20 {
        records.push(admin.enter(some_change(&mut rng)).await["id"].clone());
    }
    let shared = Arc::new(Shared { app: app.clone(), admin, records });
    let callers = (0..8).map(|seed| tokio::spawn(act_at_random(shared.clone(), seed)));
    for caller in join_all(callers).await {
        caller.expect("a caller that ends");
    }
    assert_totals(&app).await;
    let books = Books::read(&app).await;
    for filter in [
        json!({}),
        json!({ "currency": "EUR" }),
        json!({ "kind": "EXPENSE", "categories": ["Cat 1", "cat 2"] }),
        json!({ "from": "2025-11-15", "to": "2026-02-15" }),
        json!({ "from": "2026-01-01", "to": "2026-01-31" }),
    ] {
        assert_dashboard_matches(&shared.admin, &books, filter).await;
    }
}

async fn act_at_random(shared: Arc<Shared>, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    for step in 0..25 {
        let id = json!({ "id": rng.choice(&shared.records).expect("a record") });
        let response = match rng.u8(0..12) {
            0..3 => shared.admin.create(an_expense(some_change(&mut rng))).await,
            3..8 => shared.admin.update(with(id, some_change(&mut rng))).await,
            8 | 9 => shared.admin.delete(id).await,
            10 => shared.admin.restore(id).await,
            _ => {
                let categories = shared.admin.run("{ categories { nodes { id } } }", json!({})).await.ok();
                let categories = categories["categories"]["nodes"].as_array().expect("categories").clone();
                let (from, into) = (rng.choice(&categories), rng.choice(&categories));
                shared.admin.merge(&from.expect("a category")["id"], &into.expect("a category")["id"]).await
            }
        };
        // A record may be deleted, or a category merged, by another caller; nothing else may go wrong.
        let expected = ["NOT_FOUND", "CONFLICT", "BAD_USER_INPUT"];
        assert!(response.codes().iter().all(|code| expected.contains(code)), "{seed} {step}: {}", response.body);
        if step % 8 == 0 {
            assert_totals(&shared.app).await;
        }
    }
}

/// Some of a record's fields, at random.
fn some_change(rng: &mut Rng) -> Value {
    let mut change = json!({});
    let all = [
        ("kind", json!(if rng.bool() { "INCOME" } else { "EXPENSE" })),
        ("amount", json!(format!("{}.{:02}", rng.u32(1..10_000), rng.u32(0..100)))),
        ("currency", json!(if rng.bool() { "USD" } else { "EUR" })),
        ("category", json!(format!("Cat {}", rng.u8(0..4)))),
        (
            "date",
            json!(
                (chrono::NaiveDate::from_ymd_opt(2025, 10, 1).expect("a day") + chrono::Days::new(rng.u64(0..180)))
                    .to_string()
            ),
        ),
    ];
    for (name, value) in all {
        if rng.bool() {
            change[name] = value;
        }
    }
    change
}

async fn a_list_agrees_with_itself_beside_writers(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let list = "{ records(first: 100) { totalCount summary { recordCount } nodes { id } }
        small: records(first: 100, filter: { maxAmount: \"50\" }) { totalCount summary { recordCount } nodes { id } }
        auditEvents(first: 100, filter: { entityType: RECORD }) { totalCount nodes { id } } }";
    let write = async |n: u64| {
        for _ in 0..20 {
            admin.enter(json!({ "amount": "10.00", "category": n.to_string() })).await;
        }
    };
    let read = async || {
        for _ in 0..25 {
            let found = admin.run(list, json!({})).await.ok();
            for list in ["records", "small", "auditEvents"] {
                let (total, list) = (&found[list]["totalCount"], &found[list]);
                assert_eq!(list["nodes"].as_array().map(Vec::len), total.as_u64().and_then(|n| n.try_into().ok()));
                assert!(list["summary"].is_null() || list["summary"]["recordCount"] == *total, "{list}");
            }
        }
    };
    futures_util::join!(write(1), write(2), write(3), read(), read());
    let (response, statements) =
        app.statements_of(admin.run("{ records { totalCount eur: summary(currency: \"EUR\") { recordCount } summary { recordCount } pageInfo { endCursor } edges { cursor } } }", json!({}))).await;
    let found = response.ok();
    assert_eq!((&found["records"]["totalCount"], &found["records"]["eur"]["recordCount"]), (&json!(60), &json!(0)));
    assert_eq!(statements.iter().filter(|sql| sql.contains("SELECT")).count(), 1, "{statements:#?}");
}

async fn assert_totals(app: &TestApp) {
    let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(mismatches.is_empty(), "{mismatches:?}");
}
