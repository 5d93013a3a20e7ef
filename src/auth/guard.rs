//! The one answer to "may they?": the guard behind `@requiresRole`.

use async_graphql::{Context, Guard, TypeDirective};
use entity::Role;
use uuid::Uuid;

use super::{Caller, Viewer};
use crate::error::{Error, ErrorCode, Result};

/// The minimum role required for this field. Fields without it are public.
#[TypeDirective(name = "requiresRole", location = "FieldDefinition")]
pub fn requires_role(
    #[graphql(desc = "The minimum role.")] role: Role,
    #[graphql(
        desc = "Whether users also see this of themselves, whatever their role. For everybody else such a field is null, without an error."
    )]
    or_self: Option<bool>,
) {
}

/// This field takes a password or a token: an operation may have one such field, and its document is not kept.
#[TypeDirective(name = "credential", location = "FieldDefinition")]
pub fn credential(
    #[graphql(desc = "Whether the field also works with an access token that is not valid.")] any_token: Option<bool>,
) {
}

/// This field is for people who are signed in: an API token cannot use it, whatever its role.
#[TypeDirective(name = "requiresSession", location = "FieldDefinition")]
pub fn requires_session() {}

/// A guard that lets `least` and every higher role pass.
#[must_use]
pub fn role(least: Role) -> RoleGuard {
    RoleGuard { least, wants_session: false }
}

/// Lets a role and the ones above it pass.
pub struct RoleGuard {
    least: Role,
    wants_session: bool,
}

impl RoleGuard {
    /// Lets nobody pass who came with an API token.
    #[must_use]
    pub fn in_session(self) -> Self {
        Self { wants_session: true, ..self }
    }
}

impl Guard for RoleGuard {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        let viewer = viewer(ctx)?;
        require(viewer, self.least)?;
        if self.wants_session && viewer.through.session().is_none() {
            let message = "API tokens cannot be used for passwords, sessions and API tokens. Sign in with `login`.";
            return Err(Error::new(ErrorCode::Forbidden, message).into());
        }
        Ok(())
    }
}

fn viewer<'ctx>(ctx: &Context<'ctx>) -> Result<&'ctx Viewer> {
    let caller: Option<&Caller> = ctx.data_opt();
    caller.ok_or_else(|| Error::internal("the request came without its caller"))?.viewer()
}

/// Whose something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This user's: shown to them when they are signed in.
    User(Uuid),
    /// Of the user who is asking, as the operation itself established: they just signed in, or registered.
    Present,
}

/// Whether a field of what is `owner`'s is shown: to them, to the role `least`, and to those above. What is behind
/// `@requiresRole(orSelf: true)`: not a guard, since one error for each row of others would drown the answer.
///
/// # Errors
/// `UNAUTHENTICATED`.
pub fn is_shown(ctx: &Context<'_>, least: Role, owner: Owner) -> Result<bool> {
    if owner == Owner::Present {
        return Ok(true);
    }
    let viewer = viewer(ctx)?;
    Ok(owner == Owner::User(viewer.user.id) || require(viewer, least).is_ok())
}

/// Lets `viewer` pass if they have the role `least` or a higher one. Only for what cannot have a guard: input fields.
///
/// # Errors
/// `FORBIDDEN`, with the least role as `requiredRole`.
pub fn require(viewer: &Viewer, least: Role) -> Result<()> {
    require_role(viewer.user.role, least)
}

/// The same, of somebody whose role is `role`.
///
/// # Errors
/// As [`require`].
pub fn require_role(role: Role, least: Role) -> Result<()> {
    if role >= least {
        return Ok(());
    }
    Err(Error::new(ErrorCode::Forbidden, format!("You need the role {least} or a higher one for this."))
        .with("requiredRole", least.to_string()))
}
