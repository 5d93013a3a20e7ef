//! Short ways to keep books in a test: what a client does to records and categories, and inputs to begin with.

use serde_json::{Value, json};

use crate::harness::{Client, Response};

/// All scalars of a record, for every document that gives one.
const RECORD: &str = "fragment R on FinancialRecord { id kind amount { amount currency minorUnits } category { id name } date \
                      notes version createdBy { id } updatedBy { id } createdAt updatedAt deletedAt deletedBy { id } }";

impl Client {
    /// Creates a record of `input`.
    pub async fn create(&self, input: Value) -> Response {
        let create =
            "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { replayed record { ...R } } }";
        self.run(&format!("{create} {RECORD}"), json!({ "input": input })).await
    }

    /// Creates [`an_expense`] with `changes`, which must succeed, and gives the record.
    pub async fn enter(&self, changes: Value) -> Value {
        self.create(an_expense(changes)).await.ok()["createRecord"]["record"].take()
    }

    /// Updates a record by `input`.
    pub async fn update(&self, input: Value) -> Response {
        let update =
            "mutation ($input: UpdateRecordInput!) { updateRecord(input: $input) { replayed record { ...R } } }";
        self.run(&format!("{update} {RECORD}"), json!({ "input": input })).await
    }

    /// Deletes a record by `input`.
    pub async fn delete(&self, input: Value) -> Response {
        let delete = "mutation ($input: DeleteRecordInput!) { deleteRecord(input: $input) { record { ...R } } }";
        self.run(&format!("{delete} {RECORD}"), json!({ "input": input })).await
    }

    /// Restores a record by `input`.
    pub async fn restore(&self, input: Value) -> Response {
        let restore = "mutation ($input: RestoreRecordInput!) { restoreRecord(input: $input) { record { ...R } } }";
        self.run(&format!("{restore} {RECORD}"), json!({ "input": input })).await
    }

    /// The record `id`, or null.
    pub async fn record(&self, id: &Value) -> Value {
        let query = format!("query ($id: ID!) {{ record(id: $id) {{ ...R }} }} {RECORD}");
        self.run(&query, json!({ "id": id })).await.ok()["record"].take()
    }

    /// The list of records that `arguments` (`filter`, `orderBy`, the paging arguments) ask for.
    pub async fn records(&self, arguments: Value) -> Response {
        let query = "query ($filter: RecordFilter, $orderBy: RecordOrder, $first: Int, $after: String, $last: Int, $before: String) \
                     { records(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) \
                     { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { ...R } } } }";
        self.run(&format!("{query} {RECORD}"), arguments).await
    }

    /// The notes of the records in the list that `arguments` ask for.
    pub async fn notes(&self, arguments: Value) -> Vec<String> {
        let list = self.records(arguments).await.ok();
        nodes(&list).map(|node| node["notes"].as_str().expect("notes").to_owned()).collect()
    }

    /// Closes the books by `input`.
    pub async fn close(&self, input: Value) -> Response {
        let close = "mutation ($input: CloseBooksInput!) { closeBooks(input: $input) { organization { closedThrough version } } }";
        self.run(close, json!({ "input": input })).await
    }

    /// Reopens the books by `input`.
    pub async fn reopen(&self, input: Value) -> Response {
        let reopen = "mutation ($input: ReopenBooksInput!) { reopenBooks(input: $input) { organization { closedThrough version } } }";
        self.run(reopen, json!({ "input": input })).await
    }

    /// Renames a category by `input`.
    pub async fn rename(&self, input: Value) -> Response {
        let rename =
            "mutation ($input: RenameCategoryInput!) { renameCategory(input: $input) { category { id name } } }";
        self.run(rename, json!({ "input": input })).await
    }

    /// Merges the category `from` into `into`.
    pub async fn merge(&self, from: &Value, into: &Value) -> Response {
        let merge =
            "mutation ($input: MergeCategoriesInput!) { mergeCategories(input: $input) { category { id name } } }";
        self.run(merge, json!({ "input": { "fromId": from, "intoId": into } })).await
    }

    /// Undoes the merge of the category `id`.
    pub async fn unmerge(&self, id: &Value) -> Response {
        let unmerge =
            "mutation ($input: UnmergeCategoryInput!) { unmergeCategory(input: $input) { category { id name } } }";
        self.run(unmerge, json!({ "input": { "id": id } })).await
    }

    /// The names of all categories, in the API's order.
    pub async fn categories(&self) -> Vec<String> {
        let categories = self.run("{ categories(first: 100) { nodes { name } } }", json!({})).await.ok();
        let names = categories["categories"]["nodes"].as_array().expect("a list").iter();
        names.map(|category| category["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// What `selection` of the dashboard of `filter` gives.
    pub async fn dashboard(&self, filter: Value, selection: &str) -> Value {
        let query = format!("query ($filter: DashboardFilter) {{ dashboard(filter: $filter) {{ {selection} }} }}");
        self.run(&query, json!({ "filter": filter })).await.ok()["dashboard"].take()
    }
}

/// The records of a list.
pub fn nodes(list: &Value) -> impl Iterator<Item = &Value> {
    list["records"]["edges"].as_array().expect("edges").iter().map(|edge| &edge["node"])
}

/// The input of an ordinary expense, with `changes`.
pub fn an_expense(changes: Value) -> Value {
    with(json!({ "kind": "EXPENSE", "amount": "12.50", "category": "Rent", "date": "2026-05-01" }), changes)
}

/// The object `base` with the entries of `changes`.
pub fn with(mut base: Value, changes: Value) -> Value {
    let (Value::Object(fields), Value::Object(changes)) = (&mut base, changes) else { panic!("two objects") };
    fields.extend(changes);
    base
}
