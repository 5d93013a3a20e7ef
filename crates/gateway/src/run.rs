//! One operation from its text to its answer.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Executor, Request, Response, Value, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use futures_util::{FutureExt, StreamExt};

use crate::{
    batch::Batches,
    classify::{Phase, classify},
    complete::complete,
    documents::{Document, Documents, Operation},
    limits::{
        Limits,
        collect::Collector,
        conditions::Conditions,
        cost::{self, Cost, Estimates},
        outline::Outline,
    },
    persisted::{Key, Texts},
    problems,
    refusal::{Code, Reason, Refusal},
    rewrite, selects,
};

/// What runs operations on a schema.
pub struct Gateway<E> {
    executor: E,
    outline: Outline,
    documents: Documents,
    texts: Texts,
    limits: Limits,
    introspection: bool,
}

impl<E: Executor> Gateway<E> {
    /// `sdl` is the schema that `executor` executes; `introspection` says whether it may be asked about itself.
    ///
    /// # Errors
    /// Text that is no SDL.
    pub fn new(
        executor: E,
        sdl: &str,
        limits: Limits,
        introspection: bool,
    ) -> Result<Self, async_graphql::parser::Error> {
        let documents = Documents::new(limits.clone());
        let outline = Outline::from_sdl(sdl)?;
        Ok(Self { executor, outline, documents, texts: Texts::default(), limits, introspection })
    }

    /// The document with this text, parsed now or before.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX`, `GRAPHQL_PARSE_FAILED`, `BAD_USER_INPUT` for an enum in quotes, or `GRAPHQL_VALIDATION_FAILED`
    /// for a cycle of fragments.
    pub fn read<'a>(&self, text: &'a str) -> Result<Document<'a>, Refusal> {
        self.documents.read(&self.outline, text)
    }

    /// The text of a document that was persisted under `key`.
    #[must_use]
    pub fn find_text(&self, key: &Key) -> Option<Arc<str>> {
        self.texts.find(key)
    }

    /// Keeps the text of `document` under its `key`, once an operation of it was executed. A text that may hold a password is
    /// not kept.
    pub fn persist(&self, key: &Key, document: &Document<'_>) {
        if !document.may_hold_password() {
            self.texts.keep(key, document.text());
        }
    }

    /// Refuses what can be refused without knowing who asks, and gives variables that were left out their defaults.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX`, `GRAPHQL_VALIDATION_FAILED` for an introspection that is switched off, `BAD_USER_INPUT`
    /// for a variable without a value.
    pub fn check(&self, operation: &mut Operation<'_>) -> Result<(), Refusal> {
        operation.shape.check(&self.limits)?;
        if operation.shape.introspects && !self.introspection {
            let message = "Introspection is switched off on this server. Its schema is at /schema.graphql.";
            return Err(Refusal::invalid(message));
        }
        check_variables(operation.definition, &operation.variables)?;
        rewrite::set_defaults(operation.definition, &mut operation.variables);
        match operation.definition.ty {
            OperationType::Subscription => self.check_subscription(operation),
            _ => Ok(()),
        }
    }

    /// A subscription has one stream, whatever its variables are.
    fn check_subscription(&self, operation: &Operation<'_>) -> Result<(), Refusal> {
        let Some(root) = self.outline.root(OperationType::Subscription) else { return Ok(()) };
        let set = &operation.definition.selection_set.node;
        let collector = Collector { outline: &self.outline, document: operation.document(), conditions: None };
        let all = collector.collect(root, &[set]);
        let conditions = Some(Conditions::new(operation.definition, &operation.variables));
        let selected = Collector { conditions, ..collector }.collect(root, &[set]);
        let is_field = all.values().flat_map(|same| &same.fields).all(|field| !field.name.node.starts_with("__"));
        if all.len() == 1 && selected.len() == 1 && is_field {
            return Ok(());
        }
        Err(Refusal::invalid(
            "A subscription selects one field at its top, without `@skip` or `@include`, and no `__typename`.",
        ))
    }

    /// Whether an operation selects a field that `is_meant` says is one of its type and name.
    #[must_use]
    pub fn selects(&self, operation: &Operation<'_>, is_meant: impl Fn(&str, &str) -> bool) -> bool {
        selects::selects(&self.outline, (operation.document(), operation.definition), &is_meant)
    }

    /// What an operation costs, by what is known of the fields.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX` where that is too much.
    pub fn cost(&self, operation: &Operation<'_>, estimates: &dyn Estimates) -> Result<Cost, Refusal> {
        let selected = (operation.document(), operation.definition);
        let cost = cost::measure(&self.outline, estimates, selected, &operation.variables);
        cost::check(cost.total, &self.limits)?;
        Ok(cost)
    }

    /// Executes an operation. `caller` puts into the request what its resolvers ask for: who asks, and loaders from
    /// [`Batches::loader`]. The answer's errors have codes, and stand in the order of its data.
    ///
    /// Of a subscription it is the next answer, or `None` where it has nothing to say. Its resolver gives a stream of one item,
    /// or of none: when it is asked again is up to whoever asks, and each answer is executed as a query is, with loaders of
    /// its own.
    ///
    /// # Errors
    /// `GRAPHQL_VALIDATION_FAILED` and `BAD_USER_INPUT`, each problem an error; `INTERNAL_SERVER_ERROR` for a panic.
    pub async fn run(
        &self,
        operation: Operation<'_>,
        caller: impl FnOnce(Request, &Batches) -> Request,
    ) -> Result<Option<Response>, Refusal> {
        let executable = self.executable(&operation).await?;
        let executed = self.execute(executable, &operation, caller).await?;
        let answer = executed.map(|executed| self.conclude(executed, &operation)).transpose()?;
        self.documents.keep(operation.source);
        Ok(answer)
    }

    async fn first(&self, request: Request, ty: OperationType) -> Option<Response> {
        match ty {
            OperationType::Subscription => self.executor.execute_stream(request, None).next().await,
            _ => Some(self.executor.execute(request).await),
        }
    }

    /// What to execute: the document as it came, or another that means the same to the executor as the one that came
    /// does to the specification.
    ///
    /// # Errors
    /// Where it is another, what is not valid about the one that came.
    async fn executable(&self, operation: &Operation<'_>) -> Result<ExecutableDocument, Refusal> {
        let (document, variables) = (operation.document(), &operation.variables);
        let selected = (document, operation.definition);
        let Some(rewritten) = rewrite::rewrite(&self.outline, selected, variables, operation.repeats) else {
            return Ok(document.clone());
        };
        let mut validation = Request::new(String::new()).variables(variables.clone());
        validation.set_parsed_query(rewrite::idle(document, operation.name));
        validation.operation_name = operation.name.map(ToString::to_string);
        let validated = self.first(validation, operation.definition.ty).await;
        let mut errors = validated.map(|validated| validated.errors).unwrap_or_default();
        if errors.is_empty() {
            return Ok(rewritten);
        }
        for error in &mut errors {
            classify(error, Phase::Validation);
        }
        Err(Refusal { reason: Reason::Invalid, errors })
    }

    /// Resolvers run in this task: a panic of one ends its operation, and must end nothing else.
    async fn execute(
        &self,
        document: ExecutableDocument,
        operation: &Operation<'_>,
        caller: impl FnOnce(Request, &Batches) -> Request,
    ) -> Result<Option<Response>, Refusal> {
        let batches = Batches::default();
        // The text is not needed: the parsed document goes along.
        let mut request = Request::new(String::new()).variables(operation.variables.clone());
        if matches!(document.operations, DocumentOperations::Multiple(_)) {
            request.operation_name = operation.name.map(ToString::to_string);
        }
        request.set_parsed_query(document);
        if !self.introspection {
            request = request.disable_introspection();
        }
        let request = caller(request, &batches);
        AssertUnwindSafe(batches.run(self.first(request, operation.definition.ty)))
            .catch_unwind()
            .await
            .map_err(|panic| Refusal::panicked(panic.as_ref()))
    }

    /// What the executor's answer means: an answer, or the refusal of a document that was not valid.
    fn conclude(&self, mut executed: Response, operation: &Operation<'_>) -> Result<Response, Refusal> {
        let (data, mut errors) = (std::mem::take(&mut executed.data), std::mem::take(&mut executed.errors));
        let has_run = data != Value::Null || errors.is_empty() || errors.iter().any(|error| !error.path.is_empty());
        let phase = if has_run { Phase::Execution } else { Phase::Validation };
        for error in &mut errors {
            classify(error, phase);
        }
        if !has_run {
            return Err(Refusal { reason: Reason::Invalid, errors });
        }
        let selected = (operation.definition, Conditions::new(operation.definition, &operation.variables));
        let (data, errors) = complete((&self.outline, operation.document()), selected, data, errors);
        executed.data = data;
        executed.errors = problems::expand(errors);
        Ok(executed)
    }
}

/// The executor would look at a variable only where a resolver uses it.
fn check_variables(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in operation.variable_definitions.iter().map(|definition| &definition.node) {
        let is_given = variables.get(&definition.name.node).is_some_and(|value| *value != Value::Null);
        let is_null = variables.get(&definition.name.node) == Some(&Value::Null);
        let has_default = definition.default_value.is_some() && !is_null;
        if !definition.var_type.node.nullable && !is_given && !has_default {
            let (name, ty) = (&definition.name.node, &definition.var_type.node);
            let message = format!("The variable `${name}` of type `{ty}` needs a value.");
            return Err(Refusal::new(Reason::Invalid, Code::BadUserInput, message).with("field", name.as_str()));
        }
    }
    Ok(())
}
