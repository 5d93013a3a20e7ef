//! Books of 0.1 come up in this version, whatever is in them.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::Role;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectionTrait, Value as Field,
    sea_query::{Alias, Query, SimpleExpr},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tallybook::totals;
use uuid::Uuid;

use crate::{
    books::an_expense,
    harness::{PASSWORD, TestApp},
    on_both,
};

on_both![books_of_0_1_come_up_whole];

/// How many migrations 0.1 had.
const FORMER: u32 = 6;

/// The database of 0.1, written as 0.1 wrote it.
struct Former<'a> {
    app: &'a TestApp,
    at: DateTime<Utc>,
    admin: Uuid,
}

impl Former<'_> {
    async fn insert(&self, table: &str, row: Vec<(&str, Field)>) {
        let (columns, values): (Vec<_>, Vec<_>) =
            row.into_iter().map(|(column, value)| (Alias::new(column), SimpleExpr::from(value))).unzip();
        let insert = Query::insert().into_table(Alias::new(table)).columns(columns).values_panic(values).to_owned();
        self.app.db().read().execute(&insert).await.expect("a row of 0.1");
    }

    async fn user(&self, id: Uuid, role: &str, hash: &str) {
        let at = self.at;
        self.insert(
            "users",
            vec![
                ("id", id.into()),
                ("email", format!("{role}@example.org").to_lowercase().into()),
                ("name", "Ada".into()),
                ("password_hash", hash.into()),
                ("role", role.into()),
                ("is_active", true.into()),
                ("version", 1.into()),
                ("created_at", at.into()),
                ("updated_at", at.into()),
            ],
        )
        .await;
        let changes = json!([
            { "field": "email", "before": null, "after": format!("{role}@example.org").to_lowercase() },
            { "field": "name", "before": null, "after": "Ada" },
            { "field": "role", "before": null, "after": role },
        ]);
        self.event("CREATED", ("USER", id), None, changes).await;
    }

    async fn event(&self, action: &str, (kind, id): (&str, Uuid), actor: Option<Uuid>, changes: Value) {
        self.insert(
            "audit_events",
            vec![
                ("id", Uuid::now_v7().into()),
                ("at", self.at.into()),
                ("actor_id", actor.into()),
                ("action", action.into()),
                ("entity_type", kind.into()),
                ("entity_id", id.into()),
                ("changes", changes.into()),
                ("request_id", Some("r".to_owned()).into()),
            ],
        )
        .await;
    }

    async fn category(&self, name: &str) -> Uuid {
        let id = Uuid::now_v7();
        let row = vec![
            ("id", id.into()),
            ("name", name.into()),
            ("name_key", name.to_lowercase().into()),
            ("created_at", self.at.into()),
        ];
        self.insert("categories", row).await;
        let changes = json!([{ "field": "name", "before": null, "after": name }]);
        self.event("CREATED", ("CATEGORY", id), Some(self.admin), changes).await;
        id
    }

    async fn record(&self, category: (Uuid, &str), minor: i64, key: Option<&str>, deleted: bool) -> Uuid {
        let (id, date) = (Uuid::now_v7(), NaiveDate::from_ymd_opt(2026, 5, 1).expect("a day"));
        let notes = "\u{1F4B0} 'notes'";
        let digest = Sha256::digest(format!("Expense\n{minor}\nUSD\n{}\n{date}\n{notes}", category.1));
        let at = self.at;
        let deleted_at = deleted.then_some(at + TimeDelta::seconds(1));
        self.insert(
            "records",
            vec![
                ("id", id.into()),
                ("kind", "EXPENSE".into()),
                ("amount_minor", minor.into()),
                ("currency", "USD".into()),
                ("category_id", category.0.into()),
                ("date", date.into()),
                ("notes", notes.into()),
                ("created_by", self.admin.into()),
                ("updated_by", self.admin.into()),
                ("version", if deleted { 2 } else { 1 }.into()),
                ("idempotency_key", key.map(str::to_owned).into()),
                ("request_hash", key.map(|_| digest.to_vec()).into()),
                ("created_at", at.into()),
                ("updated_at", deleted_at.unwrap_or(at).into()),
                ("deleted_at", deleted_at.into()),
                ("deleted_by", deleted.then_some(self.admin).into()),
            ],
        )
        .await;
        let entered = |field: &str, after: &str| json!({ "field": field, "before": null, "after": after });
        let changes = json!([entered("kind", "EXPENSE"), entered("currency", "USD"), entered("notes", notes)]);
        self.event("CREATED", ("RECORD", id), Some(self.admin), changes).await;
        if deleted {
            let changes = json!([{ "field": "deletedAt", "before": null, "after": deleted_at }]);
            self.event("DELETED", ("RECORD", id), Some(self.admin), changes).await;
        }
        id
    }

    /// A total of the day and one of the month, spread over two rows that mean nothing alone.
    async fn totals(&self, category: Uuid, minor: i64, count: i64) {
        for (span, start) in [("DAY", (2026, 5, 1)), ("MONTH", (2026, 5, 1))] {
            let start = NaiveDate::from_ymd_opt(start.0, start.1, start.2).expect("a day");
            for (slot, minor, count) in [(0_i64, minor + 500, count + 1), (1, -500, -1)] {
                let row = vec![
                    ("span", span.into()),
                    ("start", start.into()),
                    ("currency", "USD".into()),
                    ("category_id", category.into()),
                    ("slot", slot.into()),
                    ("income_minor", 0_i64.into()),
                    ("income_count", 0_i64.into()),
                    ("expenses_minor", minor.into()),
                    ("expenses_count", count.into()),
                ];
                self.insert("totals", row).await;
            }
        }
    }
}

async fn books_of_0_1_come_up_whole(app: TestApp) {
    let hash = app.user(Role::Viewer).await.password_hash;
    let outside = app.outside().await;
    Migrator::down(&outside, None).await.expect("an empty database");
    Migrator::up(&outside, Some(FORMER)).await.expect("the tables of 0.1");
    let former = Former { app: &app, at: app.now() - TimeDelta::days(1), admin: Uuid::now_v7() };
    former.user(former.admin, "ADMIN", &hash).await;
    let analyst = Uuid::now_v7();
    former.user(analyst, "ANALYST", &hash).await;
    let rent = former.category("Rent").await;
    let kept = former.record((rent, "rent"), 1_250, Some("a-key"), false).await;
    let gone = former.record((rent, "rent"), 99, None, true).await;
    // Merged away: its record moved without an event of its own.
    let merged = former.category("Lodging").await;
    let moved = former.record((rent, "rent"), 7, None, false).await;
    let merge = json!([{ "field": "name", "before": "Lodging", "after": "Rent" }, { "field": "recordsMoved", "before": null, "after": "1" }]);
    former.event("MERGED", ("CATEGORY", merged), Some(former.admin), merge).await;
    let delete = Query::delete()
        .from_table(Alias::new("categories"))
        .and_where(sea_orm::sea_query::ExprTrait::eq(sea_orm::sea_query::Expr::col("id"), merged))
        .to_owned();
    app.db().read().execute(&delete).await.expect("a merged category to go");
    former.totals(rent, 1_257, 2).await;
    // Together past 64 bits, which 0.1 had no total of.
    let large = i64::MAX - 5_000;
    for name in ["Gold", "Land"] {
        let category = former.category(name).await;
        former.record((category, name), large, None, false).await;
        former.totals(category, large, 1).await;
    }

    app.db().migrate().await.expect("the tables of this version");
    app.make_organization().await;

    let login = "mutation ($email: String!, $password: String!) { login(input: {email: $email, password: $password}) { accessToken } }";
    let credentials = json!({ "email": "admin@example.org", "password": PASSWORD });
    let token = app.anonymous().run(login, credentials).await.ok()["login"]["accessToken"].take();
    let admin = app.with_token(token.as_str().expect("a token"));
    let events = "{ auditEvents(first: 100) { totalCount nodes { action entityId changes { field before after } } } }";
    let events = admin.run(events, Value::Null).await.ok()["auditEvents"].take();
    // Two users, four categories, five records, a deletion, a merge, and the sign-in just now.
    assert_eq!(events["totalCount"], 14);
    let Value::Array(events) = &events["nodes"] else { panic!("a list of events") };
    let name = json!({ "field": "name", "before": null, "after": "Ada" });
    assert_eq!(events.last().expect("the first event")["changes"][1], name);
    assert!(!app.rows().await["audit_events"].iter().any(|row| row.contains("Ada") || row.contains("admin@")));

    let report = app.verify_journal().await;
    assert_eq!((report.faults.as_slice(), report.position, report.waiting), (&[][..], 14, 0));
    let differences = totals::verify(app.db()).await.map_err(|error| format!("{error:?}")).expect("totals");
    assert_eq!(differences, []);
    let sums = "expenses { minorUnits } recordCount";
    let selection =
        format!("summary {{ {sums} }} categories(first: 2) {{ {sums} }} otherCategories(first: 2) {{ {sums} }}");
    let of = |minor: i128, count: i64| json!({ "expenses": { "minorUnits": minor.to_string() }, "recordCount": count });
    let large = i128::from(large);
    let expected = json!({ "summary": of(2 * large + 1_257, 4), "categories": [of(large, 1), of(large, 1)],
        "otherCategories": of(1_257, 2) });
    assert_eq!(admin.dashboard(json!({ "currency": "USD" }), &selection).await, expected);

    let again = an_expense(json!({ "category": "Rent", "notes": "\u{1F4B0} 'notes'", "idempotencyKey": "a-key" }));
    let replayed = admin.create(again).await.ok()["createRecord"].take();
    assert_eq!(replayed["replayed"], true);
    let records = admin.records(json!({ "filter": { "deleted": "INCLUDE" }, "first": 10 })).await.ok();
    assert_eq!(records["records"]["totalCount"], 5);
    let id = |uuid: Uuid| tallybook::id::encode(tallybook::id::Kind::Record, uuid);
    assert_eq!(replayed["record"]["id"], json!(id(kept)));
    admin.restore(json!({ "id": id(gone) })).await.ok();
    admin.update(json!({ "id": id(moved), "notes": "changed" })).await.ok();
    let report = app.verify_journal().await;
    assert_eq!((report.faults.as_slice(), report.waiting), (&[][..], 2));
}
