//! Sessions: signing in, staying signed in, signing out. Checking a request's access token is `auth`'s.

mod graphql;
mod sign_in;
mod store;
mod token;

pub use graphql::{Session, SessionMutation, SessionQuery};
pub use store::remove_ended;
