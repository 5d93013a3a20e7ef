//! The schema as far as limits and answers need it: which field has which type, and how long its lists are.
//!
//! Read once at start from the schema's own SDL, so that it cannot differ from what is served.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, Value,
    parser::{
        parse_schema,
        types::{
            BaseType, FieldDefinition, InputValueDefinition, OperationType, ServiceDocument, Type, TypeKind,
            TypeSystemDefinition,
        },
    },
};

/// How many items a list is taken to have where nothing says so.
pub const DEFAULT_PAGE_SIZE: usize = 10;

/// The types that every schema has and no SDL prints, as far as they nest.
const INTROSPECTION: &str = "
type __Schema { types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type directives: [__Directive!]! }
type __Type { fields(includeDeprecated: Boolean = false): [__Field!] interfaces: [__Type!] possibleTypes: [__Type!]
  enumValues(includeDeprecated: Boolean = false): [__EnumValue!] inputFields: [__InputValue!] ofType: __Type }
type __Field { args: [__InputValue!]! type: __Type! }
type __InputValue { type: __Type! }
type __Directive { locations: [String!]! args: [__InputValue!]! }
type __EnumValue { name: String! }
";
/// How many types INTROSPECTION stands for, with `__TypeKind`, `__DirectiveLocation` and the five built-in scalars.
const UNPRINTED_TYPES: usize = 13;

/// What is known of the schema.
#[derive(Debug)]
pub struct Outline {
    types: HashMap<String, HashMap<String, FieldOutline>>,
    inputs: HashMap<String, Inputs>,
    directives: HashMap<String, Inputs>,
    enums: HashSet<String>,
    /// What each interface and union can be.
    possible_types: HashMap<String, HashSet<String>>,
    query: String,
    mutation: Option<String>,
    subscription: Option<String>,
}

/// What is known of a field.
#[derive(Clone, Debug)]
pub struct FieldOutline {
    /// Its type, with lists and nullability.
    pub ty: Type,
    /// How many items its list, or the list in its connection, has unless the operation says.
    pub page_size: usize,
    /// Its arguments.
    pub arguments: Inputs,
    /// What `@credential` says of it.
    pub credential: Option<Credential>,
}

/// What is known of a field that takes a password or a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Whether the access token that comes along does not have to be good.
    pub any_token: bool,
}

/// Arguments, or the fields of an input object, by name.
pub type Inputs = HashMap<String, InputOutline>;

/// What is known of an argument or an input field.
#[derive(Clone, Debug)]
pub struct InputOutline {
    /// Its type, with lists and nullability.
    pub ty: Type,
    /// Whether leaving it out means something else than null.
    pub has_default: bool,
}

impl FieldOutline {
    /// The name of the type inside lists and nullability.
    #[must_use]
    pub fn type_name(&self) -> &str {
        named_type(&self.ty)
    }

    /// Whether it answers a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.ty.base, BaseType::List(_))
    }
}

impl Outline {
    /// Reads the outline of a schema.
    ///
    /// # Errors
    /// Text that is no SDL.
    pub fn from_sdl(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let schema = parse_schema(sdl)?;
        let mut outline = Self {
            types: HashMap::new(),
            inputs: HashMap::new(),
            directives: HashMap::new(),
            enums: HashSet::new(),
            possible_types: HashMap::new(),
            query: "Query".to_owned(),
            mutation: None,
            subscription: None,
        };
        outline.add_definitions(&schema);
        outline.add(&schema, |field| {
            let default = argument_default(field, "first").or_else(|| argument_default(field, "last"));
            default.unwrap_or(DEFAULT_PAGE_SIZE)
        });
        for definition in &schema.definitions {
            if let TypeSystemDefinition::Schema(roots) = definition {
                let name = |root: &Option<Positioned<Name>>| root.as_ref().map(|name| name.node.to_string());
                outline.query = name(&roots.node.query).unwrap_or(outline.query);
                outline.mutation = name(&roots.node.mutation);
                outline.subscription = name(&roots.node.subscription);
            }
        }
        let lengths = introspected_lengths(&schema);
        outline.add(&parse_schema(INTROSPECTION)?, |field| {
            lengths.get(field.name.node.as_str()).copied().unwrap_or(DEFAULT_PAGE_SIZE)
        });
        let Some(query) = outline.types.get_mut(&outline.query) else { return Ok(outline) };
        for (name, ty) in [("__schema", "__Schema!"), ("__type", "__Type")] {
            if let Some(ty) = Type::new(ty) {
                query.insert(
                    name.to_owned(),
                    FieldOutline { ty, page_size: 1, arguments: Inputs::new(), credential: None },
                );
            }
        }
        Ok(outline)
    }

    /// The type at the top of an operation.
    #[must_use]
    pub fn root(&self, operation: OperationType) -> Option<&str> {
        match operation {
            OperationType::Query => Some(&self.query),
            OperationType::Mutation => self.mutation.as_deref(),
            OperationType::Subscription => self.subscription.as_deref(),
        }
    }

    /// The field `field` of the type `ty`.
    #[must_use]
    pub fn find_field(&self, ty: &str, field: &str) -> Option<&FieldOutline> {
        self.types.get(ty)?.get(field)
    }

    /// The fields of the input object `ty`.
    #[must_use]
    pub fn find_input(&self, ty: &str) -> Option<&Inputs> {
        self.inputs.get(ty)
    }

    /// The arguments of the directive `name`.
    #[must_use]
    pub fn find_directive(&self, name: &str) -> Option<&Inputs> {
        self.directives.get(name)
    }

    /// Whether `ty` is an enum of the schema's own.
    #[must_use]
    pub fn is_enum(&self, ty: &str) -> bool {
        self.enums.contains(ty)
    }

    /// Whether `ty` is an interface or a union.
    #[must_use]
    pub fn is_abstract(&self, ty: &str) -> bool {
        self.possible_types.contains_key(ty)
    }

    /// Whether an object of the type `ty` is a `condition`: the same, or an interface or union with it.
    #[must_use]
    pub fn is_a(&self, ty: &str, condition: &str) -> bool {
        ty == condition || self.possible_types.get(condition).is_some_and(|types| types.contains(ty))
    }

    /// Whether `ty` is a page of a longer list, whose length its parent's arguments say.
    #[must_use]
    pub fn is_connection(&self, ty: &str) -> bool {
        ty.ends_with("Connection") && self.find_field(ty, "pageInfo").is_some()
    }

    fn add_definitions(&mut self, schema: &ServiceDocument) {
        for definition in &schema.definitions {
            let ty = match definition {
                TypeSystemDefinition::Type(ty) => &ty.node,
                TypeSystemDefinition::Directive(directive) => {
                    let directive = &directive.node;
                    self.directives.insert(directive.name.node.to_string(), inputs(&directive.arguments));
                    continue;
                }
                TypeSystemDefinition::Schema(_) => continue,
            };
            let name = ty.name.node.as_str();
            let mut add = |general: &str, special: &str| {
                self.possible_types.entry(general.to_owned()).or_default().insert(special.to_owned());
            };
            match &ty.kind {
                TypeKind::Object(object) => object.implements.iter().for_each(|it| add(&it.node, name)),
                TypeKind::Union(union) => union.members.iter().for_each(|it| add(name, &it.node)),
                TypeKind::InputObject(input) => _ = self.inputs.insert(name.to_owned(), inputs(&input.fields)),
                TypeKind::Enum(_) => _ = self.enums.insert(name.to_owned()),
                _ => {}
            }
        }
    }

    fn add(&mut self, document: &ServiceDocument, page_size: impl Fn(&FieldDefinition) -> usize) {
        for (name, fields) in composites(document) {
            let known = self.types.entry(name.to_owned()).or_default();
            for field in fields {
                let outline = FieldOutline {
                    ty: field.node.ty.node.clone(),
                    page_size: page_size(&field.node),
                    arguments: inputs(&field.node.arguments),
                    credential: credential(&field.node),
                };
                known.insert(field.node.name.node.to_string(), outline);
            }
        }
    }
}

fn argument_default(field: &FieldDefinition, name: &str) -> Option<usize> {
    let argument = field.arguments.iter().find(|argument| argument.node.name.node == name)?;
    match &argument.node.default_value.as_ref()?.node {
        Value::Number(number) => number.as_u64().and_then(|number| usize::try_from(number).ok()),
        _ => None,
    }
}

fn credential(field: &FieldDefinition) -> Option<Credential> {
    let directive = field.directives.iter().find(|directive| directive.node.name.node == "credential")?;
    let any_token = directive.node.arguments.iter().find(|(name, _)| name.node == "anyToken");
    Some(Credential { any_token: any_token.is_some_and(|(_, value)| value.node == Value::Boolean(true)) })
}

fn inputs(definitions: &[Positioned<InputValueDefinition>]) -> Inputs {
    let read = |definition: &Positioned<InputValueDefinition>| {
        let InputValueDefinition { name, ty, default_value, .. } = &definition.node;
        (name.node.to_string(), InputOutline { ty: ty.node.clone(), has_default: default_value.is_some() })
    };
    definitions.iter().map(read).collect()
}

/// The type of a list's items.
#[must_use]
pub fn item_type(ty: &Type) -> Option<&Type> {
    match &ty.base {
        BaseType::List(item) => Some(item),
        BaseType::Named(_) => None,
    }
}

/// The name of the type inside lists and nullability.
#[must_use]
pub fn named_type(ty: &Type) -> &str {
    match &ty.base {
        BaseType::List(item) => named_type(item),
        BaseType::Named(name) => name,
    }
}

type Fields = [Positioned<FieldDefinition>];

/// Every type that has fields.
fn composites(document: &ServiceDocument) -> impl Iterator<Item = (&str, &Fields)> {
    document.definitions.iter().filter_map(|definition| {
        let TypeSystemDefinition::Type(ty) = definition else { return None };
        match &ty.node.kind {
            TypeKind::Object(object) => Some((ty.node.name.node.as_str(), object.fields.as_slice())),
            TypeKind::Interface(interface) => Some((ty.node.name.node.as_str(), interface.fields.as_slice())),
            _ => None,
        }
    })
}

/// How long the lists of an introspection are on average, in this schema.
fn introspected_lengths(document: &ServiceDocument) -> HashMap<&'static str, usize> {
    let (mut types, mut fields, mut arguments, mut inputs, mut values, mut implemented, mut directives) =
        (UNPRINTED_TYPES, 0, 0, 0, 0, 0, 0);
    for definition in &document.definitions {
        match definition {
            TypeSystemDefinition::Type(ty) => {
                types += 1;
                match &ty.node.kind {
                    TypeKind::InputObject(input) => inputs += input.fields.len(),
                    TypeKind::Enum(closed) => values += closed.values.len(),
                    TypeKind::Object(object) => implemented += object.implements.len(),
                    _ => {}
                }
            }
            TypeSystemDefinition::Directive(_) => directives += 1,
            TypeSystemDefinition::Schema(_) => {}
        }
    }
    for (_, of_type) in composites(document) {
        fields += of_type.len();
        arguments += of_type.iter().map(|field| field.node.arguments.len()).sum::<usize>();
    }
    HashMap::from([
        ("types", types),
        ("fields", fields.div_ceil(types)),
        ("inputFields", inputs.div_ceil(types)),
        ("enumValues", values.div_ceil(types)),
        ("interfaces", implemented.div_ceil(types)),
        ("possibleTypes", implemented.div_ceil(types)),
        ("args", arguments.div_ceil(fields.max(1))),
        ("directives", directives),
    ])
}

#[cfg(test)]
pub(crate) const EXAMPLE_SDL: &str = r#"
"""
The least role.
"""
directive @requiresRole(role: Role!) on FIELD_DEFINITION
directive @credential(anyToken: Boolean) on FIELD_DEFINITION
scalar Decimal @specifiedBy(url: "https://example.org")
enum Role { VIEWER ADMIN }
interface Node { id: ID! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type User implements Node { id: ID! name: String! email: String @requiresRole(role: ADMIN) }
type Category { id: ID! name: String! }
type Money { amount: Decimal! currency: String! minorUnits: String! }
type Change { field: String! before: String after: String }
type AuditEvent implements Node { id: ID! at: String! action: String! actor: User changes: [Change!]! }
type AuditEventEdge { cursor: String! node: AuditEvent! }
type AuditEventConnection { edges: [AuditEventEdge!]! nodes: [AuditEvent!]! pageInfo: PageInfo! totalCount: Int! }
type Record implements Node { id: ID! kind: String! amount: Money! category: Category! date: String! notes: String!
  createdBy: User! updatedBy: User! createdAt: String! updatedAt: String! version: Int! deletedAt: String
  history(first: Int, after: String, last: Int, before: String): AuditEventConnection }
type RecordEdge { cursor: String! node: Record! }
type RecordConnection { edges: [RecordEdge!]! nodes: [Record!]! pageInfo: PageInfo! totalCount: Int! }
type Summary { income: Money! expenses: Money! net: Money! recordCount: Int! }
type CategoryTotal { category: Category! income: Money! expenses: Money! net: Money! recordCount: Int! share: Decimal! }
type TrendPoint { from: String! to: String! income: Money! expenses: Money! net: Money! recordCount: Int! }
type Dashboard { currency: String! from: String to: String summary: Summary! previous: Summary
  categories(kind: String, first: Int): [CategoryTotal!]! recent(first: Int! = 5): [Record!]!
  trends(interval: String! = "MONTH"): [TrendPoint!]! }
input RecordFilter { search: String }
type Query {
  me: User @requiresRole(role: VIEWER)
  record(id: ID!): Record
  records(filter: RecordFilter, first: Int, after: String, last: Int, before: String): RecordConnection
  categories: [Category!]
  dashboard: Dashboard
  node(id: ID!): Node
}
type LoginPayload { accessToken: String! user: User! }
type LogoutPayload { done: Boolean! }
type Mutation {
  login(input: RecordFilter!): LoginPayload @credential(anyToken: true)
  register(input: RecordFilter!): LoginPayload @credential
  refreshSession(input: RecordFilter!): LoginPayload @credential(anyToken: true)
  changePassword(input: RecordFilter!): LogoutPayload @credential
  logout(input: RecordFilter!): LogoutPayload @credential(anyToken: true)
}
type Changes { nodes: [Change!] pageInfo: PageInfo! }
type Subscription { changed(after: String): Changes }
schema { query: Query mutation: Mutation subscription: Subscription }
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_connections_are_read_from_the_sdl() {
        let outline = Outline::from_sdl(EXAMPLE_SDL).unwrap();
        let records = outline.find_field("Query", "records").unwrap();
        assert_eq!((records.type_name(), records.is_list(), records.page_size), ("RecordConnection", false, 10));
        assert!(outline.is_connection("RecordConnection"));
        assert!(!outline.is_connection("Record"));
        let recent = outline.find_field("Dashboard", "recent").unwrap();
        assert_eq!((recent.type_name(), recent.is_list(), recent.page_size), ("Record", true, 5));
    }

    #[test]
    fn the_roots_are_those_the_schema_names() {
        let types = "type Q { a: Int } type M { a: Int } type S { a: Int }";
        let roots = |roots: &str| {
            let outline = Outline::from_sdl(&format!("{types} schema {{ {roots} }}")).unwrap();
            [OperationType::Query, OperationType::Mutation, OperationType::Subscription]
                .map(|ty| outline.root(ty).map(ToOwned::to_owned))
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(roots("query: Q mutation: M subscription: S"), [named("Q"), named("M"), named("S")]);
        assert_eq!(roots("query: Q"), [named("Q"), None, None]);
    }

    #[test]
    fn introspected_lists_are_as_long_as_the_schema_makes_them() {
        let outline = Outline::from_sdl(EXAMPLE_SDL).unwrap();
        let printed = EXAMPLE_SDL.matches("\ntype ").count() + 4;
        assert_eq!(outline.find_field("__Schema", "types").unwrap().page_size, printed + UNPRINTED_TYPES);
        assert_eq!(outline.find_field("__Schema", "directives").unwrap().page_size, 2);
        assert!(outline.find_field("Query", "__schema").is_some());
    }
}
