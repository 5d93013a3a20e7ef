//! What the program logs of those who send it their secrets, in all the places where one can stand.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use serde_json::{Value, json};
use tallybook::db::Db;

use crate::{
    client::Client,
    on_both,
    site::{Server, Site},
    wire::{answer_to, post},
};

on_both![no_log_line_holds_a_password_or_a_token, not_even_the_most_talkative_log_holds_a_password_or_a_token];

const JWT_SECRET: &str = "the-secret-that-signs-access-tokens";
const EMAIL: &str = "viewer@example.com";
/// PostgreSQL trusts whoever comes by its socket, with any password.
const DATABASE_PASSWORD: &str = "snark-boojum-stored";
/// The user's password; what the others hold can be told apart from it.
const PASSWORD: &str = "snark-boojum-kept";
/// How a password looks that somebody types in the wrong place.
const MISPLACED: &str = "snark-boojum-typed";
/// How a token looks that is none of ours.
const FORGED: &str = "c25hcmstYm9vanVtLWZvcmdlZA";
const LOGIN: &str = "mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }";
const REFRESH: &str = "mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { refreshToken } }";

async fn no_log_line_holds_a_password_or_a_token(site: Site) {
    let logged = tell_secrets(site).await;
    assert!(logged.contains("\"operation\":\"Nonsense\"") && logged.contains("RATE_LIMITED"), "{logged}");
}

async fn not_even_the_most_talkative_log_holds_a_password_or_a_token(site: Site) {
    let site = site.with("RUST_LOG", "trace");
    let outside = Database::connect(site.database_url()).await.unwrap();
    Migrator::down(&outside, Some(1)).await.unwrap();
    outside.close().await.unwrap();
    let migrated = site.run(&["migrate"]);
    // What the default leaves out.
    let logged = String::from_utf8_lossy(&migrated.stderr).into_owned();
    assert!(migrated.status.success() && logged.contains("sea_orm_migration"), "{logged}");
    tell_secrets(site).await;
}

/// Has the program told every secret there is, checks that none is in the log, and gives the log.
async fn tell_secrets(site: Site) -> String {
    let database_url = site.database_url().replace("postgres@", &format!("postgres:{DATABASE_PASSWORD}@"));
    // What PostgreSQL does not know is warned of, in the midst of connecting.
    let database_url = format!("{database_url}{}", if database_url.contains("?host=") { "&unknown=1" } else { "" });
    let site = site.with("JWT_SECRET", JWT_SECRET).with("DATABASE_URL", &database_url);
    site.add_user(EMAIL, "viewer", PASSWORD);
    let server = site.start();
    let mut secrets: Vec<String> =
        [JWT_SECRET, DATABASE_PASSWORD, PASSWORD, MISPLACED, FORGED].map(str::to_owned).into();
    let [access, refresh] = tokens(&server).await;
    for request in requests(&access, &refresh) {
        let answer = answer_to(server.address(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 "), "{request}: {answer}");
    }
    secrets.extend([access, refresh]);
    secrets.extend(stored(&site).await);
    server.kill();
    let logged = site.logged();
    for secret in &secrets {
        assert!(secret.len() > 15, "{secret}");
        let line = logged.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} in {}", line.unwrap_or_default());
    }
    logged
}

/// An access token, and a refresh token that was used.
async fn tokens(server: &Server) -> [String; 2] {
    let client = Client::nobody(server.address());
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let login = client.run(LOGIN, json!({ "input": credentials })).await.unwrap().ok()["login"].take();
    client.run(REFRESH, json!({ "input": { "refreshToken": login["refreshToken"] } })).await.unwrap().ok();
    [&login["accessToken"], &login["refreshToken"]].map(|token| token.as_str().unwrap().to_owned())
}

/// The hashes in the database.
async fn stored(site: &Site) -> Vec<String> {
    let db = Db::connect(site.database_url(), 1).await.unwrap();
    let hex = if db.backend() == DbBackend::Postgres { "encode(secret_hash, 'hex')" } else { "hex(secret_hash)" };
    let query = format!("SELECT password_hash FROM users UNION SELECT {hex} FROM sessions");
    let rows = db.read().query_all_raw(Statement::from_string(db.backend(), query)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Requests with secrets in them, most of which fail, each in another way.
fn requests(access: &str, refresh: &str) -> Vec<String> {
    let inline =
        |password: &str| format!("login(input: {{email: \"{EMAIL}\", password: \"{password}\"}}) {{ user {{ id }} }}");
    let query = |text: &str| json!({ "query": text }).to_string();
    let variables = |text: &str, input: Value| json!({ "query": text, "variables": { "input": input } }).to_string();
    let bearer = format!("Bearer {access}");
    let token = ("authorization", bearer.as_str());
    let cookie = format!("__Host-tallybook-refresh={refresh}");
    let wrong = json!({ "email": EMAIL, "password": MISPLACED });
    let wrong_type = json!({ "email": EMAIL, "password": [MISPLACED], MISPLACED: true });
    let change = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }";
    let register = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }";
    let mut requests = vec![
        // Documents that fail in the scan, the parser, the shape, validation, the guard and a resolver.
        post(&[], &query(&format!("mutation {{ {} {}", inline(MISPLACED), "[".repeat(70)))),
        post(&[], &query(&format!("mutation {{ {} ", inline(MISPLACED)))),
        post(&[], &query(&format!("mutation {{ a: {} b: {} }}", inline(MISPLACED), inline(MISPLACED)))),
        post(&[], &query(&format!("mutation Nonsense {{ {} nonsense }}", inline(MISPLACED)))),
        post(&[token], &query(&format!("{{ users(filter: {{search: \"{MISPLACED}\"}}) {{ totalCount }} }}"))),
        post(&[token], &query(&format!("{{ record(id: \"{access}\") {{ id }} }}"))),
        // Bodies and addresses that are not what they should be.
        post(&[token], &format!("{{\"query\": \"{MISPLACED}\"")),
        post(&[("content-encoding", "gzip")], &variables(LOGIN, wrong.clone())),
        post(&[], &variables(LOGIN, wrong_type)),
        post(&[], &variables(LOGIN, json!(MISPLACED))),
        format!(
            "GET /graphql?query=%7B__typename%7D&variables=%7B%22p%22:%22{MISPLACED}%22%7D&{access} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        ),
        format!("GET /login?password={MISPLACED} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
        format!("{MISPLACED}\r\n\r\n"),
        // Tokens in headers, good ones, bad ones and such that are in the wrong one.
        post(&[("authorization", &format!("Bearer {FORGED}.{FORGED}.{FORGED}"))], &query("{ me { id } }")),
        post(&[("authorization", &format!("Basic {FORGED}"))], &query("{ me { id } }")),
        post(&[("cookie", &cookie)], &variables(REFRESH, json!({}))),
        post(&[("cookie", &cookie), ("origin", "http://127.0.0.1")], &variables(REFRESH, json!({}))),
        post(&[], &variables(REFRESH, json!({ "refreshToken": FORGED }))),
        post(&[], &variables(REFRESH, json!({ "refreshToken": refresh }))),
        // Passwords that are new, or are to be.
        post(&[token], &variables(change, json!({ "currentPassword": MISPLACED, "newPassword": MISPLACED }))),
        post(&[], &variables(register, json!({ "email": "no address", "name": "N", "password": MISPLACED }))),
        post(&[], &variables(register, json!({ "email": "new@example.org", "name": "N", "password": MISPLACED }))),
        post(&[], &variables(LOGIN, json!({ "email": "new@example.org", "password": MISPLACED }))),
    ];
    // Wrong often enough to be told to wait.
    requests.extend((0..8).map(|_| post(&[], &variables(LOGIN, wrong.clone()))));
    requests
}

#[test]
fn a_database_that_cannot_be_opened_is_complained_of_without_its_password() {
    for url in ["postgres://books:snark-boojum-stored@host:port/books", "other://books:snark-boojum-stored@host/books"]
    {
        for filter in ["info", "trace"] {
            let site = Site::on_sqlite().with("RUST_LOG", filter).with("DATABASE_URL", url);
            let complaint = site.complaint();
            assert!(complaint.contains("Cannot open the database"), "{complaint}");
            assert!(!complaint.contains(DATABASE_PASSWORD), "{complaint}");
        }
    }
}
