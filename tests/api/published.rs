//! The published schema, parsed: what tests walk so that nothing in it is forgotten.

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            ConstDirective, FieldDefinition, InputValueDefinition, ObjectType, TypeDefinition, TypeKind,
            TypeSystemDefinition,
        },
    },
};
use entity::Role;

/// A field of an object, and who may use it.
#[derive(Clone, Debug)]
pub struct Field {
    /// The object's name.
    pub object: String,
    /// The field's name.
    pub name: String,
    /// The name of the type that it gives, without `!` and `[]`.
    pub gives: String,
    /// Whether it can be selected without arguments.
    pub needs_no_arguments: bool,
    /// The role that `@requiresRole` names.
    pub least: Option<Role>,
    /// Whether `@requiresRole` says that it is also for the user whom it is about.
    pub or_self: bool,
    /// Whether an API token cannot use it: `@requiresSession`.
    pub wants_session: bool,
}

/// All that the schema defines.
pub fn definitions() -> Vec<TypeSystemDefinition> {
    parse_schema(tallybook::schema::sdl()).expect("a schema that can be parsed").definitions
}

/// The types that the schema defines.
pub fn types() -> Vec<TypeDefinition> {
    let type_of = |definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        _ => None,
    };
    definitions().into_iter().filter_map(type_of).collect()
}

/// The fields of all objects.
pub fn fields() -> Vec<Field> {
    let objects = types().into_iter().filter_map(|definition| match definition.kind {
        TypeKind::Object(ObjectType { fields, .. }) => Some((definition.name.node, fields)),
        _ => None,
    });
    objects.flat_map(|(object, fields)| fields.into_iter().map(move |field| read(&object, &field.node))).collect()
}

fn read(object: &str, field: &FieldDefinition) -> Field {
    let is_optional = |argument: &Positioned<InputValueDefinition>| {
        argument.node.ty.node.nullable || argument.node.default_value.is_some()
    };
    let guard = field.directives.iter().find(|directive| directive.node.name.node == "requiresRole");
    let argument = |name| guard.and_then(|guard| argument(&guard.node, name));
    Field {
        object: object.to_owned(),
        name: field.name.node.to_string(),
        gives: field.ty.node.to_string().replace(['[', ']', '!'], ""),
        needs_no_arguments: field.arguments.iter().all(is_optional),
        least: argument("role").map(|name| match name.as_str() {
            "VIEWER" => Role::Viewer,
            "ANALYST" => Role::Analyst,
            "ADMIN" => Role::Admin,
            other => panic!("{object}.{} is for the unknown role {other}", field.name.node),
        }),
        or_self: argument("orSelf").is_some_and(|value| value == "true"),
        wants_session: field.directives.iter().any(|directive| directive.node.name.node == "requiresSession"),
    }
}

fn argument(directive: &ConstDirective, wanted: &str) -> Option<String> {
    let (_, value) = directive.arguments.iter().find(|(name, _)| name.node == wanted)?;
    Some(value.node.to_string())
}
