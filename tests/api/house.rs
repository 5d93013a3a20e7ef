//! What ARCHITECTURE.md says of the house, held against the sources.

use std::{collections::BTreeSet, fs, path::Path};

/// Every source of the service with its path below `src`, without its unit tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    read(&root, &root, &mut found);
    assert!(found.len() > 50, "{}", found.len());
    found
}

fn read(root: &Path, directory: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).expect("a source of ours").display().to_string();
            let text = fs::read_to_string(&path).expect("a source");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code: Vec<_> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            found.push((name, code.join("\n")));
        }
    }
}

/// `change.rs` opens and commits what `db` begins. Whoever else did could forget the events, or the viewers whose rights
/// ended.
#[test]
fn only_a_change_begins_or_commits_a_transaction_that_writes() {
    let beginnings = ["TransactionTrait", "begin_with_options(", ".begin()", ".write().await", ".0.commit()"];
    let mut offenders = Vec::new();
    for (path, code) in sources() {
        let is_home = path == "change.rs" || path == "db.rs" || path.starts_with("db/");
        if !is_home {
            offenders.extend(beginnings.iter().filter(|it| code.contains(*it)).map(|it| format!("{path}: {it}")));
        }
    }
    assert!(offenders.is_empty(), "open a change instead (`ctx.change()`, `services.change(author)`): {offenders:#?}");
}

/// A table that two slices write has rules that one of them does not know.
#[test]
fn tables_are_each_written_by_one_slice() {
    let homes = [
        ("session", "sessions/"),
        ("api_token", "tokens/"),
        ("user", "users/"),
        ("throttle", "auth/"),
        ("sign_in_network", "sign_in/networks.rs"),
        ("journal", "journal/"),
        ("journal_head", "journal/"),
        ("idempotency_key", "idempotency.rs"),
        ("category", "categories/"),
        ("download", "exports/"),
        ("organization", "organization/"),
    ];
    let writes = ["Entity::insert", "Entity::update", "Entity::delete", "ActiveModel"];
    let mut offenders = Vec::new();
    for (table, home) in homes {
        for (path, code) in sources().into_iter().filter(|(path, _)| !path.starts_with(home)) {
            let is_imported = code.contains(&format!("entity::{table}::{{"));
            let is_written = writes.iter().any(|write| {
                let by_name = code
                    .match_indices(&format!("{table}::{write}"))
                    .any(|(at, _)| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'));
                by_name || (is_imported && code.contains(write))
            });
            if is_written {
                offenders.push(format!("{path} writes {table}"));
            }
        }
    }
    assert!(offenders.is_empty(), "{offenders:#?}");
}

/// The gateway runs operations of any schema: it is tested, and fuzzed, without a database or a socket.
#[test]
fn the_gateway_knows_no_http_no_table_and_no_rule() {
    let allowed = [
        "async-graphql",
        "async-graphql-value",
        "futures-util",
        "lru",
        "serde",
        "serde_json",
        "tokio",
        "tracing",
        "proptest",
    ];
    let manifest = include_str!("../../crates/gateway/Cargo.toml");
    let (_, dependencies) = manifest.split_once("[dependencies]").expect("its dependencies");
    let lines = dependencies.lines().filter(|line| !line.starts_with('[') && !line.is_empty());
    let others: Vec<_> = lines.map(|line| line.split(['.', ' ']).next().unwrap_or_default()).collect();
    assert!(others.len() >= 8, "{others:?}");
    assert!(others.iter().all(|name| allowed.contains(name)), "{others:?}");
}

/// The reader of files is tested without a database or a socket; async-graphql only describes its format.
#[test]
fn the_reader_of_files_knows_no_table_and_no_http() {
    let allowed = ["async-graphql", "chrono", "encoding_rs", "rust_decimal", "serde", "sha2", "proptest", "serde_json"];
    let manifest = include_str!("../../crates/import-file/Cargo.toml");
    let (_, dependencies) = manifest.split_once("[dependencies]").expect("its dependencies");
    let lines = dependencies.lines().filter(|line| !line.starts_with('[') && !line.is_empty());
    let others: Vec<_> = lines.map(|line| line.split(['.', ' ']).next().unwrap_or_default()).collect();
    assert!(others.len() >= 6, "{others:?}");
    assert!(others.iter().all(|name| allowed.contains(name)), "{others:?}");
}

/// Who asks and what they may do is decided below every slice.
#[test]
fn auth_knows_no_slice() {
    let slices =
        ["audit", "categories", "dashboard", "exports", "records", "sessions", "sign_in", "users", "context", "change"];
    for (path, code) in sources().into_iter().filter(|(path, _)| path.starts_with("auth/")) {
        let known: Vec<_> = slices.iter().filter(|slice| code.contains(&format!("    {slice}::"))).collect();
        let named: Vec<_> = slices.iter().filter(|slice| code.contains(&format!("crate::{slice}"))).collect();
        assert!(known.is_empty() && named.is_empty(), "{path}: {known:?} {named:?}");
    }
}

/// Arrows that only go down are what lets a module be read, and moved, without the ones above it.
#[test]
fn a_module_imports_only_from_those_before_it() {
    let line = include_str!("../../ARCHITECTURE.md").lines().find(|line| line.starts_with("`entity, gateway →"));
    let line = line.expect("the import order").trim_matches('`').split(['→', ',']);
    let order: Vec<_> = line.map(str::trim).collect();
    let place = |module: &str| order.iter().position(|it| *it == module);
    let mut offenders = BTreeSet::new();
    for (path, code) in sources() {
        let module = path.split(['/', '.']).next().unwrap_or_default();
        if module == "lib" || module == "main" {
            continue;
        }
        for import in imports(&code).into_iter().filter(|import| *import != module) {
            match (place(import), place(module)) {
                (Some(import), Some(module)) if import < module => {}
                (Some(_), Some(_)) => _ = offenders.insert(format!("{path} imports {import}, which comes after it")),
                (None, _) => _ = offenders.insert(format!("{import} has no place in the import order")),
                (_, None) => _ = offenders.insert(format!("{module} has no place in the import order")),
            }
        }
    }
    assert!(offenders.is_empty(), "see *Import order* in ARCHITECTURE.md: {offenders:#?}");
}

/// The modules of the crate that `code` names: `crate::a::b`, and each of `crate::{a::b, c}`.
fn imports(code: &str) -> BTreeSet<&str> {
    let mut modules = BTreeSet::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            modules.extend(first_word(rest));
            continue;
        };
        let (mut depth, mut begin) = (0, 0);
        for (at, character) in list.char_indices() {
            match character {
                '{' => depth += 1,
                ',' | '}' if depth == 0 => {
                    modules.extend(first_word(list[begin..at].trim_start()));
                    begin = at + 1;
                }
                '}' => depth -= 1,
                _ => {}
            }
            if character == '}' && begin == at + 1 {
                break;
            }
        }
    }
    modules
}

/// The word at the start of `text`, if it is the name of a module.
fn first_word(text: &str) -> Option<&str> {
    let word = text.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    word.starts_with(|c: char| c.is_lowercase()).then_some(word)
}
