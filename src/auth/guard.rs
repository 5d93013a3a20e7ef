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
    #[graphql(desc = "Whether users may also see this about themselves, whatever their role.")] or_self: Option<bool>,
) {
}

/// This field takes a password or a token: an operation may have one such field, and its document is not kept.
#[TypeDirective(name = "credential", location = "FieldDefinition")]
pub fn credential(
    #[graphql(desc = "Whether the field also works with an access token that is not valid.")] any_token: Option<bool>,
) {
}

/// A guard that lets `least` and every higher role pass.
#[must_use]
pub fn role(least: Role) -> RoleGuard {
    RoleGuard { least, owner: None }
}

/// Lets a role and the ones above it pass.
pub struct RoleGuard {
    least: Role,
    owner: Option<Owner>,
}

impl RoleGuard {
    /// Lets the owner pass too, whatever their role.
    #[must_use]
    pub fn or_self(self, owner: Owner) -> Self {
        Self { owner: Some(owner), ..self }
    }
}

/// Whose something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This user's: shown to them when they are signed in.
    User(Uuid),
    /// Of the user who is asking, as the operation itself established: they just signed in, or registered.
    Present,
}

impl Guard for RoleGuard {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        if self.owner == Some(Owner::Present) {
            return Ok(());
        }
        let caller: Option<&Caller> = ctx.data_opt();
        let viewer = caller.ok_or_else(|| Error::internal("the request came without its caller"))?.viewer()?;
        if self.owner == Some(Owner::User(viewer.user.id)) {
            return Ok(());
        }
        Ok(require(viewer, self.least)?)
    }
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
