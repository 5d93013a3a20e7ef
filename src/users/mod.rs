//! Users: who may sign in, as what, and how they are managed. Signing in is `sign_in`'s.

mod erase;
mod graphql;
mod input;
mod loader;
mod look_alike;
mod mutation;
mod password;
mod store;

pub use erase::erase;
pub(crate) use graphql::{User, UserQuery};
pub(crate) use input::{EMAIL_LENGTH, NAME_LENGTH};
pub use input::{Email, Name, NewUser, UserPatch, parse_password};
pub(crate) use loader::{UserLoader, load};
pub(crate) use mutation::UserMutation;
pub use password::{NewPassword, set_password, unlock};
pub(crate) use password::{lock_if_unchanged, replace_hash};
pub use store::{all, enter, find_by_email, update};
pub(crate) use store::{create, find, highest_password_cost};
