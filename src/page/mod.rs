//! Pages of a list, in the shape of Relay's cursor connections, by keyset: a page costs the same
//! wherever in the list it stands, and nothing is skipped or shown twice while rows come and go.

mod connection;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike};
use sea_orm::{
    Order, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Value},
};
use uuid::Uuid;

use crate::{
    error::{Error, Problems, Result},
    scalars::{Given, read},
};

pub use connection::{Connection, Edge, Listed, PageInfo};

/// How many items a page has when `first` and `last` are absent.
pub const DEFAULT_SIZE: u64 = 10;
/// The most items that a page may have.
pub const MAX_SIZE: u64 = 100;

const CURSOR_VERSION: u8 = 1;

/// A list's ordering: what its cursors are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ordering {
    /// Tells this list and sort key from every other; part of each cursor. Records have 0 to 3, users 16, audit events 33,
    /// histories 34, categories 48; 32 was that of 0.1, and the feed has 64.
    pub tag: u8,
    /// Whether the greatest key comes first.
    pub descending: bool,
}

/// What a list is sorted by, as bytes of a cursor.
pub trait SortKey: Clone + Ord {
    /// The bytes.
    fn to_bytes(&self) -> Vec<u8>;
    /// The key that these are the bytes of.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

/// A day's number, minor units, microseconds.
impl SortKey for i64 {
    fn to_bytes(&self) -> Vec<u8> {
        self.to_be_bytes().into()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

impl SortKey for String {
    fn to_bytes(&self) -> Vec<u8> {
        self.as_bytes().into()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_utf8(bytes.into()).ok()
    }
}

/// The place of one item in an ordering: its sort key and, among equals, its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position<K = i64> {
    /// The sort key.
    pub key: K,
    /// The item.
    pub id: Uuid,
}

impl<K: SortKey> Position<K> {
    /// The opaque cursor of this place.
    #[must_use]
    pub fn encode(&self, ordering: Ordering) -> String {
        let head = [CURSOR_VERSION, ordering.tag, ordering.descending.into()];
        BASE64_URL_SAFE_NO_PAD.encode([&head[..], &self.key.to_bytes(), self.id.as_bytes()].concat())
    }

    fn decode(field: &'static str, cursor: &str, ordering: Ordering) -> Result<Self> {
        let damaged = || Error::bad_input(field, "This is not a valid cursor. Use one from `pageInfo`.");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| damaged())?;
        let Some(([CURSOR_VERSION, tag, descending], rest)) = bytes.split_first_chunk() else {
            return Err(damaged());
        };
        let Some((key, id)) = rest.split_last_chunk() else { return Err(damaged()) };
        if *tag != ordering.tag || *descending != u8::from(ordering.descending) {
            return Err(Error::bad_input(
                field,
                "This cursor belongs to a list sorted differently. Start again without it.",
            ));
        }
        Ok(Self { key: K::from_bytes(key).ok_or_else(damaged)?, id: Uuid::from_bytes(*id) })
    }
}

/// The key of a position in a list that is sorted by an instant, as a value of its column; `None` for a time that
/// no row has.
#[must_use]
pub fn instant(key: i64) -> Option<Value> {
    DateTime::from_timestamp_micros(key).filter(|at| (1970..=9999).contains(&at.year())).map(Value::from)
}

/// The four paging arguments of a connection field, as they came.
#[derive(Default)]
pub struct PageArgs {
    /// Items from the start, or after `after`.
    pub first: Option<Given<i32>>,
    /// Only items after this cursor.
    pub after: Option<String>,
    /// Items from the end, or before `before`.
    pub last: Option<Given<i32>>,
    /// Only items before this cursor.
    pub before: Option<String>,
}

fn parse_size(given: Option<Given<i32>>, field: &'static str) -> Result<Option<u64>> {
    read(given, field)?.map(|given| check_size(given, field)).transpose()
}

fn check_size(size: i32, field: &'static str) -> Result<u64> {
    u64::try_from(size).ok().filter(|size| *size <= MAX_SIZE).ok_or_else(|| {
        let message = format!("A page can have 0 to {MAX_SIZE} items; you asked for {size}.");
        Error::bad_input(field, message).with("min", 0).with("max", MAX_SIZE)
    })
}

/// How many items of a list without pages are wanted.
///
/// # Errors
/// `BAD_USER_INPUT` for a size outside 0 … 100.
pub(crate) fn size(given: i32, field: &'static str) -> Result<usize> {
    usize::try_from(check_size(given, field)?).map_err(Error::internal)
}

/// Which stretch of a list is wanted.
#[derive(Clone, Debug)]
pub struct Page<K = i64> {
    ordering: Ordering,
    size: u64,
    backwards: bool,
    after: Option<Position<K>>,
    before: Option<Position<K>>,
}

impl<K: SortKey> Page<K> {
    /// Checks the paging arguments of a list in `ordering`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a size outside 0 … 100, both sizes together, or a cursor that is not this ordering's.
    pub fn parse(args: PageArgs, ordering: Ordering) -> Result<Self> {
        let PageArgs { first, after, last, before } = args;
        let is_both = first.is_some() && last.is_some();
        let mut problems = Problems::default();
        let position =
            |field, cursor: Option<String>| cursor.map(|c| Position::decode(field, &c, ordering)).transpose();
        let backwards = last.is_some();
        let first = problems.read(parse_size(first, "first")).flatten();
        let after = problems.read(position("after", after)).flatten();
        let last = problems.read(parse_size(last, "last")).flatten();
        if is_both {
            problems.add(Error::bad_input("last", "Use either `first` or `last`, not both."));
        }
        let before = problems.read(position("before", before)).flatten();
        let size = first.or(last).unwrap_or(DEFAULT_SIZE);
        problems.finish(Some(Self { ordering, size, backwards, after, before }))
    }

    /// The first `size` items of a list in `ordering`.
    ///
    /// # Errors
    /// As [`Page::parse`].
    pub fn first(size: i32, ordering: Ordering) -> Result<Self> {
        Self::parse(PageArgs { first: Some(size.into()), ..PageArgs::default() }, ordering)
    }

    /// The `size` items after `after`, or from the start: for lists that are read from one end to the other.
    pub(crate) fn batch(size: u64, after: Option<Position<K>>, ordering: Ordering) -> Self {
        Self { ordering, size, backwards: false, after, before: None }
    }

    /// How many items the page has at the most.
    #[must_use]
    pub fn size(&self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }

    /// Whether its rows are read from the greatest key down: a page from the end of a list is read from there.
    pub(crate) fn reads_greatest_first(&self) -> bool {
        self.ordering.descending != self.backwards
    }

    /// The ordering of the list.
    #[must_use]
    pub fn ordering(&self) -> Ordering {
        self.ordering
    }

    /// Narrows a query to this page plus one row, which tells whether there is more. `key` and `id` are
    /// the ordering's columns, and `value` makes a key comparable with its column.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a cursor whose key has no value: it was made up.
    pub fn select<Q, C>(&self, query: Q, key: C, id: C, value: impl Fn(K) -> Option<Value>) -> Result<Q>
    where
        Q: QuerySelect + QueryOrder + sea_orm::QueryFilter,
        C: IntoColumnRef + Copy,
    {
        let pair = || Expr::tuple([Expr::col(key), Expr::col(id)]);
        let at = |field, position: &Position<K>| {
            let damaged = || Error::bad_input(field, "This cursor is damaged; start again without it.");
            let key = value(position.key.clone()).ok_or_else(damaged)?;
            Ok::<_, Error>(Expr::tuple([Expr::val(key), Expr::val(position.id)]))
        };
        let mut query = query;
        if let Some(after) = &self.after {
            let bound = at("after", after)?;
            query = query.filter(if self.ordering.descending { pair().lt(bound) } else { pair().gt(bound) });
        }
        if let Some(before) = &self.before {
            let bound = at("before", before)?;
            query = query.filter(if self.ordering.descending { pair().gt(bound) } else { pair().lt(bound) });
        }
        let order = if self.reads_greatest_first() { Order::Desc } else { Order::Asc };
        Ok(query.order_by(Expr::col(key), order.clone()).order_by(Expr::col(id), order).limit(self.size + 1))
    }

    /// As [`Page::select`], of rows that were brought already: what that brought of one list, and all of another.
    pub(crate) fn narrow<R>(&self, mut rows: Vec<R>, position: impl Fn(&R) -> Position<K>) -> Vec<R> {
        let is_behind = |one: &_, other: &_| if self.ordering.descending { one < other } else { one > other };
        rows.retain(|row| {
            let place = position(row);
            self.after.as_ref().is_none_or(|after| is_behind(&place, after))
                && self.before.as_ref().is_none_or(|before| is_behind(before, &place))
        });
        rows.sort_by_key(&position);
        if self.reads_greatest_first() {
            rows.reverse();
        }
        rows.truncate(self.size().saturating_add(1));
        rows
    }

    /// The connection of the rows that [`Page::select`] brought.
    pub fn connection<R, T, X>(
        self,
        mut rows: Vec<R>,
        position: impl Fn(&R) -> Position<K>,
        node: impl Fn(R) -> T,
        extra: X,
    ) -> Connection<T, X> {
        let more = rows.len() as u64 > self.size;
        rows.truncate(self.size());
        if self.backwards {
            rows.reverse();
        }
        let (has_previous_page, has_next_page) =
            if self.backwards { (more, self.before.is_some()) } else { (self.after.is_some(), more) };
        let edges = rows.into_iter().map(|row| Edge::new(&position(&row), self.ordering, node(row))).collect();
        Connection { edges, extra, has_previous_page, has_next_page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEWEST: Ordering = Ordering { tag: 1, descending: true };

    fn parse(args: PageArgs) -> Result<Page> {
        Page::parse(args, NEWEST)
    }

    #[test]
    fn a_page_has_ten_items_unless_asked_otherwise() {
        assert_eq!(parse(PageArgs::default()).unwrap().size, 10);
        assert_eq!(parse(PageArgs { first: Some(100.into()), ..PageArgs::default() }).unwrap().size, 100);
        assert_eq!(parse(PageArgs { last: Some(0.into()), ..PageArgs::default() }).unwrap().size, 0);
    }

    #[test]
    fn sizes_out_of_bounds_are_refused_and_not_clamped() {
        for size in [-1, 101, i32::MAX, i32::MIN] {
            assert!(parse(PageArgs { first: Some(size.into()), ..PageArgs::default() }).is_err(), "{size}");
            assert!(parse(PageArgs { last: Some(size.into()), ..PageArgs::default() }).is_err(), "{size}");
        }
        assert!(parse(PageArgs { first: Some(1.into()), last: Some(1.into()), ..PageArgs::default() }).is_err());
    }

    #[test]
    fn a_cursor_holds_in_its_own_ordering_only() {
        let position = Position { key: -5, id: Uuid::now_v7() };
        let cursor = position.encode(NEWEST);
        assert_eq!(Position::decode("after", &cursor, NEWEST).unwrap(), position);
        assert!(Position::<i64>::decode("after", &cursor, Ordering { tag: 2, ..NEWEST }).is_err());
        assert!(Position::<i64>::decode("after", &cursor, Ordering { descending: false, ..NEWEST }).is_err());
        for text in ["", "AQ", "no cursor", &cursor[1..]] {
            assert!(Position::<i64>::decode("after", text, NEWEST).is_err(), "{text:?}");
        }
    }
}
