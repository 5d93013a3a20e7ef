//! Digests of what stands in a row: an event carries that of its object after it, so that a row that was changed past
//! the program shows. Names and addresses of users stay out: they can be erased, and such a hash could be guessed.

use entity::{category, organization, record, user};
use sea_orm::ActiveEnum;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Which fields a digest is of, and in which order; its first byte.
const VERSION: u8 = 1;

/// SHA-256 over fields, each told from its neighbours by its length.
pub(crate) struct Fields(Sha256);

impl Fields {
    /// No field yet; `kind` tells the digest from those of other things.
    pub(crate) fn of(kind: &str) -> Self {
        Self(Sha256::new()).bytes(&[VERSION]).text(kind)
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    pub(crate) fn text(self, text: impl AsRef<str>) -> Self {
        self.bytes(text.as_ref().as_bytes())
    }

    pub(crate) fn number(self, number: impl Into<i64>) -> Self {
        self.bytes(&number.into().to_be_bytes())
    }

    /// A field that may have no value, which is told from an empty one.
    pub(crate) fn optional<T>(self, value: Option<T>, add: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            None => self.number(0_u8),
            Some(value) => add(self.number(1_u8), value),
        }
    }

    pub(crate) fn digest(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
}

/// `bytes` in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |digits, byte| digits + &format!("{byte:02x}"))
}

/// The digest of a record.
pub(crate) fn of_record(record: &record::Model) -> Vec<u8> {
    let record::Model {
        id,
        kind,
        amount_minor,
        currency,
        category_id,
        date,
        notes,
        counterparty,
        import_id,
        source_key: _,
        search_text: _,
        created_by,
        updated_by,
        version,
        created_at,
        updated_at,
        deleted_at,
        deleted_by,
    } = record;
    let fields = Fields::of("record")
        .bytes(id.as_bytes())
        .text(kind.to_value())
        .number(*amount_minor)
        .text(currency)
        .bytes(category_id.as_bytes())
        .text(date.to_string())
        .text(notes)
        .bytes(created_by.as_bytes())
        .bytes(updated_by.as_bytes())
        .number(*version)
        .number(created_at.timestamp_micros())
        .number(updated_at.timestamp_micros())
        .optional(*deleted_at, |fields, at| fields.number(at.timestamp_micros()))
        .optional(*deleted_by, |fields, by| fields.bytes(by.as_bytes()));
    // Newer than some digests, so a field is in them only where it has a value. The source key is freed without a change, and the
    // text for searches says nothing of its own.
    let later = [
        ("counterparty", counterparty.as_deref().map(str::as_bytes)),
        ("importId", import_id.as_ref().map(|id| &id.as_bytes()[..])),
    ];
    let given = later.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.fold(fields, |fields, (name, value)| fields.text(name).bytes(value)).digest()
}

/// The digest of a category.
pub(crate) fn of_category(category: &category::Model) -> Vec<u8> {
    let category::Model { id, name, name_key, created_at, merged_into, merged_parent, merged_by, version } = category;
    let fields = Fields::of("category").bytes(id.as_bytes()).text(name).text(name_key);
    [merged_into, merged_parent, merged_by]
        .into_iter()
        .fold(fields, |fields, id| fields.optional(*id, |fields, id| fields.bytes(id.as_bytes())))
        .number(created_at.timestamp_micros())
        .number(*version)
        .digest()
}

/// The digest of an object that is gone, which no row has: one that was put back shows.
pub(crate) fn of_nothing(id: Uuid) -> Vec<u8> {
    Fields::of("nothing").bytes(id.as_bytes()).digest()
}

/// The digest of the organization.
pub(crate) fn of_organization(organization: &organization::Model) -> Vec<u8> {
    let organization::Model {
        id,
        name,
        base_currency,
        financial_year_start,
        week_start,
        closed_through,
        version,
        updated_at,
        updated_by,
    } = organization;
    Fields::of("organization")
        .bytes(id.as_bytes())
        .text(name)
        .text(base_currency)
        .text(financial_year_start)
        .text(week_start.to_value())
        .optional(*closed_through, |fields, day| fields.text(day.to_string()))
        .number(*version)
        .number(updated_at.timestamp_micros())
        .optional(*updated_by, |fields, by| fields.bytes(by.as_bytes()))
        .digest()
}

/// The digest of a user, but for what is personal, and for the password's hash, which is renewed at sign-ins.
pub(crate) fn of_user(user: &user::Model) -> Vec<u8> {
    let user::Model { id, email: _, name: _, password_hash: _, role, is_active, version, created_at, updated_at } =
        user;
    Fields::of("user")
        .bytes(id.as_bytes())
        .text(role.to_value())
        .number(*is_active)
        .number(*version)
        .number(created_at.timestamp_micros())
        .number(updated_at.timestamp_micros())
        .digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_told_apart() {
        let pair = |a: &str, b: &str| Fields::of("pair").text(a).text(b).digest();
        assert_ne!(pair("ab", "c"), pair("a", "bc"));
        let maybe = |text: Option<&str>| Fields::of("maybe").optional(text, Fields::text).digest();
        assert_ne!(maybe(None), maybe(Some("")));
    }
}
