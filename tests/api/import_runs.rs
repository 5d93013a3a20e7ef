//! Imports over time: taken back, met by closed books, entered part by part, and wanted by several at once.

use std::time::Duration;

use entity::Role;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tallybook::imports;

use crate::{
    books::with,
    fold::{Books, assert_dashboard_matches},
    harness::{Client, TestApp},
    imports::{FILE, input},
    on_both,
};

on_both![
    a_revert_leaves_what_was_changed_since_unless_told_otherwise,
    a_restored_record_whose_row_was_imported_again_is_a_conflict,
    closed_days_are_neither_imported_nor_taken_back,
    a_large_file_is_entered_in_the_background_and_taken_back,
    a_large_import_goes_on_where_another_server_left_it,
    of_many_who_commit_at_once_one_does,
    what_an_upload_left_behind_is_removed_and_a_file_in_use_is_not,
    a_preview_of_the_first_rows_reads_no_more_and_who_hangs_up_reads_no_further,
];

async fn a_revert_leaves_what_was_changed_since_unless_told_otherwise(app: TestApp) {
    let (analyst, admin) = (app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    let import = app.received(&analyst, input(), FILE).await;
    analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    let all = json!({ "filter": { "importId": import["id"] }, "orderBy": { "direction": "ASC" } });
    let records = analyst.records(all.clone()).await.ok();
    let ids: Vec<_> = crate::books::nodes(&records).map(|record| record["id"].clone()).collect();
    assert_eq!(ids.len(), 4);
    admin.update(json!({ "id": ids[0], "notes": "changed" })).await.ok();
    admin.delete(json!({ "id": ids[3] })).await.ok();
    let reverted = admin.revert_import(json!({ "id": import["id"] })).await.ok();
    assert_eq!(reverted["revertImport"]["import"]["revertedCount"], 2);
    assert_eq!(analyst.notes(all.clone()).await, ["changed"]);
    // The row of the one that is left is not free, those of the others are.
    let again = app.received(&analyst, input(), FILE).await;
    assert_eq!((&again["counts"]["alreadyImported"], &again["counts"]["new"]), (&json!(1), &json!(3)));
    let reverted = admin.revert_import(json!({ "id": import["id"], "deleteChanged": true })).await.ok();
    assert_eq!(reverted["revertImport"]["import"]["revertedCount"], 3);
    assert_eq!(analyst.notes(all).await, Vec::<String>::new());
    app.assert_books_are_sound().await;
    let viewer = app.as_(Role::Viewer).await;
    for client in [&analyst, &viewer] {
        assert_eq!(client.revert_import(json!({ "id": import["id"] })).await.code(), "FORBIDDEN");
    }
}

async fn a_restored_record_whose_row_was_imported_again_is_a_conflict(app: TestApp) {
    let (analyst, admin) = (app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    let first = app.received(&analyst, input(), FILE).await;
    analyst.commit_import(json!({ "id": first["id"] })).await.ok();
    let records = analyst.records(json!({ "filter": { "importId": first["id"] } })).await.ok();
    let ids: Vec<_> = crate::books::nodes(&records).map(|record| record["id"].clone()).collect();
    admin.revert_import(json!({ "id": first["id"] })).await.ok();
    admin.restore(json!({ "id": ids[0] })).await.ok();
    let second = app.received(&analyst, input(), FILE).await;
    assert_eq!(second["counts"]["alreadyImported"], 1);
    analyst.commit_import(json!({ "id": second["id"] })).await.ok();
    let refused = admin.restore(json!({ "id": ids[1] })).await;
    assert_eq!((refused.code(), refused.field()), ("CONFLICT", Some("input.id")), "{}", refused.body);
    let restore = "mutation ($input: RestoreRecordsInput!) { restoreRecords(input: $input) { recordCount } }";
    let many = async |ids: &[Value]| admin.run(restore, json!({ "input": { "records": { "ids": ids } } })).await;
    assert_eq!(many(&ids[1..]).await.code(), "CONFLICT");
    admin.revert_import(json!({ "id": second["id"] })).await.ok();
    many(&ids[1..]).await.ok();
    let third = app.received(&analyst, input(), FILE).await;
    assert_eq!(third["counts"]["alreadyImported"], 4);
    app.assert_books_are_sound().await;
}

async fn closed_days_are_neither_imported_nor_taken_back(app: TestApp) {
    let (analyst, admin) = (app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    let first = app.received(&analyst, input(), FILE).await;
    analyst.commit_import(json!({ "id": first["id"] })).await.ok();
    let close = "mutation { closeBooks(input: { through: \"2026-03-02\" }) { organization { closedThrough } } }";
    admin.run(close, Value::Null).await.ok();
    let refused = admin.revert_import(json!({ "id": first["id"] })).await;
    assert_eq!((refused.code(), refused.field()), ("PERIOD_CLOSED", Some("input.id")), "{}", refused.body);
    let left = admin.revert_import(json!({ "id": first["id"], "leaveClosed": true })).await.ok();
    assert_eq!(left["revertImport"]["import"]["revertedCount"], 1);
    let other = app.received(&analyst, with(input(), json!({ "source": "Account 2" })), FILE).await;
    assert_eq!(analyst.verdicts(&other["id"]).await, ["PROBLEM", "PROBLEM", "PROBLEM", "ZERO", "NEW"]);
    assert_eq!(analyst.commit_import(json!({ "id": other["id"] })).await.code(), "CONFLICT");
    let skipped = analyst.commit_import(json!({ "id": other["id"], "onProblem": "SKIP" })).await.ok();
    assert_eq!(skipped["commitImport"]["import"]["enteredCount"], 1);
    app.assert_books_are_sound().await;
}

/// More rows than are entered at once.
fn large_file(rows: usize) -> String {
    let row = |n: usize| {
        let (day, cents) = (n % 28 + 1, n % 100);
        format!("2026-02-{day:02},-{}.{cents:02},Category {},Row {n},\n", n % 50 + 1, n % 7)
    };
    let header = "Date,Amount,Category,Notes,Name\n".to_owned();
    std::iter::once(header).chain((0..rows).map(row)).collect()
}

async fn until(client: &Client, id: &Value, state: &str) -> Value {
    for _ in 0..600 {
        let import = client.import(id).await;
        if import["state"] == state {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never {state}: {}", client.import(id).await);
}

async fn a_large_file_is_entered_in_the_background_and_taken_back(app: TestApp) {
    let (analyst, admin) = (app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    let import = app.received(&analyst, input(), &large_file(5_600)).await;
    let committed = analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    assert_eq!(committed["commitImport"]["import"]["state"], "ENTERING");
    let close = "mutation { closeBooks(input: { through: \"2026-01-31\" }) { organization { closedThrough } } }";
    let closed = admin.run(close, Value::Null).await;
    assert_eq!((closed.code(), closed.field()), ("CONFLICT", Some("input.through")), "{}", closed.body);
    let going = tokio::spawn(imports::keep_going(app.services().clone()));
    // Others write meanwhile.
    analyst.enter(json!({ "date": "2026-02-01" })).await;
    let entered = until(&analyst, &import["id"], "ENTERED").await;
    assert_eq!((&entered["enteredCount"], &entered["rowsDone"]), (&json!(5_600), &json!(5_600)));
    admin.run(close, Value::Null).await.ok();
    assert_dashboard_matches(&analyst, &Books::read(&app).await, json!({ "from": "2026-02-01", "to": "2026-02-28" }))
        .await;
    let reverting = admin.revert_import(json!({ "id": import["id"] })).await.ok();
    assert_eq!(reverting["revertImport"]["import"]["state"], "REVERTING");
    let reverted = until(&analyst, &import["id"], "REVERTED").await;
    assert_eq!(reverted["revertedCount"], 5_600);
    going.abort();
    let found = analyst.dashboard(json!({}), "summary { recordCount }").await;
    assert_eq!(found["summary"]["recordCount"], 1);
    app.assert_books_are_sound().await;
}

async fn a_large_import_goes_on_where_another_server_left_it(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let import = app.received(&analyst, input(), &large_file(5_600)).await;
    analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    let first = tokio::spawn(imports::keep_going(app.services().clone()));
    while analyst.import(&import["id"]).await["rowsDone"].as_i64() < Some(100) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // As if it had been killed: it has the import for another half minute.
    first.abort();
    let _ = first.await;
    let left = analyst.import(&import["id"]).await;
    assert_eq!(left["state"], "ENTERING", "{left}");
    app.advance(chrono::TimeDelta::seconds(31));
    let second = tokio::spawn(imports::keep_going(app.services().clone()));
    let entered = until(&analyst, &import["id"], "ENTERED").await;
    assert_eq!(entered["enteredCount"], 5_600);
    second.abort();
    let found = analyst.dashboard(json!({}), "summary { recordCount }").await;
    assert_eq!(found["summary"]["recordCount"], 5_600);
    app.assert_books_are_sound().await;
}

async fn of_many_who_commit_at_once_one_does(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let import = app.received(&analyst, input(), FILE).await;
    let committed = join_all((0..6).map(|_| analyst.commit_import(json!({ "id": import["id"] })))).await;
    let (good, bad): (Vec<_>, Vec<_>) = committed.into_iter().partition(|response| response.errors.is_empty());
    assert_eq!(good.len(), 1, "{bad:?}");
    assert!(bad.iter().all(|response| response.code() == "CONFLICT"), "{bad:?}");
    let records = analyst.records(json!({})).await.ok();
    assert_eq!(records["records"]["totalCount"], 4);
    // Two imports of one file at once: each row is entered once.
    let file = FILE.replace("2026-03", "2026-04");
    let both = [app.received(&analyst, input(), &file).await, app.received(&analyst, input(), &file).await];
    let committed = join_all(both.iter().map(|import| analyst.commit_import(json!({ "id": import["id"] })))).await;
    assert!(committed.iter().any(|response| response.errors.is_empty()), "{committed:?}");
    let is_told = |response: &crate::harness::Response| response.errors.is_empty() || response.code() == "CONFLICT";
    assert!(committed.iter().all(is_told), "{committed:?}");
    let records = analyst.records(json!({ "filter": { "from": "2026-04-01" } })).await.ok();
    assert_eq!(records["records"]["totalCount"], 4);
    app.assert_books_are_sound().await;
}

async fn what_an_upload_left_behind_is_removed_and_a_file_in_use_is_not(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    app.received(&analyst, input(), FILE).await;
    let piece = "INSERT INTO import_chunks (import_id, upload, number, bytes) \
        SELECT import_id, import_id, number, bytes FROM import_chunks";
    app.db().read().execute_unprepared(piece).await.expect("a piece of another upload");
    for (hours, pieces) in [(1, "2"), (2, "1"), (24 * 29, "1"), (24, "0")] {
        app.advance(chrono::TimeDelta::hours(hours));
        assert!(imports::forget_files(app.services()).await.is_ok());
        assert_eq!(app.texts("SELECT CAST(COUNT(*) AS text) FROM import_chunks").await, [pieces], "{hours}");
    }
}

async fn a_preview_of_the_first_rows_reads_no_more_and_who_hangs_up_reads_no_further(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let text = "x".repeat(1_000);
    let rows = (1..=9_000).map(|n| format!("2026-02-01,-1.00,Travel,{n} {text},\n"));
    let file = format!("Date,Amount,Category,Notes,Name\n{}", rows.collect::<String>());
    let import = app.received(&analyst, input(), &file).await;
    let preview = |arguments: &str| {
        let query = format!("query ($id: ID!) {{ import(id: $id) {{ preview({arguments}) {{ line }} }} }}");
        let (analyst, id) = (analyst.clone(), import["id"].clone());
        async move { analyst.run(&query, json!({ "id": id })).await }
    };
    let pieces = |statements: Vec<String>| statements.iter().filter(|it| it.contains("import_chunks")).count();
    let whole = file.len() / (256 * 1024) + 1;
    let (found, statements) = app.statements_of(preview("onlyProblems: true")).await;
    assert_eq!(found.ok()["import"]["preview"], json!([]));
    let read = pieces(statements);
    assert!(read >= whole, "{read} of {whole}");
    let (found, statements) = app.statements_of(preview("first: 20")).await;
    assert_eq!(found.ok()["import"]["preview"][19]["line"], 21);
    let read = pieces(statements);
    assert!(read < whole / 2, "{read} of {whole}");
    let ((), statements) = app
        .statements_of(async {
            let hung_up = tokio::time::timeout(Duration::from_millis(1), preview("onlyProblems: true")).await;
            assert!(hung_up.is_err());
            tokio::time::sleep(Duration::from_secs(1)).await;
        })
        .await;
    let read = pieces(statements);
    assert!(read < whole / 2, "{read} of {whole}");
    // Nobody is in the way any more.
    preview("onlyProblems: true").await.ok();
}
