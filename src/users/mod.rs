//! Users: who may sign in, as what, and how they are managed. Signing in is `sessions`'.

mod graphql;
mod input;
mod loader;
mod store;

pub use graphql::{User, UserMutation, UserQuery};
pub use input::{Email, Name, NewUser, UserPatch};
pub use loader::{UserLoader, load};
pub use store::{NewPassword, all, create, find, find_by_email, set_password, update};
