//! Every input of the schema that can be wrong: all of its problems come together, each with its path and what was
//! broken. The cases are made from the published schema, so that a new input is one of them.

use async_graphql::parser::types::{FieldDefinition, InputValueDefinition, ObjectType, TypeDefinition, TypeKind};
use entity::Role;
use serde_json::{Map, Value, json};

use crate::{
    books::an_expense,
    harness::{Client, Response, TestApp},
    on_both, published,
};

on_both![
    all_problems_of_an_input_come_together_in_its_order,
    what_validation_refuses_has_the_same_path,
    a_wrong_form_is_told_everything_in_one_round_trip,
    an_error_says_which_limit_was_exceeded,
    a_hundred_problems_are_told_and_how_many_more_there_are,
];

/// Inputs that cannot be wrong by themselves: whatever they hold, it is looked up.
pub(crate) const LOOKED_UP: [&str; 5] = [
    "LoginInput.email",
    "LoginInput.password",
    "LogoutInput.refreshToken",
    "RefreshSessionInput.refreshToken",
    "ChangePasswordInput.currentPassword",
];

/// Fields below the root that have arguments, and how to get at them.
pub(crate) fn around(object: &str, inner: &str) -> String {
    match object {
        "Query" => format!("query {inner}"),
        "Mutation" => format!("mutation {inner}"),
        "Subscription" => format!("subscription {inner}"),
        "Dashboard" => format!("query {{ dashboard {inner} }}"),
        "Organization" => format!("query {{ organization {inner} }}"),
        "RecordConnection" => format!("query {{ records {inner} }}"),
        "FinancialRecord" => format!("query {{ records(first: 1) {{ nodes {inner} }} }}"),
        "Import" => format!("query {{ imports(first: 1) {{ nodes {inner} }} }}"),
        // All three have it from `records/payload.rs`. Sent again, it writes nothing.
        "CreateRecordPayload" | "UpdateRecordPayload" | "RestoreRecordPayload" => {
            let input = r#"{kind: EXPENSE, amount: "1", category: "Rent", date: "2199-12-31", idempotencyKey: "edge"}"#;
            format!("mutation {{ createRecord(input: {input}) {inner} }}")
        }
        other => panic!("say in tests/api/problems.rs how to get at a field of {other}"),
    }
}

/// `value`, with an id of another kind where that is what the field called `name` wants first.
fn fitting(name: &str, mut value: Value) -> Value {
    let kind = match name {
        "categoryIds" => "category",
        "createdByIds" => "user",
        _ => return value,
    };
    value[0] = json!(format!("{kind}_01h455vb4pex5vsknk084sn02q"));
    value
}

/// A value that the schema allows and the service does not; `None` where validation is all that can refuse one.
fn wrong(ty: &str) -> Option<Value> {
    Some(match ty {
        "ID" => json!("nothing"),
        "String" => json!("a\0b"),
        "[String]" => json!(["fine", "a\0b"]),
        "[CurrencyCode]" => json!(["USD", "usd"]),
        "[ID]" => json!(["record_01h455vb4pex5vsknk084sn02q", "nothing"]),
        "Int" => json!(-2_147_483_649_i64),
        "Date" => json!("2026-02-30"),
        "DateTime" => json!("yesterday"),
        "Decimal" => json!("much"),
        "BigInt" => json!("many"),
        "CurrencyCode" => json!("usd"),
        _ => return None,
    })
}

pub(crate) fn plain(ty: &InputValueDefinition) -> String {
    ty.ty.node.to_string().replace('!', "")
}

/// What a list of the type `ty` is of.
pub(crate) fn item(ty: &str) -> Option<&str> {
    ty.strip_prefix('[')?.strip_suffix(']')
}

/// The published schema, as calls are made from it.
pub(crate) struct Schema {
    types: Vec<TypeDefinition>,
    orders: Map<String, Value>,
}

impl Schema {
    /// The printed schema is sorted; the order of an input is that of introspection.
    pub(crate) async fn read(client: &Client) -> Self {
        let query = "{ __schema { types { name inputFields { name } fields { name args { name } } } } }";
        let mut orders = Map::new();
        for ty in client.run(query, Value::Null).await.ok()["__schema"]["types"].as_array().expect("a list") {
            let name = ty["name"].as_str().expect("a name");
            orders.insert(name.to_owned(), ty["inputFields"].clone());
            for field in ty["fields"].as_array().into_iter().flatten() {
                orders.insert(format!("{name}.{}", field["name"].as_str().expect("a name")), field["args"].clone());
            }
        }
        Self { types: published::types(), orders }
    }

    pub(crate) fn input(&self, name: &str) -> Option<&[async_graphql::Positioned<InputValueDefinition>]> {
        let found = self.types.iter().find(|ty| ty.name.node == name)?;
        match &found.kind {
            TypeKind::InputObject(input) => Some(&input.fields),
            _ => None,
        }
    }

    /// Whether an input object of this name has exactly one of its fields.
    pub(crate) fn is_one_of(&self, name: &str) -> bool {
        let ty = self.types.iter().find(|ty| ty.name.node == name);
        ty.is_some_and(|ty| ty.directives.iter().any(|directive| directive.node.name.node == "oneOf"))
    }

    pub(crate) fn fields_with_arguments(&self) -> Vec<(String, FieldDefinition)> {
        let mut found = Vec::new();
        for ty in &self.types {
            let TypeKind::Object(ObjectType { fields, .. }) = &ty.kind else { continue };
            let with = fields.iter().filter(|field| !field.node.arguments.is_empty());
            found.extend(with.map(|field| (ty.name.node.to_string(), field.node.clone())));
        }
        found
    }

    fn sorted(&self, key: &str, mut paths: Vec<String>) -> Vec<String> {
        let order = self.orders[key].as_array().expect("a list");
        let at = |path: &String| order.iter().position(|it| it["name"].as_str() == path.split('.').next());
        paths.sort_by_key(at);
        paths
    }

    /// A value of the input object `name` that is wrong wherever it can be, and the paths in it that are.
    fn wrong_object(&self, name: &str) -> (Value, Vec<String>) {
        let (mut object, mut paths) = (Map::new(), Vec::new());
        let fields = self.input(name).expect("an input object").iter();
        // One of those that can be wrong by themselves, where it may be one only.
        let is_meant = |ty: &str| !self.is_one_of(name) || wrong(ty).is_some();
        let fields = fields.filter(|field| is_meant(&plain(&field.node)));
        for field in fields.take(if self.is_one_of(name) { 1 } else { usize::MAX }) {
            let (field_name, ty) = (field.node.name.node.to_string(), plain(&field.node));
            let is_looked_up = LOOKED_UP.contains(&format!("{name}.{field_name}").as_str());
            if let Some(value) = wrong(&ty).map(|value| fitting(&field_name, value)) {
                object.insert(field_name.clone(), value);
                let item = if ty.starts_with('[') { ".1" } else { "" };
                paths.extend((!is_looked_up).then(|| format!("{field_name}{item}")));
            } else if (!field.node.ty.node.nullable || ty == "DateTimeRange")
                && self.input(&ty).is_some()
                && ty != "ImportFormatInput"
            {
                let (value, inner) = self.wrong_object(&ty);
                object.insert(field_name.clone(), value);
                paths.extend(inner.into_iter().map(|path| format!("{field_name}.{path}")));
            } else if let Some(item) = item(&ty).filter(|item| self.input(item).is_some()) {
                let (value, inner) = self.wrong_object(item);
                object.insert(field_name.clone(), json!([value]));
                paths.extend(inner.into_iter().map(|path| format!("{field_name}.0.{path}")));
            } else if !field.node.ty.node.nullable && field.node.default_value.is_none() {
                let value = self.right(&ty).unwrap_or_else(|| panic!("a value for {name}.{field_name}"));
                object.insert(field_name, value);
            }
        }
        (Value::Object(object), self.sorted(name, paths))
    }

    pub(crate) fn is_leaf(&self, field: &FieldDefinition) -> bool {
        let gives = field.ty.node.to_string().replace(['!', '[', ']'], "");
        let ty = self.types.iter().find(|ty| ty.name.node == gives);
        ty.is_none_or(|ty| matches!(ty.kind, TypeKind::Scalar | TypeKind::Enum(_)))
    }

    /// The fields that an input object of this name needs, with values that its parsers read.
    pub(crate) fn required(&self, name: &str) -> Map<String, Value> {
        let needed = |field: &&async_graphql::Positioned<InputValueDefinition>| {
            !field.node.ty.node.nullable && field.node.default_value.is_none()
        };
        let value = |ty: &str| match ty {
            "ID" => json!("nothing"),
            "String" => json!("Something else"),
            "Decimal" => json!("1"),
            "Date" => json!("2026-05-01"),
            "[ID]" => json!(["nothing"]),
            object if self.is_one_of(object) => json!({ "ids": ["nothing"] }),
            object if self.input(object).is_some() => json!(self.required(object)),
            list if list.starts_with('[') => json!([self.required(item(list).unwrap_or_default())]),
            other => self.right(other).unwrap_or_else(|| panic!("a value of {other}")),
        };
        let fields = self.input(name).expect("an input object").iter().filter(needed);
        fields.map(|field| (field.node.name.node.to_string(), value(&plain(&field.node)))).collect()
    }

    /// A value of an enum, or of an input object that is never wrong here.
    fn right(&self, ty: &str) -> Option<Value> {
        if ty == "ImportFormatInput" {
            return Some(json!({ "dateColumn": "Date", "amountColumn": "Amount" }));
        }
        let found = self.types.iter().find(|it| it.name.node == ty)?;
        match &found.kind {
            TypeKind::Enum(values) => Some(json!(values.values.first()?.node.value.node.to_string())),
            _ => None,
        }
    }

    /// A document that calls `field` with everything wrong, its variables, and the paths that are.
    fn wrong_call(&self, object: &str, field: &FieldDefinition) -> (String, Value, Vec<String>) {
        let (mut variables, mut paths) = (Map::new(), Vec::new());
        let (mut declared, mut passed) = (Vec::new(), Vec::new());
        for argument in &field.arguments {
            let (name, ty) = (argument.node.name.node.to_string(), plain(&argument.node));
            let value = if let Some(value) = wrong(&ty) {
                paths.push(format!("{name}{}", if ty.starts_with('[') { ".1" } else { "" }));
                value
            } else if self.input(&ty).is_some() {
                let (value, inner) = self.wrong_object(&ty);
                paths.extend(inner.into_iter().map(|path| format!("{name}.{path}")));
                value
            } else {
                continue;
            };
            declared.push(format!("${name}: {}", argument.node.ty.node));
            passed.push(format!("{name}: ${name}"));
            variables.insert(name, value);
        }
        let arguments = if passed.is_empty() { String::new() } else { format!("({})", passed.join(", ")) };
        let selection = if self.is_leaf(field) { "" } else { " { __typename }" };
        let call = around(object, &format!("{{ {}{arguments}{selection} }}", field.name.node));
        let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        let document = ["query ", "mutation ", "subscription "]
            .into_iter()
            .fold(call, |document, operation| document.replacen(operation, &format!("{operation}{declared} "), 1));
        let paths = self.sorted(&format!("{object}.{}", field.name.node), paths);
        (document, Value::Object(variables), paths)
    }
}

fn paths(response: &Response) -> Vec<&str> {
    response.errors.iter().map(|error| error["extensions"]["field"].as_str().unwrap_or("(no field)")).collect()
}

async fn all_problems_of_an_input_come_together_in_its_order(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter(json!({})).await;
    admin.create_import(crate::imports::input()).await.ok();
    let schema = Schema::read(&admin).await;
    admin.run(&around("CreateRecordPayload", "{ replayed }"), Value::Null).await.ok();
    let before = app.rows().await;
    let mut calls = 0;
    for (object, field) in schema.fields_with_arguments() {
        let (document, variables, mut expected) = schema.wrong_call(&object, &field);
        if expected.is_empty() {
            continue;
        }
        calls += 1;
        if expected.iter().any(|path| path == "first") && expected.iter().any(|path| path == "last") {
            // Both at once are a problem of the second.
            let at = expected.iter().position(|path| path == "last").expect("it is there");
            expected.insert(at + 1, "last".to_owned());
        }
        let response = admin.run(&document, variables.clone()).await;
        assert_eq!(paths(&response), expected, "{document} {variables} {}", response.body);
        for (error, code) in response.errors.iter().zip(response.codes()) {
            assert_eq!(code, "BAD_USER_INPUT", "{document}");
            assert!(error["message"].as_str().is_some_and(|message| message.len() > 15), "{error}");
            assert_eq!(error["path"], response.errors[0]["path"], "{document}");
            assert_eq!(error["extensions"]["problems"], Value::Null, "{document}");
        }
    }
    assert!(calls >= 15, "{calls}");
    assert_eq!(app.rows().await, before);
}

#[test]
fn the_readme_shows_the_lines_that_are_compiled() {
    let (readme, lines) = (include_str!("../../README.md"), include_str!("../clients/typescript/src/form.ts"));
    assert!(
        readme.contains(&format!("```ts\n{lines}```\n")),
        "README.md differs from tests/clients/typescript/src/form.ts"
    );
}

async fn what_validation_refuses_has_the_same_path(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { replayed } }";
    for (change, path) in [
        (json!({ "kind": "GIFT" }), "input.kind"),
        (json!({ "kind": null }), "input.kind"),
        (json!({ "owner": "me" }), "input.owner"),
        (json!({ "notes": 5 }), "input.notes"),
        (json!({ "category": ["Rent"] }), "input.category"),
        (json!({ "idempotencyKey": {} }), "input.idempotencyKey"),
    ] {
        let response = admin.run(create, json!({ "input": an_expense(change.clone()) })).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(path)), "{change} {}", response.body);
    }
    let mut input = an_expense(json!({}));
    input.as_object_mut().expect("an object").remove("kind");
    let response = admin.run(create, json!({ "input": input })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.kind")), "{}", response.body);
    let list = "query ($filter: RecordFilter) { records(filter: $filter) { totalCount } }";
    let response = admin.run(list, json!({ "filter": { "deleted": "MAYBE" } })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("filter.deleted")), "{}", response.body);
    let response = admin.run(list, json!({ "filter": { "categories": ["Rent", 5] } })).await;
    assert_eq!(response.field(), Some("filter.categories.1"), "{}", response.body);
    let literal = "mutation { updateRecord(input: { id: \"x\", kind: \"GIFT\" }) { record { id } } }";
    let response = admin.run(literal, Value::Null).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.kind")), "{}", response.body);
    let viewer = app.as_(Role::Viewer).await;
    let response = viewer.run(list, json!({ "filter": { "deleted": "ONLY" } })).await;
    assert_eq!((response.code(), response.field()), ("FORBIDDEN", Some("filter.deleted")), "{}", response.body);
}

async fn a_wrong_form_is_told_everything_in_one_round_trip(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let record = analyst.enter(json!({})).await;
    let form = json!({
        "amount": "0", "currency": "EUR", "category": " ", "date": "2026-02-30", "notes": "x".repeat(2001), "counterparty": "a\nb",
    });
    let fields = ["input.amount", "input.category", "input.date", "input.notes", "input.counterparty"];
    let created = analyst.create(an_expense(form.clone())).await;
    assert_eq!(paths(&created), fields, "{}", created.body);
    let mut form = form;
    form["id"] = record["id"].clone();
    for currency in [json!("EUR"), Value::Null] {
        form["currency"] = currency;
        assert_eq!(paths(&analyst.update(form.clone()).await), fields);
    }
}

async fn an_error_says_which_limit_was_exceeded(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for (change, facts) in [
        (json!({ "notes": "x".repeat(2001) }), json!({ "maxLength": 2000 })),
        (json!({ "category": "" }), json!({ "minLength": 1, "maxLength": 100 })),
        (json!({ "date": "1899-12-31" }), json!({ "min": "1900-01-01", "max": "2199-12-31" })),
        (json!({ "date": "today" }), json!({ "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })),
        (json!({ "currency": "usd" }), json!({ "pattern": "^[A-Z]{3}$" })),
        (json!({ "amount": "12.505" }), json!({ "fractionDigits": 2 })),
        (json!({ "amount": "0" }), json!({ "not": "0" })),
        (
            json!({ "amount": "-10000000000000.01" }),
            json!({ "min": "-10000000000000.00", "max": "10000000000000.00", "maxMinorUnits": "1000000000000000" }),
        ),
        (json!({ "idempotencyKey": "é" }), json!({ "minLength": 1, "maxLength": 255, "pattern": "^[!-~]*$" })),
    ] {
        let response = admin.create(an_expense(change.clone())).await;
        for (name, value) in facts.as_object().expect("an object") {
            assert_eq!(&response.error()["extensions"][name], value, "{change} {}", response.body);
        }
    }
    let names: Vec<_> = (0..51).map(|number| number.to_string()).collect();
    let response = admin.records(json!({ "filter": { "categories": names } })).await;
    assert_eq!(response.error()["extensions"]["maxItems"], 50, "{}", response.body);
    let response = admin.run("{ records(first: 101) { totalCount } }", Value::Null).await;
    let facts = &response.error()["extensions"];
    assert_eq!((&facts["min"], &facts["max"]), (&json!(0), &json!(100)), "{}", response.body);
}

async fn a_hundred_problems_are_told_and_how_many_more_there_are(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let list = "query ($filter: RecordFilter) {
        a: records(filter: $filter) { totalCount } b: records(filter: $filter) { totalCount } c: records(filter: $filter) { totalCount }
    }";
    for (names, told, more) in [(15, 45, Value::Null), (50, 101, json!(50))] {
        let filter = json!({ "categories": vec![" "; names] });
        let response = viewer.run(list, json!({ "filter": filter })).await;
        assert_eq!(response.errors.len(), told, "{}", response.body);
        assert_eq!(response.errors[17]["extensions"]["field"], format!("filter.categories.{}", 17 % names));
        assert_eq!(response.errors[told - 1]["extensions"]["more"], more);
    }
}
