//! From the text of a document to a parsed one that is known to be harmless; the last ones are kept.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    Name, Variables,
    parser::{
        Error as ParserError, parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition},
    },
};
use lru::LruCache;

use crate::{
    limits::{
        Limits,
        outline::Outline,
        scan,
        shape::{OperationShape, Shape},
    },
    literals,
    refusal::{Code, Reason, Refusal},
    rewrite, typenames,
};

/// Longest text of a document that is kept, in bytes.
const MAX_KEPT_LENGTH: usize = 4 * 1024;
/// How much memory all that is kept may take: clients send the same few documents again and again.
const KEPT_BYTES: usize = 4 * 1024 * 1024;
/// What a token takes once it is parsed, where that is most: in `a {b} c {d} e {f}`, each with a list of its own.
const BYTES_PER_TOKEN: usize = 256;

/// A document that passed the limits which do not depend on variables.
pub struct Document<'a> {
    text: &'a str,
    prepared: Arc<Prepared>,
}

struct Prepared {
    document: ExecutableDocument,
    shape: Shape,
    /// The operations whose fields with the same key have to be put together.
    repeating: HashSet<Option<Name>>,
    /// What keeping it takes, about.
    bytes: usize,
}

/// The operation of a document that a request chose.
pub struct Operation<'a> {
    /// Its name.
    pub name: Option<&'a Name>,
    /// The operation.
    pub definition: &'a OperationDefinition,
    /// What it is like.
    pub shape: &'a OperationShape,
    /// The values of its variables.
    pub variables: Variables,
    /// Whether some of its fields may have the same key.
    pub(crate) repeats: bool,
    pub(crate) source: &'a Document<'a>,
}

impl Operation<'_> {
    /// The document that it is one of.
    pub(crate) fn document(&self) -> &ExecutableDocument {
        &self.source.prepared.document
    }
}

impl Prepared {
    fn parse(text: &str, outline: &Outline, limits: &Limits) -> Result<Self, Refusal> {
        let extent = scan::measure(text);
        extent.check(limits)?;
        let mut document = parse_query(text).map_err(|error| syntax_error(&error))?;
        let shape = Shape::measure(outline, &document)?;
        shape.check(limits)?;
        literals::check(outline, &document)?;
        let mut repeating = HashSet::new();
        for (name, operation) in document.operations.iter() {
            if rewrite::repeats(outline, &document, &operation.node)? {
                repeating.insert(name.cloned());
            }
        }
        typenames::add(outline, &mut document);
        Ok(Self { document, shape, repeating, bytes: text.len() + extent.tokens * BYTES_PER_TOKEN })
    }
}

impl Document<'_> {
    pub(crate) fn text(&self) -> &str {
        self.text
    }

    /// Whether its text may hold a password or a token.
    pub(crate) fn may_hold_password(&self) -> bool {
        self.prepared.shape.has_credentials()
    }

    /// The operation called `name`, or the only one.
    ///
    /// # Errors
    /// `GRAPHQL_VALIDATION_FAILED` where there is none, or more than one.
    pub fn choose(&self, name: Option<&str>, variables: Variables) -> Result<Operation<'_>, Refusal> {
        let prepared = &*self.prepared;
        let found = match (&prepared.document.operations, name) {
            (DocumentOperations::Single(operation), None) => Some((None, operation)),
            (DocumentOperations::Single(_), Some(_)) => None,
            (DocumentOperations::Multiple(operations), Some(name)) => {
                operations.get_key_value(name).map(|(name, operation)| (Some(name), operation))
            }
            (DocumentOperations::Multiple(operations), None) => {
                let mut operations = operations.iter();
                let (Some((name, operation)), None) = (operations.next(), operations.next()) else {
                    let message = "The document has several operations: say which in `operationName`.";
                    return Err(Refusal::invalid(message));
                };
                Some((Some(name), operation))
            }
        };
        let chosen = found.and_then(|(name, operation)| {
            let shape = prepared.shape.find_operation(name)?;
            let repeats = prepared.repeating.contains(&name.cloned());
            Some(Operation { name, definition: &operation.node, shape, variables, repeats, source: self })
        });
        chosen.ok_or_else(|| Refusal::invalid("The document has no operation with the name in `operationName`."))
    }
}

/// The parser draws the line with an arrow below it; its reason and the position say the same to a program.
fn syntax_error(error: &ParserError) -> Refusal {
    let text = error.to_string();
    let reason = text.rsplit_once("= ").map_or(text.as_str(), |(_, reason)| reason).replace('_', " ");
    let refusal = if matches!(error, ParserError::RecursionLimitExceeded) {
        Refusal::new(Reason::Invalid, Code::QueryTooComplex, "The document is nested too deep.")
    } else {
        Refusal::new(Reason::Invalid, Code::GraphqlParseFailed, format!("This is not GraphQL: {reason}."))
    };
    refusal.at(&error.positions().collect::<Vec<_>>())
}

/// The documents that came last.
pub struct Documents {
    limits: Limits,
    kept: Mutex<Kept>,
}

struct Kept {
    documents: LruCache<String, Arc<Prepared>>,
    /// What all of them take together.
    bytes: usize,
}

impl Documents {
    /// Keeps nothing yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, kept: Mutex::new(Kept { documents: LruCache::unbounded(), bytes: 0 }) }
    }

    /// The document with this text, parsed now or before.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX`, `GRAPHQL_PARSE_FAILED`, `BAD_USER_INPUT` for an enum in quotes, or `GRAPHQL_VALIDATION_FAILED`
    /// for a cycle of fragments.
    pub fn read<'a>(&self, outline: &Outline, text: &'a str) -> Result<Document<'a>, Refusal> {
        if text.len() <= MAX_KEPT_LENGTH
            && let Some(prepared) = self.lock().documents.get(text)
        {
            return Ok(Document { text, prepared: Arc::clone(prepared) });
        }
        Ok(Document { text, prepared: Arc::new(Prepared::parse(text, outline, &self.limits)?) })
    }

    /// Keeps a document that turned out to be valid. One that may hold a password is not kept.
    pub fn keep(&self, document: &Document<'_>) {
        let Document { text, prepared } = document;
        if text.len() > MAX_KEPT_LENGTH || document.may_hold_password() {
            return;
        }
        let mut kept = self.lock();
        if kept.documents.contains(*text) {
            return;
        }
        kept.documents.put((*text).to_owned(), Arc::clone(prepared));
        kept.bytes += prepared.bytes;
        while kept.bytes > KEPT_BYTES
            && let Some((_, oldest)) = kept.documents.pop_lru()
        {
            kept.bytes -= oldest.bytes;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::outline::EXAMPLE_SDL;

    fn outline() -> Outline {
        Outline::from_sdl(EXAMPLE_SDL).unwrap()
    }

    fn defaults() -> Limits {
        Limits::default()
    }

    fn is_same(one: &Document<'_>, other: &Document<'_>) -> bool {
        Arc::ptr_eq(&one.prepared, &other.prepared)
    }

    fn read(text: &str) -> Result<Document<'_>, Refusal> {
        Documents::new(defaults()).read(&outline(), text)
    }

    fn refusal(text: &str, name: Option<&str>) -> (Reason, String) {
        let read = read(text);
        let refusal = match &read {
            Ok(document) => document.choose(name, Variables::default()).err().unwrap(),
            Err(refusal) => refusal.clone(),
        };
        (refusal.reason, refusal.code().unwrap().to_owned())
    }

    #[test]
    fn a_syntax_error_says_what_was_expected_and_where() {
        let Err(refusal) = read("{ a {") else { panic!("it is not GraphQL") };
        assert_eq!(refusal.message(), "This is not GraphQL: expected selection.");
        assert_eq!(refusal.errors[0].locations[0].column, 6);
        assert_eq!(refusal.code(), Some("GRAPHQL_PARSE_FAILED"));
    }

    #[test]
    fn the_operation_is_chosen_by_name_or_by_being_the_only_one() {
        let document = read("query A { a } query B { b }").unwrap();
        assert_eq!(document.choose(Some("B"), Variables::default()).unwrap().name.unwrap(), "B");
        for (text, name) in [("query A { a } query B { b }", None), ("query A { a }", Some("B")), ("{ a }", Some("A"))]
        {
            assert_eq!(refusal(text, name).1, "GRAPHQL_VALIDATION_FAILED", "{text}");
        }
        assert!(read("query A { a }").unwrap().choose(None, Variables::default()).is_ok());
        assert!(read("{ a }").unwrap().choose(None, Variables::default()).is_ok());
    }

    #[test]
    fn limits_and_cycles_are_told_from_what_is_not_valid() {
        let (reason, code) = refusal(&"{a".repeat(100), None);
        assert_eq!((reason, code.as_str()), (Reason::Limit, "QUERY_TOO_COMPLEX"));
        let (reason, code) = refusal("{ ...F } fragment F on Q { ...F }", None);
        assert_eq!((reason, code.as_str()), (Reason::Limit, "GRAPHQL_VALIDATION_FAILED"));
    }

    #[test]
    fn what_was_kept_is_not_parsed_again_and_passwords_are_not_kept() {
        let documents = Documents::new(defaults());
        for (text, is_kept) in [("{ a }", true), ("mutation { login(password: \"secret\") { a } }", false)] {
            let read = || documents.read(&outline(), text).unwrap();
            let document = read();
            documents.keep(&document);
            assert_eq!(is_same(&document, &read()), is_kept, "{text}");
        }
        let long = format!("{{ a # {} \n}}", "x".repeat(MAX_KEPT_LENGTH));
        let document = documents.read(&outline(), &long).unwrap();
        documents.keep(&document);
        assert!(!is_same(&document, &documents.read(&outline(), &long).unwrap()));
    }

    #[test]
    fn heavy_documents_push_each_other_out_and_not_one_that_is_in_use() {
        let documents = Documents::new(defaults());
        let is_kept = |text: &str| {
            let document = documents.read(&outline(), text).unwrap();
            let is_kept = is_same(&document, &documents.read(&outline(), text).unwrap());
            documents.keep(&document);
            is_kept
        };
        let heavy = |n: usize| format!("query Q{n} {{ {} }}", "...{a}".repeat(480));
        assert!(!is_kept("{ a }"));
        for n in 0..20 {
            assert!(!is_kept(&heavy(n)), "{n}");
            assert!(is_kept("{ a }"), "{n}");
        }
        let kept = documents.lock();
        let bytes: usize = kept.documents.iter().map(|(_, prepared)| prepared.bytes).sum();
        assert_eq!((bytes, kept.documents.contains(&heavy(19))), (kept.bytes, true));
        assert!(bytes <= KEPT_BYTES, "{bytes}");
    }

    #[test]
    fn hundreds_of_everyday_documents_are_kept_and_introspection_with_them() {
        let documents = Documents::new(defaults());
        let read = |text: &str| Arc::clone(&documents.read(&outline(), text).unwrap().prepared);
        let keep = |text: &str, prepared: &Arc<Prepared>| {
            documents.keep(&Document { text, prepared: Arc::clone(prepared) });
        };
        let introspection = include_str!("limits/introspection.graphql");
        let introspected = read(introspection);
        keep(introspection, &introspected);
        let everyday =
            |n: usize| format!("query Q{n}($first: Int) {{ records(first: $first) {{ nodes {{ id amount }} }} }}");
        let prepared: Vec<_> = (0..300).map(|n| read(&everyday(n))).collect();
        for (n, prepared) in prepared.iter().enumerate() {
            keep(&everyday(n), prepared);
        }
        assert!(prepared.iter().enumerate().all(|(n, prepared)| Arc::ptr_eq(prepared, &read(&everyday(n)))));
        assert!(Arc::ptr_eq(&introspected, &read(introspection)));
    }
}
