//! From the text of a document to a parsed one that is known to be harmless; the last ones are kept.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{
    Name, ServerError,
    parser::{
        Error as ParserError, parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition},
    },
};
use axum::http::StatusCode;
use lru::LruCache;

use super::{
    refusal::{Refusal, server_error},
    rewrite, typenames,
};
use crate::{
    error::{Error, ErrorCode},
    limits::{
        Limits,
        outline::Outline,
        scan,
        shape::{OperationShape, Shape},
    },
};

/// Longest text of a document that is kept, in bytes.
const MAX_KEPT_LENGTH: usize = 4 * 1024;
/// How much memory all that is kept may take: clients send the same few documents again and again.
const KEPT_BYTES: usize = 4 * 1024 * 1024;
/// What a token takes once it is parsed, where that is most: in `a {b} c {d} e {f}`, each with a list of its own.
const BYTES_PER_TOKEN: usize = 256;

/// A document that passed the limits which do not depend on variables.
pub struct Prepared {
    /// The document.
    pub document: ExecutableDocument,
    shape: Shape,
    /// The operations whose fields with the same key have to be put together.
    repeating: HashSet<Option<Name>>,
    /// What keeping it takes, about.
    bytes: usize,
}

/// The operation of a document that a request chose.
pub struct Chosen<'a> {
    /// Its name.
    pub name: Option<&'a Name>,
    /// The operation.
    pub operation: &'a OperationDefinition,
    /// What it is like.
    pub shape: &'a OperationShape,
    /// Whether some of its fields may have the same key.
    pub repeats: bool,
}

impl Prepared {
    fn parse(text: &str, outline: &Outline, limits: &Limits) -> Result<Self, Refusal> {
        let extent = scan::measure(text);
        extent.check(limits)?;
        let mut document = parse_query(text).map_err(|error| syntax_error(&error))?;
        let refuse = |error| Refusal::new(StatusCode::BAD_REQUEST, error);
        let shape = Shape::measure(outline, &document).map_err(refuse)?;
        shape.check(limits)?;
        let mut repeating = HashSet::new();
        for (name, operation) in document.operations.iter() {
            if rewrite::repeats(outline, &document, &operation.node)? {
                repeating.insert(name.cloned());
            }
        }
        typenames::add(outline, &mut document);
        Ok(Self { document, shape, repeating, bytes: text.len() + extent.tokens * BYTES_PER_TOKEN })
    }

    /// The operation called `name`, or the only one.
    pub fn choose(&self, name: Option<&str>) -> Result<Chosen<'_>, Refusal> {
        let found = match (&self.document.operations, name) {
            (DocumentOperations::Single(operation), None) => Some((None, operation)),
            (DocumentOperations::Single(_), Some(_)) => None,
            (DocumentOperations::Multiple(operations), Some(name)) => {
                operations.get_key_value(name).map(|(name, operation)| (Some(name), operation))
            }
            (DocumentOperations::Multiple(operations), None) => {
                let mut operations = operations.iter();
                match (operations.next(), operations.next()) {
                    (Some((name, operation)), None) => Some((Some(name), operation)),
                    _ => return Err(invalid("The document has several operations: say which in `operationName`.")),
                }
            }
        };
        let chosen = found.and_then(|(name, operation)| {
            let repeats = self.repeating.contains(&name.cloned());
            Some(Chosen { name, operation: &operation.node, shape: self.shape.find_operation(name)?, repeats })
        });
        chosen.ok_or_else(|| invalid("The document has no operation with the name in `operationName`."))
    }
}

fn invalid(message: &'static str) -> Refusal {
    Error::new(ErrorCode::GraphqlValidationFailed, message).into()
}

/// The parser draws the line with an arrow below it; its reason and the position say the same to a program.
fn syntax_error(error: &ParserError) -> Refusal {
    let text = error.to_string();
    let reason = text.rsplit_once("= ").map_or(text.as_str(), |(_, reason)| reason).replace('_', " ");
    let mut reported: ServerError = if matches!(error, ParserError::RecursionLimitExceeded) {
        server_error(Error::new(ErrorCode::QueryTooComplex, "The document is nested too deep."))
    } else {
        server_error(Error::new(ErrorCode::GraphqlParseFailed, format!("This is not GraphQL: {reason}.")))
    };
    reported.locations = error.positions().collect();
    Refusal { status: None, allow: None, errors: vec![reported] }
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
    /// `QUERY_TOO_COMPLEX`, `GRAPHQL_PARSE_FAILED`, or `GRAPHQL_VALIDATION_FAILED` for a cycle of fragments.
    pub fn prepare(&self, outline: &Outline, text: &str) -> Result<Arc<Prepared>, Refusal> {
        if text.len() <= MAX_KEPT_LENGTH
            && let Some(prepared) = self.lock().documents.get(text)
        {
            return Ok(Arc::clone(prepared));
        }
        Prepared::parse(text, outline, &self.limits).map(Arc::new)
    }

    /// Keeps a document that turned out to be valid. One that may hold a password is not kept.
    pub fn keep(&self, text: &str, prepared: &Arc<Prepared>) {
        if text.len() > MAX_KEPT_LENGTH || prepared.shape.has_credentials() {
            return;
        }
        let mut kept = self.lock();
        if kept.documents.contains(text) {
            return;
        }
        kept.documents.put(text.to_owned(), Arc::clone(prepared));
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
    use crate::{
        http::refusal::code,
        limits::{defaults, outline::EXAMPLE_SDL},
    };

    fn outline() -> Outline {
        Outline::from_sdl(EXAMPLE_SDL).unwrap()
    }

    fn refusal(text: &str, name: Option<&str>) -> (Option<u16>, String, String) {
        let prepared = Prepared::parse(text, &outline(), &defaults());
        let refusal = prepared.and_then(|prepared| prepared.choose(name).map(|_| ())).unwrap_err();
        let error = &refusal.errors[0];
        (refusal.status.map(|status| status.as_u16()), code(error).unwrap().to_owned(), error.message.clone())
    }

    #[test]
    fn a_syntax_error_says_what_was_expected_and_where() {
        let Err(refusal) = Prepared::parse("{ a {", &outline(), &defaults()) else { panic!("it is not GraphQL") };
        assert_eq!(refusal.errors[0].message, "This is not GraphQL: expected selection.");
        assert_eq!(refusal.errors[0].locations[0].column, 6);
        assert_eq!(code(&refusal.errors[0]), Some("GRAPHQL_PARSE_FAILED"));
    }

    #[test]
    fn the_operation_is_chosen_by_name_or_by_being_the_only_one() {
        let prepared = Prepared::parse("query A { a } query B { b }", &outline(), &defaults()).unwrap();
        assert_eq!(prepared.choose(Some("B")).unwrap().name.unwrap(), "B");
        for (text, name) in [("query A { a } query B { b }", None), ("query A { a }", Some("B")), ("{ a }", Some("A"))]
        {
            assert_eq!(refusal(text, name).1, "GRAPHQL_VALIDATION_FAILED", "{text}");
        }
        assert!(Prepared::parse("query A { a }", &outline(), &defaults()).unwrap().choose(None).is_ok());
        assert!(Prepared::parse("{ a }", &outline(), &defaults()).unwrap().choose(None).is_ok());
    }

    #[test]
    fn limits_and_cycles_are_400_whatever_the_media_type() {
        let (status, code, _) = refusal(&"{a".repeat(100), None);
        assert_eq!((status, code.as_str()), (Some(400), "QUERY_TOO_COMPLEX"));
        let (status, code, _) = refusal("{ ...F } fragment F on Q { ...F }", None);
        assert_eq!((status, code.as_str()), (Some(400), "GRAPHQL_VALIDATION_FAILED"));
    }

    #[test]
    fn what_was_kept_is_not_parsed_again_and_passwords_are_not_kept() {
        let documents = Documents::new(defaults());
        for (text, is_kept) in [("{ a }", true), ("mutation { login(password: \"secret\") { a } }", false)] {
            let prepared = documents.prepare(&outline(), text).unwrap();
            documents.keep(text, &prepared);
            assert_eq!(Arc::ptr_eq(&prepared, &documents.prepare(&outline(), text).unwrap()), is_kept, "{text}");
        }
        let long = format!("{{ a # {} \n}}", "x".repeat(MAX_KEPT_LENGTH));
        let prepared = documents.prepare(&outline(), &long).unwrap();
        documents.keep(&long, &prepared);
        assert!(!Arc::ptr_eq(&prepared, &documents.prepare(&outline(), &long).unwrap()));
    }

    #[test]
    fn heavy_documents_push_each_other_out_and_not_one_that_is_in_use() {
        let documents = Documents::new(defaults());
        let is_kept = |text: &str| {
            let prepared = documents.prepare(&outline(), text).unwrap();
            let is_kept = Arc::ptr_eq(&prepared, &documents.prepare(&outline(), text).unwrap());
            documents.keep(text, &prepared);
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
        let introspection = include_str!("../limits/introspection.graphql");
        let introspected = documents.prepare(&outline(), introspection).unwrap();
        documents.keep(introspection, &introspected);
        let everyday =
            |n: usize| format!("query Q{n}($first: Int) {{ records(first: $first) {{ nodes {{ id amount }} }} }}");
        let prepare = |n| documents.prepare(&outline(), &everyday(n)).unwrap();
        let prepared: Vec<_> = (0..300).map(prepare).collect();
        for (n, prepared) in prepared.iter().enumerate() {
            documents.keep(&everyday(n), prepared);
        }
        assert!(prepared.iter().enumerate().all(|(n, prepared)| Arc::ptr_eq(prepared, &prepare(n))));
        assert!(Arc::ptr_eq(&introspected, &documents.prepare(&outline(), introspection).unwrap()));
    }
}
