//! `@constraint` in the schema and the parsers behind it say the same: one value past each bound is refused and says
//! the bound, one at the bound is not.

use async_graphql::{
    Positioned,
    parser::types::{ConstDirective, FieldDefinition, InputValueDefinition},
};
use entity::Role;
use serde_json::{Map, Value, json};

use crate::{
    harness::{Response, TestApp},
    on_both,
    problems::{LOOKED_UP, Schema, around, item, plain},
};

on_both![a_value_past_a_bound_is_refused_and_one_at_it_is_not, every_text_and_list_and_size_of_a_page_is_bounded];

/// An input with bounds, and where it stands.
struct Bounded {
    object: String,
    field: FieldDefinition,
    argument: InputValueDefinition,
    /// The field of the argument, where that is an input object.
    inner: Option<InputValueDefinition>,
    /// The field of that, or of its items, where it is an input object, or a list of such.
    of_item: Option<InputValueDefinition>,
}

impl Bounded {
    fn input(&self) -> &InputValueDefinition {
        self.of_item.as_ref().or(self.inner.as_ref()).unwrap_or(&self.argument)
    }

    fn path(&self) -> String {
        let names = [Some(&self.argument), self.inner.as_ref(), self.of_item.as_ref()].into_iter().flatten();
        let mut names: Vec<_> = names.map(|input| input.name.node.as_str()).collect();
        let is_list = self.inner.as_ref().is_some_and(|inner| plain(inner).starts_with('['));
        if self.of_item.is_some() && is_list {
            names.insert(2, "0");
        }
        names.join(".")
    }

    fn bounds(&self) -> Map<String, Value> {
        let found = self.input().directives.iter().find(|directive| directive.node.name.node == "constraint");
        found.map(|directive| arguments(&directive.node)).unwrap_or_default()
    }
}

fn arguments(directive: &ConstDirective) -> Map<String, Value> {
    let json = |value: &Positioned<async_graphql::Value>| value.node.clone().into_json().expect("a JSON value");
    directive.arguments.iter().map(|(name, value)| (name.node.to_string(), json(value))).collect()
}

fn inputs(schema: &Schema) -> Vec<Bounded> {
    let mut found = Vec::new();
    for (object, field) in schema.fields_with_arguments() {
        for argument in &field.arguments {
            let bounded = |inner: Option<&InputValueDefinition>, of_item: Option<&InputValueDefinition>| Bounded {
                object: object.clone(),
                field: field.clone(),
                argument: argument.node.clone(),
                inner: inner.cloned(),
                of_item: of_item.cloned(),
            };
            let Some(fields) = schema.input(&plain(&argument.node)) else {
                found.push(bounded(None, None));
                continue;
            };
            for inner in fields {
                found.push(bounded(Some(&inner.node), None));
                let ty = plain(&inner.node);
                let items = schema.input(item(&ty).unwrap_or(&ty)).unwrap_or_default();
                found.extend(items.iter().map(|of_item| bounded(Some(&inner.node), Some(&of_item.node))));
            }
        }
    }
    found
}

/// A text of `length` characters that the input called `name` accepts at some length.
fn text(name: &str, length: usize) -> String {
    let varied = |length| "kq7zv w0rd".chars().cycle().filter(|c| *c != ' ').take(length).collect::<String>();
    match name {
        "email" => {
            let domain = varied(length - 65);
            let labels: Vec<_> = domain.as_bytes().chunks(64).map(|label| String::from_utf8_lossy(label)).collect();
            let domain = labels.iter().map(|label| &label[..label.len().min(63)]).collect::<Vec<_>>().join(".");
            format!("{}@{domain}{}", varied(64), varied(length - 65 - domain.len()))
        }
        "financialYearStart" => format!("04-06{}", varied(length.saturating_sub(5)))[..length].to_owned(),
        _ => varied(length),
    }
}

/// The values just past and just at each bound, with the bound.
fn cases(name: &str, bounds: &Map<String, Value>, item: &Value) -> Vec<(String, Value, Value)> {
    let mut cases = Vec::new();
    for (bound, value) in bounds {
        let number = value.as_i64().unwrap_or_default();
        let length = usize::try_from(number).unwrap_or_default();
        cases.push(match bound.as_str() {
            "minLength" => {
                let past = length.checked_sub(1).expect("a bound above zero");
                (bound.clone(), json!(text(name, past)), json!(text(name, length)))
            }
            "maxLength" => (bound.clone(), json!(text(name, length + 1)), json!(text(name, length))),
            "min" => (bound.clone(), json!(number - 1), json!(number)),
            "max" => (bound.clone(), json!(number + 1), json!(number)),
            "maxItems" => (bound.clone(), json!(vec![item; length + 1]), json!(vec![item; length])),
            "minItems" => (bound.clone(), json!(vec![item; length - 1]), json!(vec![item; length])),
            // In whatever currency.
            "maxMinorUnits" => {
                let most: u64 = value.as_str().and_then(|text| text.parse().ok()).expect("a whole number, as text");
                (bound.clone(), json!((most + 1).to_string()), json!((most / 10_000).to_string()))
            }
            "pattern" => {
                let length = if name == "financialYearStart" { 5 } else { 20 };
                (bound.clone(), json!("näh"), json!(text(name, length)))
            }
            other => panic!("say in tests/api/constraints.rs what is past and at {other}"),
        });
    }
    cases
}

async fn send(app: &TestApp, schema: &Schema, bounded: &Bounded, value: &Value) -> Response {
    let admin = app.as_(Role::Admin).await;
    let argument = &bounded.argument;
    let value = match &bounded.inner {
        Some(inner) => {
            let mut object = schema.required(&plain(argument));
            let mut value = value.clone();
            if let Some(of_item) = &bounded.of_item {
                let ty = plain(inner);
                let of = item(&ty).unwrap_or(&ty);
                let mut one = if schema.is_one_of(of) { Map::new() } else { schema.required(of) };
                one.insert(of_item.name.node.to_string(), value);
                value = if ty.starts_with('[') { json!([one]) } else { Value::Object(one) };
            }
            object.insert(inner.name.node.to_string(), value);
            Value::Object(object)
        }
        None => value.clone(),
    };
    let (name, field) = (&argument.name.node, &bounded.field);
    let selection = if schema.is_leaf(field) { "" } else { " { __typename }" };
    let call = around(&bounded.object, &format!("{{ {}({name}: ${name}){selection} }}", field.name.node));
    let (operation, rest) = call.split_once(' ').expect("an operation");
    let document = format!("{operation} (${name}: {}) {rest}", argument.ty.node);
    admin.run(&document, json!({ name.as_str(): value })).await
}

async fn a_value_past_a_bound_is_refused_and_one_at_it_is_not(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    // Some fields are those of a record. It cannot be entered once the books were closed.
    admin.enter(json!({})).await;
    admin.create_import(crate::imports::input()).await.ok();
    let schema = Schema::read(&admin).await;
    let mut count = 0;
    for bounded in inputs(&schema) {
        let (path, bounds) = (bounded.path(), bounded.bounds());
        let ty = plain(bounded.input());
        let of = item(&ty).filter(|item| schema.input(item).is_some());
        let one = if item(&ty) == Some("NodeType") { "RECORD" } else { "fine" };
        let of = of.map_or_else(|| json!(one), |item| Value::Object(schema.required(item)));
        for (bound, past, at) in cases(bounded.input().name.node.as_str(), &bounds, &of) {
            count += 1;
            let case = format!("{}.{}({path}) {bound}", bounded.object, bounded.field.name.node);
            let response = send(&app, &schema, &bounded, &past).await;
            let error = response.errors.iter().find(|error| error["extensions"]["field"] == json!(path));
            let facts = &error.unwrap_or_else(|| panic!("{case}: {}", response.body))["extensions"];
            assert_eq!((&facts["code"], &facts[&bound]), (&json!("BAD_USER_INPUT"), &bounds[&bound]), "{case} {facts}");
            let response = send(&app, &schema, &bounded, &at).await;
            // What has a name that fits need not be there.
            let is_refused = response.errors.iter().any(|error| {
                let facts = &error["extensions"];
                facts["field"] == json!(path) && facts["code"] == "BAD_USER_INPUT"
            });
            assert!(!is_refused, "{case}: {}", response.body);
        }
    }
    assert!(count >= 30, "{count}");
}

async fn every_text_and_list_and_size_of_a_page_is_bounded(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let schema = Schema::read(&admin).await;
    for bounded in inputs(&schema) {
        let (input, bounds) = (bounded.input(), bounded.bounds());
        let (name, owner) = (input.name.node.as_str(), plain(&bounded.argument));
        let bound = match plain(input).as_str() {
            _ if LOOKED_UP.contains(&format!("{owner}.{name}").as_str()) => continue,
            // Bounded by the crate that reads files, which knows no directive of ours.
            _ if bounded.path().contains("format.") => continue,
            // A cursor is as long as we made it.
            "String" if ["after", "before"].contains(&name) => continue,
            "String" => "maxLength",
            "Int" if ["first", "last"].contains(&name) => "min",
            // async-graphql takes no directives on arguments of subscriptions.
            ty if ty.starts_with('[') && bounded.object == "Subscription" => continue,
            ty if ty.starts_with('[') => "maxItems",
            _ => continue,
        };
        assert!(bounds.contains_key(bound), "{}.{}({})", bounded.object, bounded.field.name.node, bounded.path());
    }
}
