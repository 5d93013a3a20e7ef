//! What an operator does to users and to the organization, past the API and by its rules.

use std::{fs, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    client::Client,
    command_line::{bare, said},
    on_both,
    site::{EMAIL, Site},
};

on_both![
    a_user_is_renamed_deactivated_and_activated,
    a_user_is_signed_out_everywhere,
    a_former_user_is_erased_and_the_trail_stays_whole,
    the_organization_is_shown_changed_closed_and_reopened,
];

const OTHER: &str = "ada@example.org";
const LOGIN: &str = "mutation ($input: LoginInput!) { login(input: $input) { user { name } } }";
const OTHERS_PASSWORD: &str = "nothing is ever found";

/// What the program says to these arguments, which it has to carry out.
fn told(site: &Site, arguments: &[&str]) -> String {
    let output = site.run(arguments);
    assert!(output.status.success(), "{arguments:?} {output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the program says that refuses these arguments.
fn refused(site: &Site, arguments: &[&str]) -> String {
    let output = site.run(arguments);
    assert!(!output.status.success(), "{arguments:?} {output:?}");
    said(&output)
}

async fn a_user_is_renamed_deactivated_and_activated(site: Site) {
    site.add_user(OTHER, "viewer", OTHERS_PASSWORD);
    let server = site.start();
    let input = json!({ "input": { "email": OTHER, "password": OTHERS_PASSWORD } });
    let sign_in = async || Client::nobody(server.address()).run(LOGIN, input.clone()).await.unwrap();

    assert!(told(&site, &["user", "rename", "--email", OTHER, "--name", " Ada King "]).contains("Ada King"));
    assert_eq!(sign_in().await.ok()["login"]["user"]["name"], "Ada King");
    assert!(told(&site, &["user", "deactivate", "--email", OTHER]).contains("inactive"));
    assert!(!sign_in().await.is_ok());
    assert!(told(&site, &["user", "activate", "--email", OTHER]).contains(" active"));
    assert!(sign_in().await.is_ok());

    assert!(refused(&site, &["user", "deactivate", "--email", EMAIL]).contains("last active admin"));
    assert!(refused(&site, &["user", "rename", "--email", OTHER, "--name", ""]).contains("empty"));
    assert!(refused(&site, &["user", "rename", "--email", "eve@example.org", "--name", "Eve"]).contains("no user"));
    assert!(told(&site, &["audit", "verify"]).contains("is whole"));
}

async fn a_user_is_signed_out_everywhere(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let listed = told(&site, &["user", "sessions", "--email", EMAIL]);
    assert_eq!(listed.lines().count(), 1, "{listed}");
    assert!(client.run("{ me { id } }", json!({})).await.unwrap().is_ok());
    assert!(told(&site, &["user", "sessions", "--email", EMAIL, "--end"]).contains("Sessions ended: 1"));
    assert_eq!(told(&site, &["user", "sessions", "--email", EMAIL]), "");
    // On PostgreSQL the server is told; on SQLite it remembers a viewer for a moment.
    for _ in 0..100 {
        if !client.run("{ me { id } }", json!({})).await.unwrap().is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the session goes on");
}

async fn a_former_user_is_erased_and_the_trail_stays_whole(site: Site) {
    site.add_user(OTHER, "analyst", OTHERS_PASSWORD);
    let server = site.start();
    let admin = server.admin().await;
    let found = Client::sign_in(server.address(), OTHER, OTHERS_PASSWORD).await.create("hers").await.unwrap().ok();
    told(&site, &["user", "rename", "--email", OTHER, "--name", "Ada King"]);
    let seen = "{ users { nodes { name email } } records { nodes { notes createdBy { name } } }
        auditEvents(first: 100) { nodes { action actor { name } changes { field before after } } } }";
    let before = admin.run(seen, json!({})).await.unwrap().ok().to_string();
    assert!(before.contains("Ada King") && before.contains(OTHER), "{before} {found}");

    assert!(refused(&site, &["user", "erase", "--email", OTHER, "--yes"]).contains("Deactivate them first"));
    told(&site, &["user", "deactivate", "--email", OTHER]);
    assert!(refused(&site, &["user", "erase", "--email", OTHER]).contains("Add --yes"));
    let erased = told(&site, &["user", "erase", "--email", OTHER, "--yes"]);
    assert!(erased.contains("Former user") && erased.contains("What stays"), "{erased}");

    let admin = server.admin().await;
    let mut after = admin.run(seen, json!({})).await.unwrap().ok().to_string();
    // On SQLite the server remembers users for a moment, and nobody tells it.
    for _ in 0..100 {
        if after.contains("Ada") {
            tokio::time::sleep(Duration::from_millis(50)).await;
            after = admin.run(seen, json!({})).await.unwrap().ok().to_string();
        }
    }
    assert!(!after.contains("Ada") && !after.contains(OTHER), "{after}");
    assert!(after.contains(r#""notes":"hers""#) && after.contains(r#""name":"Former user""#), "{after}");
    assert!(after.contains("ERASED"), "{after}");
    let verified = told(&site, &["audit", "verify"]);
    assert!(verified.contains("is whole") && verified.contains("Erased names and addresses: 3."), "{verified}");
    // The address is free again.
    site.add_user(OTHER, "viewer", OTHERS_PASSWORD);
}

async fn the_organization_is_shown_changed_closed_and_reopened(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let shown = told(&site, &["organization", "show"]);
    assert!(shown.contains("Base currency: USD") && shown.contains("Books: open"), "{shown}");
    let set =
        ["organization", "set", "--name", "Acme Ltd", "--financial-year-start", "04-06", "--week-start", "sunday"];
    let changed = told(&site, &set);
    assert!(changed.contains("Name: Acme Ltd") && changed.contains("from 04-06"), "{changed}");
    assert!(changed.contains("Week: from sunday"), "{changed}");
    assert_eq!(told(&site, &["organization", "show"]), changed);

    assert!(told(&site, &["organization", "close", "--through", "2020-01-31"]).contains("closed through 2020-01-31"));
    let earlier = refused(&site, &["organization", "close", "--through", "2019-12-31"]);
    assert!(earlier.contains("closed through 2020-01-31 already"), "{earlier}");
    let reopened = told(&site, &["organization", "reopen", "--reason", "A receipt was found."]);
    assert!(reopened.contains("Books: open"), "{reopened}");
    assert!(refused(&site, &["organization", "set"]).contains("--name"));
    assert!(refused(&site, &["organization", "set", "--financial-year-start", "02-29"]).contains("29 February"));
    assert!(refused(&site, &["organization", "set", "--currency", "ANG"]).contains("ANG"));

    let seen = client.run("{ organization { name closedThrough } }", json!({})).await.unwrap().ok();
    assert_eq!(seen["organization"]["closedThrough"], Value::Null);
    assert!(told(&site, &["audit", "verify"]).contains("is whole"));
}

#[test]
fn without_a_terminal_nobody_is_asked_for_a_password() {
    let site = Site::on_sqlite();
    let output = site.command(&["user", "set-password", "--email", EMAIL]).stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("--password-stdin"), "{output:?}");
}

#[test]
fn shells_and_man_know_every_command() {
    let output = bare(&["completions", "bash"]).output().unwrap();
    let script = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && script.contains("set-password") && script.contains("--financial-year-start"));
    let directory = TempDir::with_prefix("tallybook-faults-").unwrap();
    let pages = directory.path().join("man");
    let output = bare(&["man", pages.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let page = fs::read_to_string(pages.join("tallybook-organization-close.1")).unwrap();
    assert!(page.contains("\\-\\-through") && !page.contains("jwt"), "{page}");
    assert!(fs::read_to_string(pages.join("tallybook.1")).unwrap().contains("DATABASE_URL"));
}
