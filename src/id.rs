//! Global ids: `TypeID` text such as `record_01h455vb4pex5vsknk084sn02q`, which says what it is.

use std::fmt;

use async_graphql::{Context, ID};
use type_safe_id::{DynamicType, TypeSafeId};
use uuid::Uuid;

use crate::{
    auth::Viewer,
    context::ContextExt,
    error::{Error, Result},
    services::Services,
};

/// What an id can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A record.
    Record,
    /// A user.
    User,
    /// A category.
    Category,
    /// An audit event.
    AuditEvent,
    /// A session.
    Session,
    /// The organization.
    Organization,
    /// An import.
    Import,
    /// An API token.
    ApiToken,
}

impl Kind {
    pub(crate) const ALL: [Self; 8] = [
        Self::Record,
        Self::User,
        Self::Category,
        Self::AuditEvent,
        Self::Session,
        Self::Organization,
        Self::Import,
        Self::ApiToken,
    ];

    fn prefix(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::User => "user",
            Self::Category => "category",
            Self::AuditEvent => "event",
            Self::Session => "session",
            Self::Organization => "organization",
            Self::Import => "import",
            Self::ApiToken => "token",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AuditEvent => "audit event",
            Self::ApiToken => "API token",
            other => other.prefix(),
        })
    }
}

/// An object that has a global id.
pub(crate) trait Identified: Sized {
    /// Its id.
    fn uuid(&self) -> Uuid;

    /// The objects with these ids that there are and that `viewer` may see, in no particular order.
    async fn find_all(services: &Services, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>>;

    /// The object with this id, if there is one that the viewer may see.
    async fn find(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        Ok(Self::find_all(ctx.services()?, ctx.viewer()?, vec![id]).await?.pop())
    }
}

/// The id that clients know the `kind` with this `uuid` by.
///
/// # Panics
/// Never: every prefix is one that a `TypeID` may have, which a test shows.
#[must_use]
pub fn encode(kind: Kind, uuid: Uuid) -> ID {
    #[expect(clippy::expect_used, reason = "the prefixes are constants, and a test encodes every one")]
    let prefix = DynamicType::new(kind.prefix()).expect("a valid TypeID prefix");
    TypeSafeId::from_type_and_uuid(prefix, uuid).to_string().into()
}

/// What an id from the input field `field` names.
///
/// # Errors
/// `BAD_USER_INPUT` where it is not one of our ids.
pub fn decode_any(field: &'static str, id: &ID) -> Result<(Kind, Uuid)> {
    let parsed: Option<TypeSafeId<DynamicType>> = id.parse().ok();
    parsed
        .and_then(|id| {
            let kind = Kind::ALL.into_iter().find(|kind| kind.prefix() == id.type_prefix())?;
            Some((kind, id.uuid()))
        })
        .ok_or_else(|| {
            Error::bad_input(field, "This is not a valid id. Ids look like `record_01h455vb4pex5vsknk084sn02q`.")
        })
}

/// The `kind` that an id from the input field `field` names.
///
/// # Errors
/// `BAD_USER_INPUT` where it names something else, or nothing.
pub fn decode(field: &'static str, kind: Kind, id: &ID) -> Result<Uuid> {
    match decode_any(field, id)? {
        (found, uuid) if found == kind => Ok(uuid),
        (found, _) => {
            Err(Error::bad_input(field, format!("This is the id of a {found}, but a {kind} id is needed here.")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_id_comes_back_as_it_went_out() {
        let uuid = Uuid::now_v7();
        for kind in Kind::ALL {
            let id = encode(kind, uuid);
            assert!(id.starts_with(kind.prefix()));
            assert_eq!(decode("id", kind, &id).unwrap(), uuid);
            assert_eq!(decode_any("id", &id).unwrap(), (kind, uuid));
        }
    }

    #[test]
    fn ids_of_another_kind_and_other_text_are_refused() {
        let record = encode(Kind::Record, Uuid::now_v7());
        assert!(decode("id", Kind::User, &record).is_err());
        for text in
            ["", "record", "record_", "record_8zzzzzzzzzzzzzzzzzzzzzzzzz", "RECORD_01h455vb4pex5vsknk084sn02q", "42"]
        {
            assert!(decode_any("id", &text.into()).is_err(), "{text:?}");
        }
    }
}
