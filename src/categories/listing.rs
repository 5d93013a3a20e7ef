//! The list of categories: by name, a page at a time.

use entity::{
    Role,
    category::{self, Column, Entity},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};

use super::usage::is_used;
use crate::{
    db,
    error::{Error, Result},
    page::{Ordering, Page, Position},
    text,
};

/// By name, as names are compared.
pub(super) const BY_NAME: Ordering = Ordering { tag: 48, descending: false };

/// Which categories are meant; merged ones never are.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Whose name holds this, as names are compared.
    search: Option<String>,
    /// Which are used by a record that is not deleted.
    only_used: bool,
}

impl Filter {
    /// The categories whose name holds `search`, as far as `role` sees them: who may not see deleted records does not see
    /// either what only these are for.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a `search` that is too long or holds control characters.
    pub(super) fn parse(search: Option<String>, role: Role) -> Result<Self> {
        let search = search.map(|text| text::search("search", &text)).transpose()?.flatten();
        let search = search.map(|text| text::fold(&text)).filter(|text| !text.is_empty());
        Ok(Self { search, only_used: role < Role::Admin })
    }

    fn select(&self, db: &impl ConnectionTrait) -> Select<Entity> {
        let mut found = Entity::find().filter(Column::MergedInto.is_null());
        if let Some(search) = &self.search {
            found = found.filter(db::contains(db.get_database_backend(), Column::NameKey, search));
        }
        if self.only_used {
            found = found.filter(is_used());
        }
        found
    }
}

/// The place of a category in the list.
pub(super) fn position(category: &category::Model) -> Position<String> {
    Position { key: category.name_key.clone(), id: category.id }
}

/// The categories of one page, and one more if there is more.
///
/// # Errors
/// `BAD_USER_INPUT` for a cursor that was made up.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    filter: &Filter,
    page: &Page<String>,
) -> Result<Vec<category::Model>> {
    let column = |column: Column| (Entity, column);
    // No name has control characters, and PostgreSQL knows no text with one of them.
    let value = |key: String| (!key.contains(char::is_control)).then(|| key.into());
    let page = page.select(filter.select(db), column(Column::NameKey), column(Column::Id), value)?;
    Ok(page.all(db).await?)
}

/// How many categories there are on all pages.
pub(super) async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<i64> {
    i64::try_from(filter.select(db).count(db).await?).map_err(Error::internal)
}
