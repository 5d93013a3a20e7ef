//! `/graphql`: one request from its bytes to its answer, each step refusing before the next one costs.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{
    Executor, Request as Asked, Response as Executed, ServerError, Value, parser::types::OperationType,
};
use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{
        Method, Response, StatusCode,
        header::{AUTHORIZATION, USER_AGENT},
        request::Parts,
    },
};
use gateway::{Gateway, Operation, code};

use super::{
    accept::{self, MediaType},
    address,
    live::{Flights, Order, events, handshake},
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
    feed::Bookmark,
    organization::EXPLORER,
    schema::NodeLoader,
    services::Services,
    users::UserLoader,
};

/// The most characters that are kept of what a client calls itself.
const MAX_USER_AGENT_CHARACTERS: usize = 255;

/// What answers `/graphql`.
pub struct Api<E> {
    pub(super) services: Services,
    pub(super) gateway: Gateway<E>,
    pub(super) flights: Flights,
    turns: Turns,
    books: Remembered,
}

/// What a request is answered with.
#[expect(clippy::large_enum_variant, reason = "there is one of it for a request, and it is taken apart at once")]
enum Answer<E> {
    /// One answer.
    Whole(Executed),
    /// One after the other.
    Events(events::Events<E>),
}

/// On whose behalf an operation is executed.
pub(super) enum Asker<'a> {
    /// Whoever sent this request, whose id this is.
    Request(&'a Parts, &'a str),
    /// A subscriber, or a client of a WebSocket, whose token was checked.
    Guest(Caller),
}

/// Answers a request to `/graphql`.
pub async fn graphql<E: Executor>(
    State(api): State<Arc<Api<E>>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request,
) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    if handshake::is_asked_for(&parts.headers) {
        let opened = handshake::open(api, &mut parts, &request_id).await;
        let mut response = opened.unwrap_or_else(|refusal| response::refused(refusal, MediaType::Json, &request_id));
        response.extensions_mut().insert(Outcome { kind: Some("socket"), ..Outcome::default() });
        return response;
    }
    if api.services.config.graphiql() && is_visit(&parts) {
        return response::see_other(EXPLORER);
    }
    let (media, takes_events) = (accept::negotiate(&parts.headers), accept::takes_events(&parts.headers));
    if media.is_none() && !takes_events {
        let message = "The server answers in application/graphql-response+json, application/json or text/event-stream; your Accept header allows none of them.";
        let refusal = Refusal::new(StatusCode::NOT_ACCEPTABLE, Error::new(ErrorCode::BadUserInput, message));
        return response::refused(refusal, MediaType::Json, &request_id);
    }
    let mut outcome = Outcome::default();
    let answer = Api::answer(&api, &parts, body, &request_id, takes_events, &mut outcome).await;
    match &answer {
        Ok(Answer::Whole(answer)) => outcome.note(&answer.errors),
        Ok(Answer::Events(_)) => {}
        Err(refusal) => outcome.note(&refusal.errors),
    }
    let max_bytes = api.services.config.limits.max_answer_bytes;
    let mut response = match (answer, media) {
        (Ok(Answer::Events(events)), _) => events.response(),
        (Ok(Answer::Whole(answer)), Some(media)) => response::answered(answer, media, &request_id, max_bytes),
        (Ok(Answer::Whole(answer)), None) => events::only(answer, &request_id, max_bytes),
        (Err(refusal), _) => response::refused(refusal, media.unwrap_or(MediaType::GraphqlResponse), &request_id),
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
        Ok(Self { services, gateway, flights: Flights::default(), turns, books: Remembered::default() })
    }

    async fn answer(
        api: &Arc<Self>,
        parts: &Parts,
        body: Body,
        request_id: &str,
        takes_events: bool,
        outcome: &mut Outcome,
    ) -> Result<Answer<E>, Refusal> {
        let input = request::read(parts, body, api.services.config.limits.max_body_bytes).await?;
        let text = api.text(&input.source)?;
        let document = api.gateway.read(&text)?;
        let operation = document.choose(input.operation_name.as_deref(), input.variables.clone())?;
        let ty = operation.definition.ty;
        outcome.set(&operation);
        if parts.method == Method::GET && ty == OperationType::Mutation {
            return Err(Refusal::method_not_allowed("POST", "GET executes queries only. Send mutations by POST."));
        }
        if ty == OperationType::Subscription {
            if !takes_events {
                let message = "A subscription runs over a WebSocket (`graphql-transport-ws`) or as server-sent events: send `Accept: text/event-stream`.";
                return Err(Error::new(ErrorCode::BadUserInput, message).into());
            }
            let order = Order::new(&text, input.operation_name, input.variables);
            let authorization = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            let caller = api.nobody(parts, request_id);
            return events::Events::begin(api, caller, authorization, order, outcome).await.map(Answer::Events);
        }
        let asker = Asker::Request(parts, request_id);
        let executed = api.carry_out(operation, asker, None, outcome).await?;
        if let Source::Both(_, hash) = &input.source {
            api.gateway.persist(hash.key(), &document);
        }
        Ok(Answer::Whole(executed.unwrap_or_default()))
    }

    /// The text of the document that somebody sent, or named by its hash.
    pub(super) fn text<'a>(&self, source: &'a Source) -> Result<Cow<'a, str>, Refusal> {
        match source {
            Source::Text(text) | Source::Both(text, _) => Ok(text.into()),
            Source::Hash(hash) => {
                let text = self.gateway.find_text(hash.key()).ok_or_else(persisted::unknown)?;
                Ok(text.to_string().into())
            }
        }
    }

    /// Executes an operation, each step refusing before the next one costs. Of a subscription, which has a `bookmark`, the
    /// next answer; `None` where it has nothing to say.
    pub(super) async fn carry_out(
        &self,
        mut operation: Operation<'_>,
        asker: Asker<'_>,
        bookmark: Option<Arc<Bookmark>>,
        outcome: &mut Outcome,
    ) -> Result<Option<Executed>, Refusal> {
        self.gateway.check(&mut operation)?;
        // Whoever asks, and even if there are no records.
        let empty = Books::empty(self.services.clock.now().date_naive());
        self.gateway.cost(&operation, &SchemaEstimates { books: Some(empty), has_text_index: true })?;
        let caller = match asker {
            Asker::Request(parts, request_id) => self.identify(parts, request_id, &operation).await?,
            Asker::Guest(caller) => caller,
        };
        let viewer = caller.viewer.as_ref().ok().and_then(Option::as_ref);
        outcome.user = viewer.map(|viewer| viewer.user.id);
        let scans = self.check_cost(&operation, viewer).await?;
        // An operation with a password waits for its turn to have that hashed.
        let _turn = match operation.shape.credentials {
            0 => Some(self.turns.take(outcome.user, scans > 0).await?),
            _ => None,
        };
        let Some(mut executed) = self.execute(operation, caller, bookmark).await? else { return Ok(None) };
        if is_unavailable(&executed.data, &executed.errors) {
            for error in &mut executed.errors {
                error.path.clear();
            }
            let status = Some(StatusCode::SERVICE_UNAVAILABLE);
            return Err(Refusal { status, allow: None, errors: executed.errors });
        }
        Ok(Some(executed))
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
        let refresh_cookie = RefreshCookie::read(parts, &self.services.config);
        Ok(Caller { viewer, refresh_cookie, ..self.nobody(parts, request_id) })
    }

    /// A request of somebody who is not known yet.
    pub(super) fn nobody(&self, parts: &Parts, request_id: &str) -> Caller {
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Caller {
            viewer: Ok(None),
            request_id: request_id.to_owned(),
            address: address::find(parts, self.services.config.trusted_proxies.into()),
            user_agent: user_agent.map(|agent| agent.chars().take(MAX_USER_AGENT_CHARACTERS).collect()),
            refresh_cookie: RefreshCookie::default(),
        }
    }

    async fn execute(
        &self,
        operation: Operation<'_>,
        caller: Caller,
        bookmark: Option<Arc<Bookmark>>,
    ) -> Result<Option<Executed>, Refusal> {
        let work = Work::of(caller.viewer.as_ref().ok().and_then(Option::as_ref).map(|viewer| viewer.user.id));
        let viewer = caller.viewer.as_ref().ok().and_then(Clone::clone);
        let run = self.gateway.run(operation, |request, batches| {
            let users = batches.loader(UserLoader::new(self.services.clone(), work.clone()));
            let creations = batches.loader(CreationLoader::new(self.services.clone(), work.clone()));
            let usages = batches.loader(UsageLoader::new(self.services.clone(), work.clone()));
            let nodes = batches.loader(NodeLoader::new(self.services.clone(), work.clone(), viewer));
            let request = request.data(caller).data(users).data(creations).data(usages).data(nodes);
            bookmark.into_iter().fold(request, Asked::data)
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
