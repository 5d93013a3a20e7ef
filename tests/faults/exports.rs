//! `tallybook export`, as an operator types it.

use std::{fs, process::Stdio};

use crate::{on_both, site::Site};

on_both![records_go_to_standard_output_or_to_a_new_file];

async fn records_go_to_standard_output_or_to_a_new_file(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    for key in ["1", "2"] {
        client.create(key).await.unwrap().ok();
    }
    drop(server);
    let output = site.run(&["export", "--format", "csv", "--ascending"]);
    assert!(output.status.success(), "{output:?}");
    let csv = String::from_utf8(output.stdout).unwrap();
    assert!(csv.starts_with("id,date,kind,amount,") && csv.lines().count() == 3, "{csv}");
    let none = site.run(&["export", "--format", "jsonl", "--search", "none such"]);
    assert!(none.status.success() && none.stdout.is_empty(), "{none:?}");

    let file = site.data().join("books");
    let name = file.to_str().unwrap();
    let to_file = |format| site.run(&["export", "--format", format, "--ascending", "--output", name]);
    let output = to_file("csv");
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), csv);
    let output = to_file("xlsx");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("exists"), "{output:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), csv);
    fs::remove_file(&file).unwrap();
    assert!(to_file("xlsx").status.success());
    assert!(fs::read(&file).unwrap().starts_with(b"PK"));

    let wrong = site.run(&["export", "--format", "csv", "--from", "2026-02-30"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("not a day"), "{wrong:?}");
    let mut child =
        site.command(&["export", "--format", "csv"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && !String::from_utf8_lossy(&output.stderr).contains("pipe"), "{output:?}");
}
