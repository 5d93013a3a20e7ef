//! Users: who may sign in, as what, and how they are managed. Signing in is `sessions`'.

mod graphql;
mod input;
mod loader;
mod password;
mod store;

pub use graphql::{User, UserMutation, UserQuery};
pub use input::{Email, Name, NewUser, UserPatch};
pub use loader::{UserLoader, load};
pub use password::{NewPassword, replace_hash, set_password, still_welcome};
pub use store::{all, create, find, find_by_email, update};
