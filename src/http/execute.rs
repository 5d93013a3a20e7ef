//! `/graphql`: one request from its bytes to its answer, each step refusing before the next one costs.

use std::sync::Arc;

use async_graphql::{Executor, Response as Executed, ServerError, Value, parser::types::OperationType};
use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{Method, Response, StatusCode, header::USER_AGENT, request::Parts},
};
use gateway::{Gateway, Operation, code};

use super::{
    accept::{self, MediaType},
    address,
    middleware::{Outcome, RequestId},
    persisted,
    refusal::Refusal,
    request::{self, Source},
    response,
    turns::Turns,
    who::who,
};
use crate::{
    audit::CreationLoader,
    auth::{Caller, RefreshCookie, Viewer},
    categories::UsageLoader,
    db::Operation as Work,
    error::{Error, ErrorCode},
    estimates::{Books, Remembered, SchemaEstimates},
    schema::NodeLoader,
    services::Services,
    users::UserLoader,
};

/// The most characters that are kept of what a client calls itself.
const MAX_USER_AGENT_CHARACTERS: usize = 255;

/// What answers `/graphql`.
pub struct Api<E> {
    services: Services,
    gateway: Gateway<E>,
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
    if api.services.config.graphiql() && is_visit(&parts) {
        return response::see_other("/");
    }
    let Some(media) = accept::negotiate(&parts.headers) else {
        let message = "The server answers in application/graphql-response+json or application/json; your Accept header allows neither.";
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

/// Whether somebody opened the address in a browser, to look at it.
fn is_visit(parts: &Parts) -> bool {
    let asks = parts.uri.query().is_some_and(|query| !query.is_empty());
    parts.method == Method::GET && !asks && accept::prefers_html(&parts.headers)
}

impl<E: Executor> Api<E> {
    /// `sdl` is the schema that `executor` executes.
    ///
    /// # Errors
    /// Text that is no SDL.
    pub fn new(services: Services, executor: E, sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let config = &services.config;
        let gateway = Gateway::new(executor, sdl, (&config.limits).into(), config.introspection())?;
        let turns = Turns::new(&config.limits);
        Ok(Self { services, gateway, turns, books: Remembered::default() })
    }

    async fn answer(
        &self,
        parts: &Parts,
        body: Body,
        request_id: &str,
        outcome: &mut Outcome,
    ) -> Result<Executed, Refusal> {
        let input = request::read(parts, body, self.services.config.limits.max_body_bytes).await?;
        let persisted;
        let text = match &input.source {
            Source::Text(text) | Source::Both(text, _) => text,
            Source::Hash(hash) => {
                persisted = self.gateway.find_text(hash.key()).ok_or_else(persisted::unknown)?;
                &*persisted
            }
        };
        let document = self.gateway.read(text)?;
        let mut operation = document.choose(input.operation_name.as_deref(), input.variables)?;
        let ty = operation.definition.ty;
        outcome.operation = operation.name.map(ToString::to_string);
        outcome.kind = Some(if ty == OperationType::Mutation { "mutation" } else { "query" });
        if parts.method == Method::GET && ty != OperationType::Query {
            return Err(Refusal::method_not_allowed("POST", "GET executes queries only. Send mutations by POST."));
        }
        self.gateway.check(&mut operation)?;
        // Whoever asks, and even if there are no records.
        let empty = Books::empty(self.services.clock.now().date_naive());
        self.gateway.cost(&operation, &SchemaEstimates { books: Some(empty), has_text_index: true })?;
        let caller = self.identify(parts, request_id, &operation).await?;
        let viewer = caller.viewer.as_ref().ok().and_then(Option::as_ref);
        outcome.user = viewer.map(|viewer| viewer.user.id);
        let scans = self.check_cost(&operation, viewer).await?;
        // An operation with a password waits for its turn to have that hashed.
        let _turn = match operation.shape.credentials {
            0 => Some(self.turns.take(outcome.user, scans > 0).await?),
            _ => None,
        };
        let mut executed = self.execute(operation, caller).await?;
        if let Source::Both(_, hash) = &input.source {
            self.gateway.persist(hash.key(), &document);
        }
        if is_unavailable(&executed.data, &executed.errors) {
            for error in &mut executed.errors {
                error.path.clear();
            }
            let status = Some(StatusCode::SERVICE_UNAVAILABLE);
            return Err(Refusal { status, allow: None, errors: executed.errors });
        }
        Ok(executed)
    }

    /// Refuses an operation that costs too much; gives how many of its fields are scans. The books are first taken to be
    /// as long as they can be. Only if that is too much, and somebody is signed in, the database is asked.
    async fn check_cost(&self, operation: &Operation<'_>, viewer: Option<&Viewer>) -> Result<usize, Refusal> {
        let has_text_index = self.services.db.has_text_index().await;
        let refusal = match self.gateway.cost(operation, &SchemaEstimates { books: None, has_text_index }) {
            Ok(cost) => return Ok(cost.scans),
            Err(refusal) => refusal,
        };
        if viewer.is_none() {
            return Err(refusal.into());
        }
        let books = self.books.books(self.services.db.read(), self.services.clock.now()).await?;
        Ok(self.gateway.cost(operation, &SchemaEstimates { books: Some(books), has_text_index })?.scans)
    }

    /// Who asks. A token that is not good is refused even where none is needed, so that the client notices; but not in an
    /// operation that only signs in, refreshes or signs out.
    async fn identify(&self, parts: &Parts, request_id: &str, operation: &Operation<'_>) -> Result<Caller, Refusal> {
        let viewer = who(&self.services, parts).await;
        if let Err(error) = &viewer
            && (error.code() != ErrorCode::Unauthenticated || !operation.shape.any_token)
        {
            return Err(error.clone().into());
        }
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Caller {
            viewer,
            request_id: request_id.to_owned(),
            address: address::find(parts, self.services.config.trusted_proxies.into()),
            user_agent: user_agent.map(|agent| agent.chars().take(MAX_USER_AGENT_CHARACTERS).collect()),
            refresh_cookie: RefreshCookie::read(parts, &self.services.config),
        })
    }

    async fn execute(&self, operation: Operation<'_>, caller: Caller) -> Result<Executed, Refusal> {
        let work = Work::of(caller.viewer.as_ref().ok().and_then(Option::as_ref).map(|viewer| viewer.user.id));
        let viewer = caller.viewer.as_ref().ok().and_then(Clone::clone);
        let run = self.gateway.run(operation, |request, batches| {
            let users = batches.loader(UserLoader::new(self.services.clone(), work.clone()));
            let creations = batches.loader(CreationLoader::new(self.services.clone(), work.clone()));
            let usages = batches.loader(UsageLoader::new(self.services.clone(), work.clone()));
            let nodes = batches.loader(NodeLoader::new(self.services.clone(), work.clone(), viewer));
            request.data(caller).data(users).data(creations).data(usages).data(nodes)
        });
        Ok(work.run(run).await?)
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
