//! `/graphql`: one request from its bytes to its answer, each step refusing before the next one costs.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{
    Executor, Request as Operation, Response as Executed, ServerError, Value, Variables,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{Method, Response, StatusCode, header::USER_AGENT, request::Parts},
};
use futures_util::FutureExt;

use super::{
    accept::{self, MediaType},
    address,
    classify::{Phase, classify},
    complete::complete,
    documents::{Chosen, Documents, Prepared},
    middleware::{Outcome, RequestId, panic_message},
    problems,
    refusal::{Refusal, code},
    request,
    response::{self, Answer},
    rewrite,
    turns::Turns,
};
use crate::{
    audit::CreationLoader,
    auth::{self, Caller, RefreshCookie, Viewer},
    batch::Batches,
    db::Operation as Work,
    error::{Error, ErrorCode},
    estimates::{Books, Remembered, SchemaEstimates},
    limits::{conditions::Conditions, cost, outline::Outline},
    services::Services,
    users::UserLoader,
};

/// Longest that is kept of what a client calls itself.
const MAX_USER_AGENT_CHARACTERS: usize = 255;

/// What answers `/graphql`.
pub struct Api<E> {
    services: Services,
    executor: E,
    outline: Outline,
    documents: Documents,
    turns: Turns,
    books: Remembered,
}

/// Answers a request to `/graphql`.
pub async fn graphql<E: Executor>(
    State(api): State<Arc<Api<E>>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Some(media) = accept::negotiate(&parts.headers) else {
        let message = "The answer is application/graphql-response+json or application/json; Accept takes neither.";
        let refusal = Refusal::new(StatusCode::NOT_ACCEPTABLE, Error::new(ErrorCode::BadUserInput, message));
        return response::refused(refusal, MediaType::Json, &request_id);
    };
    let mut outcome = Outcome::default();
    let answer = api.answer(&parts, body, &request_id, &mut outcome).await;
    let errors = match &answer {
        Ok(answer) => &answer.errors,
        Err(refusal) => &refusal.errors,
    };
    outcome.codes = errors.iter().filter_map(code).map(str::to_owned).collect();
    outcome.codes.sort();
    outcome.codes.dedup();
    let mut response = match answer {
        Ok(answer) => response::answered(answer, media, &request_id, api.services.config.limits.max_answer_bytes),
        Err(refusal) => response::refused(refusal, media, &request_id),
    };
    response.extensions_mut().insert(outcome);
    response
}

impl<E: Executor> Api<E> {
    /// `sdl` is the schema that `executor` executes.
    ///
    /// # Errors
    /// Text that is no SDL.
    pub fn new(services: Services, executor: E, sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let documents = Documents::new(services.config.limits.clone());
        let turns = Turns::new(&services.config.limits);
        let outline = Outline::from_sdl(sdl)?;
        Ok(Self { services, executor, outline, documents, turns, books: Remembered::default() })
    }

    async fn answer(
        &self,
        parts: &Parts,
        body: Body,
        request_id: &str,
        outcome: &mut Outcome,
    ) -> Result<Answer, Refusal> {
        let mut input = request::read(parts, body, self.services.config.limits.max_body_bytes).await?;
        let prepared = self.documents.prepare(&self.outline, &input.query)?;
        let chosen = prepared.choose(input.operation_name.as_deref())?;
        outcome.operation = chosen.name.map(ToString::to_string);
        outcome.kind = Some(if chosen.operation.ty == OperationType::Mutation { "mutation" } else { "query" });
        self.check(&parts.method, &chosen, &input.variables)?;
        rewrite::set_defaults(chosen.operation, &mut input.variables);
        self.check_least_cost(&prepared, &chosen, &input.variables)?;
        let caller = self.identify(parts, request_id, &chosen).await?;
        let viewer = caller.viewer.as_ref().ok().and_then(Option::as_ref);
        outcome.user = viewer.map(|viewer| viewer.user.id);
        let scans = self.check_cost(&prepared, &chosen, &input.variables, viewer).await?;
        // Whoever hands in a password waits for their turn to have it hashed.
        let _turn = match chosen.shape.credentials {
            0 => Some(self.turns.take(outcome.user, scans > 0).await?),
            _ => None,
        };

        let document = self.executable(&prepared, &chosen, &input.variables).await?;
        let executed = self.execute(caller, document, &chosen, input.variables.clone()).await?;
        let answer = self.conclude(executed, &prepared, &chosen, &input.variables)?;
        self.documents.keep(&input.query, &prepared);
        Ok(answer)
    }

    /// Refuses what can be refused without asking who asks.
    fn check(&self, method: &Method, chosen: &Chosen<'_>, variables: &Variables) -> Result<(), Refusal> {
        if *method == Method::GET && chosen.operation.ty != OperationType::Query {
            return Err(Refusal::method_not_allowed("POST", "GET executes queries only. Send mutations by POST."));
        }
        let config = &self.services.config;
        chosen.shape.check(&config.limits)?;
        if chosen.shape.introspects && !config.introspection() {
            let message = "Introspection is switched off on this server. Use the published schema.graphql instead.";
            return Err(Error::new(ErrorCode::GraphqlValidationFailed, message).into());
        }
        check_variables(chosen.operation, variables)
    }

    /// Refuses what costs too much however short the books are, without asking who asks.
    fn check_least_cost(&self, prepared: &Prepared, chosen: &Chosen<'_>, variables: &Variables) -> Result<(), Refusal> {
        let day = self.services.clock.now().date_naive();
        let estimates = SchemaEstimates { books: Some(Books::empty(day)) };
        let cost = cost::measure(&self.outline, &estimates, (&prepared.document, chosen.operation), variables);
        Ok(cost::check(cost.total, &self.services.config.limits)?)
    }

    /// Refuses an operation that costs too much; gives how many of its fields are scans. The books are taken for
    /// the longest before the database is asked how long they are, and that only for who may ask.
    async fn check_cost(
        &self,
        prepared: &Prepared,
        chosen: &Chosen<'_>,
        variables: &Variables,
        viewer: Option<&Viewer>,
    ) -> Result<usize, Refusal> {
        let selected = (&prepared.document, chosen.operation);
        let limits = &self.services.config.limits;
        let mut estimates = SchemaEstimates { books: None };
        let cost = cost::measure(&self.outline, &estimates, selected, variables);
        let Err(error) = cost::check(cost.total, limits) else { return Ok(cost.scans) };
        if viewer.is_none() {
            return Err(error.into());
        }
        let now = self.services.clock.now();
        estimates.books = Some(self.books.books(self.services.db.read(), now).await?);
        let cost = cost::measure(&self.outline, &estimates, selected, variables);
        cost::check(cost.total, limits)?;
        Ok(cost.scans)
    }

    /// Who asks. A token that is not good is refused even where none is needed, so that a client
    /// notices; but not where the client is about to mend that.
    async fn identify(&self, parts: &Parts, request_id: &str, chosen: &Chosen<'_>) -> Result<Caller, Refusal> {
        let Services { db, tokens, viewers, clock, .. } = &self.services;
        let viewer = auth::authenticate(db, (tokens, viewers), clock.now(), &parts.headers).await;
        if let Err(error) = &viewer
            && (error.code() != ErrorCode::Unauthenticated || !chosen.shape.any_token)
        {
            return Err(error.clone().into());
        }
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Caller {
            viewer,
            request_id: request_id.to_owned(),
            address: address::find(parts, self.services.config.trusted_proxies.into()),
            user_agent: user_agent.map(|agent| agent.chars().take(MAX_USER_AGENT_CHARACTERS).collect()),
            refresh_cookie: RefreshCookie::read(parts),
        })
    }

    /// What to execute: the document as it came, or another that means the same to the executor as the one that came
    /// does to the specification.
    ///
    /// # Errors
    /// Where it is another, what is not valid about the one that came.
    async fn executable(
        &self,
        prepared: &Prepared,
        chosen: &Chosen<'_>,
        variables: &Variables,
    ) -> Result<ExecutableDocument, Refusal> {
        let document = &prepared.document;
        let Some(rewritten) = rewrite::rewrite(&self.outline, (document, chosen.operation), variables, chosen.repeats)
        else {
            return Ok(document.clone());
        };
        let mut validation = Operation::new(String::new()).variables(variables.clone());
        validation.set_parsed_query(rewrite::idle(document, chosen.name));
        validation.operation_name = chosen.name.map(ToString::to_string);
        let Executed { mut errors, .. } = self.executor.execute(validation).await;
        if errors.is_empty() {
            return Ok(rewritten);
        }
        for error in &mut errors {
            classify(error, Phase::Validation);
        }
        Err(Refusal { status: None, allow: None, errors })
    }

    /// Resolvers run in this task: a panic of one ends its request, and must end nothing else.
    async fn execute(
        &self,
        caller: Caller,
        document: ExecutableDocument,
        chosen: &Chosen<'_>,
        variables: Variables,
    ) -> Result<Executed, Refusal> {
        let batches = Batches::default();
        let work = Work::of(caller.viewer.as_ref().ok().and_then(Option::as_ref).map(|viewer| viewer.user.id));
        let users = batches.loader(UserLoader::new(self.services.clone(), work.clone()));
        let creations = batches.loader(CreationLoader::new(self.services.clone(), work.clone()));
        // The text is not needed: the parsed document goes along.
        let mut operation = Operation::new(String::new()).variables(variables).data(caller).data(users).data(creations);
        if matches!(document.operations, DocumentOperations::Multiple(_)) {
            operation.operation_name = chosen.name.map(ToString::to_string);
        }
        operation.set_parsed_query(document);
        if !self.services.config.introspection() {
            operation = operation.disable_introspection();
        }
        AssertUnwindSafe(work.run(batches.run(self.executor.execute(operation))))
            .catch_unwind()
            .await
            .map_err(|panic| Error::internal(panic_message(panic.as_ref())).into())
    }

    /// What the executor's answer means: an answer, or the refusal of a document that was not valid.
    fn conclude(
        &self,
        executed: Executed,
        prepared: &Prepared,
        chosen: &Chosen<'_>,
        variables: &Variables,
    ) -> Result<Answer, Refusal> {
        let Executed { data, mut errors, http_headers: headers, .. } = executed;
        let has_run = data != Value::Null || errors.is_empty() || errors.iter().any(|error| !error.path.is_empty());
        let phase = if has_run { Phase::Execution } else { Phase::Validation };
        for error in &mut errors {
            classify(error, phase);
        }
        if !has_run {
            return Err(Refusal { status: None, allow: None, errors });
        }
        let selected = (chosen.operation, Conditions::new(chosen.operation, variables));
        let (data, mut errors) = complete((&self.outline, &prepared.document), selected, data, errors);
        if is_unavailable(&data, &errors) {
            for error in &mut errors {
                error.path.clear();
            }
            return Err(Refusal { status: Some(StatusCode::SERVICE_UNAVAILABLE), allow: None, errors });
        }
        let errors = problems::expand(errors);
        Ok(Answer { data, errors, headers })
    }
}

/// Whether nothing could be executed because the database could not be reached.
fn is_unavailable(data: &Value, errors: &[ServerError]) -> bool {
    let is_empty = match data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => *data == Value::Null,
    };
    is_empty && !errors.is_empty() && errors.iter().all(|error| code(error) == Some(ErrorCode::Unavailable.as_str()))
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
            return Err(Error::new(ErrorCode::BadUserInput, message).with("field", name.as_str()).into());
        }
    }
    Ok(())
}
