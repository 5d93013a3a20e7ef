//! Some books to try things on, closed through January 2000: two users, two categories, one merged into the first and one
//! that nothing needs, a record, and three deleted ones.

use entity::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    books::with,
    harness::{Client, PASSWORD, TestApp},
    imports,
};

const CREATE: &str =
    "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id category { id name } } } }";
const DELETE: &str = "mutation ($id: ID!) { deleteRecord(input: {id: $id}) { record { id } } }";
const LOGIN: &str = "mutation ($email: String!, $password: String!) {
    login(input: {email: $email, password: $password}) { refreshToken }
}";

/// The words that a document may hold, and what they stand for.
pub struct Scene {
    words: Vec<(&'static str, Value)>,
    /// Who entered the records.
    pub author: Client,
    user: Client,
    app: TestApp,
}

impl Scene {
    /// New books in the same database.
    pub async fn new(app: &TestApp) -> Self {
        let admin = app.as_(Role::Admin).await;
        admin.reopen(json!({ "reason": "a new scene" })).await.ok();
        admin.close(json!({ "through": "2000-01-31" })).await.ok();
        let user = app.as_(Role::Viewer).await;
        let mut records = Vec::new();
        for _ in 0..3 {
            let category = format!("Category {}", Uuid::now_v7());
            let input = json!({ "kind": "EXPENSE", "amount": "10.00", "category": category, "date": "2026-05-01" });
            records.push(admin.run(CREATE, json!({ "input": input })).await.ok()["createRecord"]["record"].take());
        }
        let [record, deleted, other] = &records[..] else { unreachable!("three records were made") };
        admin.run(DELETE, json!({ "id": deleted["id"] })).await.ok();
        admin.run(DELETE, json!({ "id": other["id"] })).await.ok();
        admin.merge(&other["category"]["id"], &record["category"]["id"]).await.ok();
        let name = format!("Unused {}", Uuid::now_v7());
        let other_author = app.as_(Role::Admin).await;
        let moved = other_author.enter(json!({ "category": name })).await;
        other_author.update(json!({ "id": moved["id"], "category": record["category"]["name"] })).await.ok();
        other_author.delete(json!({ "id": moved["id"] })).await.ok();
        let history = "query ($id: ID!) { record(id: $id) { history { nodes { id } } } }";
        let mut history = admin.run(history, json!({ "id": record["id"] })).await.ok()["record"]["history"].take();
        let words = vec![
            ("$event", history["nodes"][0]["id"].take()),
            ("$record", record["id"].clone()),
            ("$deletedRecord", deleted["id"].clone()),
            ("$category", record["category"]["id"].clone()),
            ("$otherCategory", deleted["category"]["id"].clone()),
            ("$mergedCategory", other["category"]["id"].clone()),
            ("$unusedCategory", moved["category"]["id"].clone()),
            ("$user", json!(user.id())),
            ("$email", json!(user.user().email)),
            ("$author", json!(admin.id())),
            ("$password", json!(PASSWORD)),
        ];
        Self { words, author: admin, user, app: app.clone() }
    }

    /// The `document` with its words filled in; `$fresh` is a new text every time.
    pub fn fill(&self, document: &str) -> String {
        let document = document.replace("$fresh", &Uuid::now_v7().simple().to_string());
        self.words.iter().fold(document, |document, (word, value)| document.replace(word, &value.to_string()))
    }

    /// The same, with what belongs to `client`, and with a refresh token that was not used yet.
    pub async fn fill_for(&self, client: &Client, document: &str) -> String {
        let mut document = self.fill(document);
        document = document.replace("$ownSession", &json!(client.session_id().unwrap_or_default()).to_string());
        if document.contains("$ownToken") {
            let mut token = json!("token_01h455vb4pex5vsknk084sn02q");
            if client.session_id().is_some() {
                token = client.create_token(json!({ "role": "VIEWER" })).await.data["createApiToken"]["apiToken"]["id"]
                    .take();
            }
            document = document.replace("$ownToken", &token.to_string());
        }
        // An import whose file has arrived, and one whose records are entered.
        for (word, is_committed) in [("$readyImport", false), ("$enteredImport", true)] {
            if document.contains(word) {
                let input = with(imports::input(), json!({ "source": Uuid::now_v7() }));
                let import = self.author.create_import(input).await.ok()["createImport"]["import"].take();
                self.app.send_file(&self.author, &import["uploadPath"], imports::FILE).await;
                if is_committed {
                    self.author.commit_import(json!({ "id": import["id"] })).await.ok();
                }
                document = document.replace(word, &import["id"].to_string());
            }
        }
        if document.contains("$savedFormat") {
            let save = "mutation ($input: SaveImportFormatInput!) { saveImportFormat(input: $input) { savedFormat { name } } }";
            let format = json!({ "dateColumn": "Date", "amountColumn": "Amount" });
            self.author.run(save, json!({ "input": { "name": "Saved", "format": format } })).await.ok();
            document = document.replace("$savedFormat", "\"Saved\"");
        }
        if document.contains("$refreshToken") {
            let credentials = json!({ "email": self.user.user().email, "password": PASSWORD });
            let data = self.user.run(LOGIN, credentials).await.ok();
            document = document.replace("$refreshToken", &data["login"]["refreshToken"].to_string());
        }
        document
    }
}
