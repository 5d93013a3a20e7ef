//! Merging categories and undoing it: what each record and name means afterwards, held against a model.

use std::collections::BTreeMap;

use entity::Role;
use fastrand::Rng;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::{an_expense, nodes},
    fold::{Books, assert_dashboard_matches},
    harness::{Client, TestApp},
    histories::assert_names_follow_from_each_other,
    on_both,
};

on_both![
    a_merge_touches_no_record_and_no_total,
    unmerging_gives_back_the_records_and_leaves_a_trace,
    unmerging_takes_along_what_was_merged_before,
    merging_into_a_merged_category_means_its_target,
    a_merge_that_is_done_or_that_would_go_round_in_circles_is_a_conflict,
    unmerging_is_a_conflict_while_another_has_the_name,
    a_record_that_is_saved_under_the_shown_name_goes_back_with_the_others,
    of_two_merged_categories_of_one_name_the_last_one_says_what_it_means,
    merges_renames_and_new_names_at_random_are_as_the_model_says,
    records_are_entered_while_their_category_is_merged_and_unmerged,
];

/// The id of the category `name`, with a record in it.
async fn category(admin: &Client, name: &str) -> Value {
    admin.enter(json!({ "category": name })).await["category"]["id"].take()
}

/// The name of the category that the record `id` is shown in.
async fn shown(admin: &Client, id: &Value) -> Value {
    admin.record(id).await["category"]["name"].take()
}

async fn a_merge_touches_no_record_and_no_total(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (a, b) = (category(&admin, "A").await, category(&admin, "B").await);
    let before = app.rows().await;
    admin.merge(&a, &b).await.ok();
    let after = app.rows().await;
    assert_ne!(after["categories"], before["categories"]);
    for table in ["records", "totals"] {
        assert_eq!(after[table], before[table]);
    }
}

async fn unmerging_gives_back_the_records_and_leaves_a_trace(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let a = admin.enter(json!({ "category": "A", "amount": "1" })).await;
    let b = admin.enter(json!({ "category": "B", "amount": "2" })).await;
    let (id, target) = (&a["category"]["id"], &b["category"]["id"]);
    admin.merge(id, target).await.ok();
    let since = admin.enter(json!({ "category": "A", "amount": "4" })).await;
    let unmerged = admin.unmerge(id).await.ok();
    assert_eq!(unmerged["unmergeCategory"]["category"], json!({ "id": id, "name": "A" }));
    assert_eq!(admin.categories().await, ["A", "B"]);
    assert_eq!(admin.record(&a["id"]).await["category"], a["category"]);
    assert_eq!(admin.record(&since["id"]).await["category"], b["category"]);
    let sums = admin.dashboard(json!({}), "categories { category { name } expenses { amount } }").await;
    let sum = |name: &str, amount: &str| json!({ "category": { "name": name }, "expenses": { "amount": amount } });
    assert_eq!(sums["categories"], json!([sum("B", "6.00"), sum("A", "1.00")]));

    let query = "query ($id: ID!) { auditEvents(filter: { entityId: $id, action: UNMERGED }) { nodes { changes { field before after } } } }";
    for (id, field, before) in [(id, "mergedInto", "B"), (target, "mergedFrom", "A")] {
        let events = admin.run(query, json!({ "id": id })).await.ok();
        let changes = json!([{ "field": field, "before": before, "after": null }]);
        assert_eq!(events["auditEvents"]["nodes"], json!([{ "changes": changes }]));
    }
    assert_eq!(admin.unmerge(id).await.code(), "CONFLICT");
    assert_totals(&app).await;
}

async fn unmerging_takes_along_what_was_merged_before(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut ids = BTreeMap::new();
    let mut records = BTreeMap::new();
    for name in ["A", "B", "C", "D", "E"] {
        let record = admin.enter(json!({ "category": name })).await;
        ids.insert(name, record["category"]["id"].clone());
        records.insert(name, record["id"].clone());
    }
    let merge = async |from, into| admin.merge(&ids[from], &ids[into]).await.ok();
    merge("A", "B").await;
    merge("D", "C").await;
    merge("B", "C").await;
    merge("C", "E").await;
    assert_eq!(admin.categories().await, ["E"]);
    let merged_into = async |name| {
        let query = "query ($id: ID!) { node(id: $id) { ... on Category { mergedInto { name } } } }";
        admin.run(query, json!({ "id": ids[name] })).await.ok()["node"]["mergedInto"]["name"].take()
    };
    for name in ["A", "B", "C", "D"] {
        assert_eq!((shown(&admin, &records[name]).await, merged_into(name).await), (json!("E"), json!("E")), "{name}");
    }
    admin.unmerge(&ids["B"]).await.ok();
    for (name, root) in [("A", "B"), ("B", "B"), ("C", "E"), ("D", "E")] {
        assert_eq!(shown(&admin, &records[name]).await, root, "{name}");
    }
    assert_eq!((merged_into("A").await, merged_into("B").await), (json!("B"), Value::Null));
    admin.unmerge(&ids["D"]).await.ok();
    assert_eq!(admin.categories().await, ["B", "D", "E"]);
    admin.unmerge(&ids["C"]).await.ok();
    assert_eq!(admin.categories().await, ["B", "C", "D", "E"]);
    // Each category that is shown elsewhere says so: when it was merged, merged on, and given back.
    let query =
        "query ($id: ID!) { auditEvents(filter: { entityId: $id }) { nodes { action changes { before after } } } }";
    let events = admin.run(query, json!({ "id": ids["A"] })).await.ok()["auditEvents"]["nodes"].take();
    let event = |action: &str, before: Value, after: &str| json!({ "action": action, "changes": [{ "before": before, "after": after }] });
    let moves = [
        event("UNMERGED", json!("E"), "B"),
        event("MERGED", json!("C"), "E"),
        event("MERGED", json!("B"), "C"),
        event("MERGED", Value::Null, "B"),
    ];
    assert_eq!(events.as_array().expect("events")[..4], moves);
}

async fn merging_into_a_merged_category_means_its_target(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (a, b, c) = (category(&admin, "A").await, category(&admin, "B").await, category(&admin, "C").await);
    admin.merge(&b, &c).await.ok();
    let merged = admin.merge(&a, &b).await.ok();
    assert_eq!(merged["mergeCategories"]["category"], json!({ "id": c, "name": "C" }));
    admin.unmerge(&b).await.ok();
    assert_eq!(admin.categories().await, ["B", "C"]);
}

async fn a_merge_that_is_done_or_that_would_go_round_in_circles_is_a_conflict(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (a, b, c) = (category(&admin, "A").await, category(&admin, "B").await, category(&admin, "C").await);
    admin.merge(&a, &b).await.ok();
    let before = app.rows().await;
    for (from, into, field) in [(&a, &b, "input.fromId"), (&a, &c, "input.fromId"), (&b, &a, "input.intoId")] {
        let response = admin.merge(from, into).await;
        assert_eq!((response.code(), response.field()), ("CONFLICT", Some(field)));
    }
    for (id, code) in [(&b, "CONFLICT"), (&json!("category_01h455vb4pex5vsknk084sn02q"), "NOT_FOUND")] {
        let response = admin.unmerge(id).await;
        assert_eq!((response.code(), response.field()), (code, Some("input.id")));
    }
    assert_eq!(app.rows().await, before);
}

async fn unmerging_is_a_conflict_while_another_has_the_name(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (a, b, c) = (category(&admin, "A").await, category(&admin, "B").await, category(&admin, "C").await);
    admin.merge(&a, &b).await.ok();
    admin.rename(json!({ "id": c, "name": "a" })).await.ok();
    let before = app.rows().await;
    let response = admin.unmerge(&a).await;
    assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.id")));
    assert_eq!(app.rows().await, before);
    // Either of the two may get another name.
    admin.rename(json!({ "id": a, "name": "Former A" })).await.ok();
    admin.unmerge(&a).await.ok();
    assert_eq!(admin.categories().await, ["a", "B", "Former A"]);
}

async fn a_record_that_is_saved_under_the_shown_name_goes_back_with_the_others(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "A" })).await;
    let (a, b) = (record["category"]["id"].clone(), category(&admin, "B").await);
    admin.merge(&a, &b).await.ok();
    for name in ["B", "A"] {
        let saved = admin.update(json!({ "id": record["id"], "category": name, "notes": name })).await.ok();
        assert_eq!(saved["updateRecord"]["record"]["category"]["name"], "B");
    }
    let moved = admin.enter(json!({ "category": "A" })).await["id"].take();
    admin.update(json!({ "id": moved, "category": "Other" })).await.ok();
    admin.unmerge(&a).await.ok();
    assert_eq!(shown(&admin, &record["id"]).await, "A");
    assert_eq!(shown(&admin, &moved).await, "Other");
    assert_totals(&app).await;
}

async fn of_two_merged_categories_of_one_name_the_last_one_says_what_it_means(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (first, x, y) = (category(&admin, "Rents").await, category(&admin, "X").await, category(&admin, "Y").await);
    admin.merge(&first, &x).await.ok();
    let second = category(&admin, "Z").await;
    admin.rename(json!({ "id": second, "name": "Rents" })).await.ok();
    admin.merge(&second, &y).await.ok();
    let meant = admin.enter(json!({ "category": "rents" })).await;
    assert_eq!(meant["category"]["name"], "Y");
    let listed = admin.records(json!({ "filter": { "categories": ["RENTS"] } })).await.ok();
    assert_eq!(listed["records"]["totalCount"], 3);
    admin.unmerge(&second).await.ok();
    admin.rename(json!({ "id": second, "name": "Z" })).await.ok();
    assert_eq!(admin.enter(json!({ "category": "rents" })).await["category"]["name"], "X");
}

/// A category of the model.
struct Named {
    id: Value,
    name: String,
    parent: Option<usize>,
    /// The number of its last merge.
    merge: usize,
}

/// Categories as a forest, and which one each record is in: the whole truth about merges.
#[derive(Default)]
struct Model {
    categories: Vec<Named>,
    records: Vec<(Value, usize)>,
    merges: usize,
}

const NAMES: [&str; 6] = ["Rent", "Office", "Travel", "Fees", "Salaries", "Sales"];

impl Model {
    fn root(&self, mut one: usize) -> usize {
        while let Some(parent) = self.categories[one].parent {
            one = parent;
        }
        one
    }

    fn unmerged(&self, name: &str) -> Option<usize> {
        self.categories.iter().position(|category| category.name == name && category.parent.is_none())
    }

    fn meant(&self, name: &str) -> Option<usize> {
        let merged = || {
            let called = (0..self.categories.len()).filter(|one| self.categories[*one].name == name);
            called.max_by_key(|one| self.categories[*one].merge).map(|one| self.root(one))
        };
        self.unmerged(name).or_else(merged)
    }

    /// Merges, and says with which code it is refused.
    fn merge(&mut self, from: usize, into: usize) -> Option<&'static str> {
        if from == into {
            return Some("BAD_USER_INPUT");
        }
        let root = self.root(into);
        if self.categories[from].parent.is_some() || root == from {
            return Some("CONFLICT");
        }
        self.merges += 1;
        (self.categories[from].parent, self.categories[from].merge) = (Some(root), self.merges);
        None
    }

    fn unmerge(&mut self, one: usize) -> Option<&'static str> {
        if self.categories[one].parent.is_none() || self.unmerged(&self.categories[one].name).is_some() {
            return Some("CONFLICT");
        }
        self.categories[one].parent = None;
        None
    }

    fn rename(&mut self, one: usize, name: &str) -> Option<&'static str> {
        let taken = self.unmerged(name).is_some_and(|other| other != one);
        if self.categories[one].parent.is_none() && taken {
            return Some("CONFLICT");
        }
        name.clone_into(&mut self.categories[one].name);
        None
    }

    /// Which category a record that names `name` is in, with the id that a new one got.
    fn named(&mut self, name: &str, id: &Value) -> usize {
        self.meant(name).unwrap_or_else(|| {
            self.categories.push(Named { id: id.clone(), name: name.to_owned(), parent: None, merge: 0 });
            self.categories.len() - 1
        })
    }

    async fn act(&mut self, admin: &Client, rng: &mut Rng) {
        let name = NAMES[rng.usize(..NAMES.len())];
        let count = self.categories.len();
        let (response, refused) = match rng.u8(..if count == 0 { 2 } else { 12 }) {
            0 | 1 => {
                let record = admin.enter(json!({ "category": name })).await;
                let category = self.named(name, &record["category"]["id"]);
                self.records.push((record["id"].clone(), category));
                return;
            }
            2 => {
                let at = rng.usize(..self.records.len());
                let update = json!({ "id": self.records[at].0, "category": name });
                let updated = admin.update(update).await.ok();
                let category = self.named(name, &updated["updateRecord"]["record"]["category"]["id"]);
                if self.root(self.records[at].1) != category {
                    self.records[at].1 = category;
                }
                return;
            }
            3..7 => {
                let (from, into) = (rng.usize(..count), rng.usize(..count));
                (admin.merge(&self.categories[from].id, &self.categories[into].id).await, self.merge(from, into))
            }
            7..10 => {
                let one = rng.usize(..count);
                (admin.unmerge(&self.categories[one].id).await, self.unmerge(one))
            }
            _ => {
                let one = rng.usize(..count);
                let input = json!({ "id": self.categories[one].id, "name": name });
                (admin.rename(input).await, self.rename(one, name))
            }
        };
        assert_eq!(response.codes(), refused.into_iter().collect::<Vec<_>>(), "{}", response.body);
    }

    async fn assert_holds(&self, app: &TestApp, admin: &Client) {
        let listed = admin.records(json!({ "first": 100 })).await.ok();
        let listed: BTreeMap<_, _> =
            nodes(&listed).map(|node| (node["id"].to_string(), node["category"]["id"].clone())).collect();
        let expected = self.records.iter();
        let expected: BTreeMap<_, _> =
            expected.map(|(id, category)| (id.to_string(), self.categories[self.root(*category)].id.clone())).collect();
        assert_eq!(listed, expected);
        let roots = self.categories.iter().filter(|category| category.parent.is_none());
        let mut names: Vec<_> = roots.map(|category| category.name.clone()).collect();
        names.sort_unstable();
        assert_eq!(admin.categories().await, names);
        for name in NAMES {
            let meant = self.meant(name);
            let of_name = self.records.iter().filter(|(_, category)| Some(self.root(*category)) == meant).count();
            let arguments = json!({ "filter": { "categories": [name] }, "first": 100 });
            let listed = admin.records(arguments).await.ok();
            assert_eq!(
                (&listed["records"]["totalCount"], nodes(&listed).count()),
                (&json!(of_name), of_name),
                "{name}"
            );
        }
        let books = Books::read(app).await;
        for filter in [json!({}), json!({ "categories": NAMES[..2] })] {
            assert_dashboard_matches(admin, &books, filter).await;
        }
        assert_totals(app).await;
        for (id, _) in &self.records {
            assert_names_follow_from_each_other(admin, id).await;
        }
    }
}

async fn merges_renames_and_new_names_at_random_are_as_the_model_says(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut rng = Rng::with_seed(26);
    let mut model = Model::default();
    for step in 0..180 {
        model.act(&admin, &mut rng).await;
        if step % 20 == 19 {
            model.assert_holds(&app, &admin).await;
        }
    }
    assert!(model.merges > 10, "{}", model.merges);
}

async fn records_are_entered_while_their_category_is_merged_and_unmerged(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (a, b) = (category(&admin, "A").await, category(&admin, "B").await);
    let merges = async {
        for _ in 0..12 {
            admin.merge(&a, &b).await.ok();
            admin.unmerge(&a).await.ok();
        }
    };
    let entries = (0..8).map(|n| {
        let admin = &admin;
        async move {
            let record = admin.enter(json!({ "category": "A" })).await;
            for step in 0..6 {
                let name = if (n + step) % 2 == 0 { "A" } else { "New" };
                let changed =
                    admin.update(json!({ "id": record["id"], "category": name, "amount": step + 1 })).await.ok();
                let category = &changed["updateRecord"]["record"]["category"]["name"];
                assert!(category == name || name == "A" && category == "B", "{category}");
                admin.create(an_expense(json!({ "category": "A" }))).await.ok();
            }
        }
    });
    futures_util::join!(merges, join_all(entries));
    assert_eq!(admin.categories().await, ["A", "B", "New"]);
    assert_totals(&app).await;
    assert_dashboard_matches(&admin, &Books::read(&app).await, json!({})).await;
}

async fn assert_totals(app: &TestApp) {
    let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(mismatches.is_empty(), "{mismatches:?}");
}
