//! What resolvers get from their context: the services of the process, and the request they serve.

use async_graphql::{Context, InputType, SelectionField};
use futures_util::stream;
use uuid::Uuid;

use crate::{
    auth::{Author, Caller, Viewer},
    change::Change,
    db::Db,
    error::{Error, Result},
    services::Services,
};

/// Short ways to the request's and the process's data.
pub(crate) trait ContextExt {
    /// The process's services.
    fn services(&self) -> Result<&Services>;
    /// The request.
    fn caller(&self) -> Result<&Caller>;

    /// The signed-in user, or `UNAUTHENTICATED`.
    fn viewer(&self) -> Result<&Viewer> {
        self.caller()?.viewer()
    }

    /// The signed-in user as the author of a change, or `UNAUTHENTICATED`.
    fn author(&self) -> Result<Author> {
        Ok(self.caller()?.author(Some(self.viewer()?.user.id)))
    }

    /// Opens a change by the signed-in user, or `UNAUTHENTICATED`.
    async fn change(&self) -> Result<Change> {
        self.services()?.change(self.author()?).await
    }

    /// Opens a change by `user`, or by nobody before sign-in.
    async fn change_by(&self, user: Option<Uuid>) -> Result<Change> {
        self.services()?.change(self.caller()?.author(user)).await
    }

    /// The database.
    fn db(&self) -> Result<&Db> {
        Ok(&self.services()?.db)
    }
}

impl ContextExt for Context<'_> {
    fn services(&self) -> Result<&Services> {
        self.data_opt().ok_or_else(|| Error::internal("the schema was built without its services"))
    }

    fn caller(&self) -> Result<&Caller> {
        self.data_opt().ok_or_else(|| Error::internal("the request came without its caller"))
    }
}

/// The stream of a subscription's field: one answer, or none. When the next one is due, `http` knows, and asks again.
pub(crate) type Now<T> = stream::Iter<std::option::IntoIter<Option<T>>>;

/// Such a stream.
pub(crate) fn now<T>(answer: Option<T>) -> Now<T> {
    stream::iter(answer.map(Some))
}

/// Whether the field stands at the top of its operation, and not below a payload.
pub(crate) fn is_at_top(ctx: &Context<'_>) -> bool {
    ctx.path_node.is_none_or(|place| place.parent.is_none())
}

/// The argument `name` of a field that is selected, where it can be read from the document; else its default.
pub(crate) fn argument<T: InputType + Default>(field: &SelectionField<'_>, name: &str) -> T {
    let arguments = field.arguments().unwrap_or_default();
    let value = arguments.into_iter().find(|(argument, _)| argument == name).map(|(_, value)| value);
    value.and_then(|value| T::parse(Some(value)).ok()).unwrap_or_default()
}

/// Whether the operation selects `field` of the object that `ctx` resolves.
pub(crate) fn selects(ctx: &Context<'_>, name: &str) -> bool {
    ctx.field().selection_set().any(|field| field.name() == name)
}
