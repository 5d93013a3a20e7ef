//! Cursors of the feed: a position of the journal, and on the way there the last of the objects that were there already.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::graphql::NodeType;
use crate::error::{Error, ErrorCode, Result};

/// The version of this form, and what no cursor of a list has in this place.
const HEAD: [u8; 2] = [1, 64];
/// How much of the hash at its position a cursor holds: enough to tell a journal from another with as many events.
const MARK_BYTES: usize = 8;

/// How much one follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    /// What sorts of objects, each once, in the order in which they are gone through.
    pub(super) types: Vec<NodeType>,
    /// Deleted records too, and categories without records.
    pub(super) is_admin: bool,
}

impl Sight {
    /// One bit for each sort, and one for an admin.
    fn bits(&self) -> u8 {
        let types = NodeType::ALL.iter().enumerate().filter(|(_, ty)| self.types.contains(ty));
        types.map(|(bit, _)| 1 << bit).sum::<u8>() | u8::from(self.is_admin) << 7
    }
}

/// A place in the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// All changes up to this position are behind it.
    pub(super) position: i64,
    /// How the hash there begins.
    pub(super) mark: [u8; MARK_BYTES],
    /// Where the objects are gone through first: the last one, or none yet.
    pub(super) listing: Option<Listing>,
}

/// How far the objects were gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) ty: NodeType,
    /// The last one of this sort; all before are behind it.
    pub(super) after: Uuid,
}

impl Place {
    /// Where all changes up to `position`, whose `hash` is the journal's there, are behind it.
    pub(super) fn at(position: i64, hash: &[u8]) -> Self {
        Self { position, mark: mark(hash), listing: None }
    }

    /// Whether the journal has this `hash` at its position.
    pub(super) fn is_of(&self, hash: &[u8]) -> bool {
        self.mark == mark(hash)
    }

    /// The same, before all objects that there are.
    pub(super) fn before_all(self, sight: &Sight) -> Self {
        let before = |ty: &NodeType| Listing { ty: *ty, after: Uuid::nil() };
        Self { listing: sight.types.first().map(before), ..self }
    }

    pub(super) fn encode(&self, sight: &Sight) -> String {
        let mut bytes = [&HEAD[..], &[sight.bits()], &self.position.to_be_bytes(), &self.mark].concat();
        if let Some(Listing { ty, after }) = self.listing {
            let index = NodeType::ALL.iter().position(|known| *known == ty).and_then(|index| u8::try_from(index).ok());
            bytes.extend(index);
            bytes.extend(after.as_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place of the cursor `text`, for who follows `sight`, where that is known.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` where it is none, or follows other sorts; `CURSOR_EXPIRED` where an admin saw more or less.
    pub(super) fn decode(text: &str, sight: Option<&Sight>) -> Result<Self> {
        let damaged = || {
            let message = "This is not a valid cursor. Use one from `changes` or `changed`.";
            Error::bad_input("after", message)
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| damaged())?;
        let (head, rest) = bytes.split_first_chunk::<2>().ok_or_else(damaged)?;
        let (&[bits], rest) = rest.split_first_chunk::<1>().ok_or_else(damaged)?;
        let (position, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let (mark, rest) = rest.split_first_chunk().ok_or_else(damaged)?;
        let position = i64::from_be_bytes(*position);
        if *head != HEAD || position < 0 {
            return Err(damaged());
        }
        let listing = match rest.split_first() {
            None => None,
            Some((index, after)) => Some(Listing {
                ty: NodeType::ALL.get(usize::from(*index)).copied().ok_or_else(damaged)?,
                after: Uuid::from_slice(after).map_err(|_| damaged())?,
            }),
        };
        match bits ^ sight.map_or(bits, Sight::bits) {
            0 => Ok(Self { position, mark: *mark, listing }),
            0x80 => Err(expired("What you may see is not what it was: your role has changed.")),
            _ => Err(Error::bad_input("after", "This cursor is of other `types`. Send those that it began with.")),
        }
    }
}

/// `CURSOR_EXPIRED`.
pub(super) fn expired(why: &str) -> Error {
    Error::new(ErrorCode::CursorExpired, format!("{why} Start again without `after`.")).at("after")
}

fn mark(hash: &[u8]) -> [u8; MARK_BYTES] {
    hash.first_chunk().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);

    fn sight(types: &[NodeType], is_admin: bool) -> Sight {
        Sight { types: types.into(), is_admin }
    }

    #[test]
    fn a_cursor_comes_back_as_it_went_out_to_who_follows_the_same() {
        let whole = sight(&NodeType::ALL, true);
        let some = sight(&[NodeType::Record], false);
        let at = Place::at(7, &[9; 32]);
        let listed = |ty| Place { listing: Some(Listing { ty, after: ID }), ..at.clone() };
        for place in [Place::at(0, &[0; 32]), at.clone()].into_iter().chain(NodeType::ALL.map(listed)) {
            for sight in [&whole, &some] {
                assert_eq!(Place::decode(&place.encode(sight), Some(sight)).unwrap(), place);
            }
            let refused = |of: &Sight, to: &Sight| Place::decode(&place.encode(of), Some(to)).unwrap_err().code();
            assert_eq!(refused(&whole, &some), ErrorCode::BadUserInput);
            assert_eq!(refused(&whole, &sight(&NodeType::ALL, false)), ErrorCode::CursorExpired);
        }
        assert!(at.is_of(&[9; 32]) && !at.is_of(&[8; 32]));
    }

    #[test]
    fn other_text_is_refused() {
        let sight = sight(&NodeType::ALL, false);
        let cursor = Place::at(7, &[9; 32]).encode(&sight);
        let listed = Place { listing: Some(Listing { ty: NodeType::User, after: ID }), ..Place::at(7, &[9; 32]) };
        let listed = listed.encode(&sight);
        let negative = Place { position: -1, ..Place::at(0, &[]) }.encode(&sight);
        for text in
            ["", "AQ", "no cursor", &cursor[1..], &cursor[..cursor.len() - 2], &listed[..listed.len() - 2], &negative]
        {
            assert_eq!(Place::decode(text, Some(&sight)).unwrap_err().code(), ErrorCode::BadUserInput, "{text}");
        }
    }
}
