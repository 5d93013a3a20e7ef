//! What changed: the objects of the books in the order in which their changes became visible, for caches that are kept
//! beside them. It reads the journal, and writes nothing.

mod cursor;
mod graphql;
mod store;
mod subscription;

pub(crate) use graphql::{DEFAULT_SIZE, FeedQuery};
pub(crate) use subscription::{Bookmark, FeedSubscription, Mark};
