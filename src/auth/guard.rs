//! The one answer to "may they?": the guard behind `@requiresRole`.

use async_graphql::{Context, Guard, TypeDirective};
use entity::Role;
use uuid::Uuid;

use super::Viewer;
use crate::{
    context::ContextExt,
    error::{Error, ErrorCode},
};

/// The least role that may use this field. Fields without it are public.
#[TypeDirective(name = "requiresRole", location = "FieldDefinition")]
pub fn requires_role(
    #[graphql(desc = "The least role.")] role: Role,
    #[graphql(desc = "Whether users may also see this of themselves, whatever their role.")] or_self: Option<bool>,
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
    owner: Option<Uuid>,
}

impl RoleGuard {
    /// Lets the user `owner` pass too, whatever their role.
    #[must_use]
    pub fn or_self(self, owner: Uuid) -> Self {
        Self { owner: Some(owner), ..self }
    }

    fn admits(&self, viewer: &Viewer) -> bool {
        viewer.user.role >= self.least || self.owner == Some(viewer.user.id)
    }
}

impl Guard for RoleGuard {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        if self.admits(ctx.viewer()?) {
            return Ok(());
        }
        let least = role_name(self.least);
        Err(Error::new(ErrorCode::Forbidden, format!("This needs the role {least} or a higher one."))
            .with("requiredRole", least)
            .into())
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "VIEWER",
        Role::Analyst => "ANALYST",
        Role::Admin => "ADMIN",
    }
}
