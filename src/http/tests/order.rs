//! Random selections of a small world whose fields finish in a random order, against the order of the specification.

use std::fmt::Write as _;

use async_graphql::{EmptyMutation, Interface, Value};
use proptest::{prelude::*, test_runner::TestRunner};

use super::*;

struct World;
#[derive(Clone, Copy)]
struct Left;
#[derive(Clone, Copy)]
struct Right;

#[derive(Interface)]
#[graphql(field(name = "id", ty = "i32"), field(name = "all", ty = "Vec<Thing>"))]
enum Thing {
    Left(Left),
    Right(Right),
}

/// Lets the fields of an object finish in any order.
async fn wait() {
    for _ in 0..fastrand::usize(0..4) {
        tokio::task::yield_now().await;
    }
}

async fn everything() -> Vec<Thing> {
    wait().await;
    vec![Thing::Left(Left), Thing::Right(Right)]
}

#[Object]
impl World {
    async fn left(&self) -> Left {
        wait().await;
        Left
    }

    async fn right(&self) -> Option<Right> {
        wait().await;
        Some(Right)
    }

    async fn all(&self) -> Vec<Thing> {
        everything().await
    }
}

#[Object]
impl Left {
    async fn id(&self) -> i32 {
        wait().await;
        1
    }

    async fn fails(&self) -> Result<Option<i32>> {
        wait().await;
        Err(Error::not_found("id", "thing"))
    }

    async fn other(&self) -> Right {
        wait().await;
        Right
    }

    async fn all(&self) -> Vec<Thing> {
        everything().await
    }
}

#[Object]
impl Right {
    async fn id(&self) -> i32 {
        wait().await;
        2
    }

    async fn twin(&self) -> Option<Right> {
        wait().await;
        Some(Right)
    }

    async fn all(&self) -> Vec<Thing> {
        everything().await
    }
}

/// A selection, before it is known of what.
#[derive(Clone, Debug)]
enum Pick {
    /// One of the type's fields, under its name or another.
    Field(usize, bool, Condition, Vec<Pick>),
    /// One of the types that the type can be, or none.
    Inline(usize, Condition, Vec<Pick>),
}

#[derive(Clone, Copy, Debug)]
enum Condition {
    None,
    Skip(bool),
    Include(bool),
}

impl Condition {
    fn holds(self) -> bool {
        !matches!(self, Self::Skip(true) | Self::Include(false))
    }

    fn text(self) -> String {
        match self {
            Self::None => String::new(),
            Self::Skip(skip) => format!(" @skip(if: {skip})"),
            Self::Include(include) => format!(" @include(if: {include})"),
        }
    }
}

fn picks() -> impl Strategy<Value = Vec<Pick>> {
    let condition = prop_oneof![
        6 => Just(Condition::None),
        1 => any::<bool>().prop_map(Condition::Skip),
        1 => any::<bool>().prop_map(Condition::Include),
    ];
    let field = (0..8_usize, any::<bool>(), condition.clone())
        .prop_map(|(field, alias, condition)| Pick::Field(field, alias, condition, Vec::new()));
    let pick = field.prop_recursive(3, 40, 4, move |inner| {
        let below = prop::collection::vec(inner, 1..5);
        prop_oneof![
            (0..8_usize, any::<bool>(), condition.clone(), below.clone())
                .prop_map(|(field, alias, condition, below)| Pick::Field(field, alias, condition, below)),
            (0..4_usize, condition.clone(), below)
                .prop_map(|(on, condition, below)| Pick::Inline(on, condition, below)),
        ]
    });
    prop::collection::vec(pick, 1..5)
}

/// The fields of a type, with the type of each that has fields itself.
fn fields(ty: &str) -> &'static [(&'static str, Option<&'static str>)] {
    match ty {
        "World" => &[("left", Some("Left")), ("__typename", None), ("right", Some("Right")), ("all", Some("Thing"))],
        "Left" => &[("id", None), ("fails", None), ("other", Some("Right")), ("all", Some("Thing"))],
        "Right" => &[("id", None), ("__typename", None), ("twin", Some("Right")), ("all", Some("Thing"))],
        _ => &[("id", None), ("__typename", None), ("all", Some("Thing"))],
    }
}

/// What a fragment inside a type can be on.
fn conditions(ty: &str) -> &'static [&'static str] {
    match ty {
        "World" => &["", "World"],
        "Left" => &["", "Left", "Thing"],
        "Right" => &["", "Right", "Thing"],
        _ => &["", "Left", "Right", "Thing"],
    }
}

/// A selection with names, as the document writes it and as the model reads it.
struct Selected {
    items: Vec<Item>,
}

enum Item {
    Field { key: String, name: &'static str, condition: Condition, below: Option<Selected> },
    Fragment { on: &'static str, condition: Condition, inside: Selected },
}

/// Every other fragment gets a name.
fn select(ty: &'static str, picks: &[Pick]) -> Selected {
    let items = picks.iter().map(|pick| match pick {
        Pick::Field(field, alias, condition, below) => {
            let (name, gives) = fields(ty)[field % fields(ty).len()];
            let key = if *alias { format!("x_{}", name.trim_matches('_')) } else { name.to_owned() };
            let fallback = [Pick::Field(0, false, Condition::None, Vec::new())];
            let below = if below.is_empty() { &fallback[..] } else { &below[..] };
            // What is below World's first field is an object too; ids end it.
            let below = gives.map(|gives| select(gives, below));
            Item::Field { key, name, condition: *condition, below }
        }
        Pick::Inline(on, condition, inside) => {
            let on = conditions(ty)[on % conditions(ty).len()];
            let inside = select(if on.is_empty() { ty } else { on }, inside);
            Item::Fragment { on, condition: *condition, inside }
        }
    });
    Selected { items: items.collect() }
}

fn print(selected: &Selected, text: &mut String, fragments: &mut Vec<String>) {
    text.push_str("{ ");
    for item in &selected.items {
        match item {
            Item::Field { key, name, condition, below } => {
                let alias = if key == name { String::new() } else { format!("{key}: ") };
                write!(text, "{alias}{name}{} ", condition.text()).unwrap();
                if let Some(below) = below {
                    print(below, text, fragments);
                }
            }
            Item::Fragment { on: "", condition, inside } => {
                write!(text, "...{} ", condition.text()).unwrap();
                print(inside, text, fragments);
            }
            Item::Fragment { on, condition, inside } if inside.items.len() % 2 == 0 => {
                write!(text, "... on {on}{} ", condition.text()).unwrap();
                print(inside, text, fragments);
            }
            Item::Fragment { on, condition, inside } => {
                let name = format!("F{}", fragments.len());
                write!(text, "...{name}{} ", condition.text()).unwrap();
                fragments.push(String::new());
                let place = fragments.len() - 1;
                let mut fragment = format!("fragment {name} on {on} ");
                print(inside, &mut fragment, fragments);
                fragments[place] = fragment;
            }
        }
    }
    text.push_str("} ");
}

/// `CollectFields`: the keys of an object of the type `ty` in order, with what is selected below each.
fn collect<'a>(ty: &str, sets: &[&'a Selected]) -> Vec<(&'a str, &'static str, Vec<&'a Selected>)> {
    fn add<'a>(ty: &str, set: &'a Selected, found: &mut Vec<(&'a str, &'static str, Vec<&'a Selected>)>) {
        for item in &set.items {
            match item {
                Item::Field { key, name, condition, below } if condition.holds() => {
                    let place = found.iter().position(|(known, ..)| known == key).unwrap_or_else(|| {
                        found.push((key, name, Vec::new()));
                        found.len() - 1
                    });
                    found[place].2.extend(below);
                }
                Item::Fragment { on, condition, inside } if condition.holds() && ["", "Thing", ty].contains(on) => {
                    add(ty, inside, found);
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    for set in sets {
        add(ty, set, &mut found);
    }
    found
}

fn expected(ty: &str, sets: &[&Selected]) -> String {
    let fields = collect(ty, sets).into_iter().map(|(key, name, below)| match name {
        "all" => format!("{key}[{},{}]", expected("Left", &below), expected("Right", &below)),
        "left" => format!("{key}{}", expected("Left", &below)),
        "right" | "other" | "twin" => format!("{key}{}", expected("Right", &below)),
        _ => key.to_owned(),
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn written(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key}{}", written(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
        _ => String::new(),
    }
}

#[test]
fn keys_come_as_collect_fields_has_them() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let limits = [
        "--max-query-aliases=10000",
        "--max-query-cost=1000000000",
        "--max-query-directives=10000",
        "--max-query-root-fields=10000",
        "--max-query-tokens=100000",
        "--max-query-characters=1000000",
    ];
    let schema = Schema::build(World, EmptyMutation, EmptySubscription).limit_recursive_depth(33).finish();
    let app = runtime.block_on(App::of(schema, &limits));
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) });
    let outcome = runner.run(&picks(), |picks| {
        let selected = select("World", &picks);
        let (mut document, mut fragments) = (String::new(), Vec::new());
        print(&selected, &mut document, &mut fragments);
        let document = format!("{document} {}", fragments.concat());
        let reply = runtime.block_on(app.run(&document));
        prop_assert!(reply.text.contains("\"data\""), "{}: {}", document, reply.text);
        let Value::Object(body) = serde_json::from_str(&reply.text).unwrap() else { panic!("an object") };
        prop_assert_eq!(written(&body["data"]), expected("World", &[&selected]), "{}", document);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
