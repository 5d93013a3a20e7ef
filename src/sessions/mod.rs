//! Sessions: how they begin, go on and end. The only writer of their table; knows no users. Who may begin one is decided
//! in `sign_in`; checking a request's access token is `auth`'s.

mod graphql;
mod presented;
mod store;
mod token;

pub use graphql::Session;
pub(crate) use graphql::{SessionMutation, SessionQuery};
pub(crate) use presented::Presented;
pub(crate) use store::{Client, Lifetimes, NewSession, Standing, end_reused, look_up, open, rotate};
pub use store::{Ending, end, end_everybodys, list, remove_ended};
pub(crate) use token::RefreshToken;
