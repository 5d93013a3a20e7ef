//! Categories in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, SimpleObject};
use entity::{Role, category};

use super::{CategoryName, store};
use crate::{
    auth::{requires_role, role},
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, Problems, Result},
    id::{self, Kind},
    scalars::DateTime,
};

/// What a record is for, as rent or salaries. A category comes into being when a record first names it; names that differ only in case or blanks are one category.
#[derive(Clone, Debug, Description)]
pub struct Category(pub category::Model);

#[Object(use_type_description)]
impl Category {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::Category, self.0.id)
    }

    /// The name, at most 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When a record first named it.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

impl Category {
    /// The category that a global id names, if there is one.
    pub async fn find(ctx: &Context<'_>, id: uuid::Uuid) -> Result<Option<Self>> {
        Ok(store::find(ctx.db()?.read(), id).await?.map(Self))
    }
}

/// Which category gets which name.
#[derive(InputObject)]
struct RenameCategoryInput {
    /// The category.
    id: ID,
    /// The new name, 1 to 100 characters; only the category's case and blanks may make it equal to its present one.
    #[graphql(directive = Constraint::apply(Bound::Length(1, CategoryName::LENGTH)))]
    name: String,
}

/// The category with its new name.
#[derive(SimpleObject)]
struct RenameCategoryPayload {
    /// The category.
    category: Category,
}

/// Which two categories become one.
#[derive(InputObject)]
struct MergeCategoriesInput {
    /// The category that ceases to be; its records, deleted ones too, move.
    from_id: ID,
    /// The category that gets the records.
    into_id: ID,
}

/// The category that two became.
#[derive(SimpleObject)]
struct MergeCategoriesPayload {
    /// The category that has the records of both.
    category: Category,
}

/// Queries for categories.
#[derive(Default)]
pub struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// Every category, by name.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn categories(&self, ctx: &Context<'_>) -> Result<Option<Vec<Category>>> {
        let found = store::list(ctx.db()?.read()).await?;
        Ok(Some(found.into_iter().map(Category).collect()))
    }
}

/// Changes of categories.
#[derive(Default)]
pub struct CategoryMutation;

#[Object]
impl CategoryMutation {
    /// Gives a category another name. `CONFLICT` when another category has it: merge the two instead.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn rename_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category and its new name.")] input: RenameCategoryInput,
    ) -> Result<Option<RenameCategoryPayload>> {
        let RenameCategoryInput { id, name } = input;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::Category, &id));
        let name = problems.read(CategoryName::parse("name", &name));
        let (id, name) = problems.finish(id.zip(name)).map_err(Error::in_input)?;
        let mut change = ctx.change().await?;
        let category = store::rename(&mut change, id, name).await.map_err(Error::in_input)?;
        change.commit().await?;
        Ok(Some(RenameCategoryPayload { category: Category(category) }))
    }

    /// Moves all records of one category to another and ends the first. This cannot be undone.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn merge_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two categories.")] input: MergeCategoriesInput,
    ) -> Result<Option<MergeCategoriesPayload>> {
        let MergeCategoriesInput { from_id, into_id } = input;
        let mut problems = Problems::default();
        let from = problems.read(id::decode("fromId", Kind::Category, &from_id));
        let into = problems.read(id::decode("intoId", Kind::Category, &into_id));
        let (from, into) = problems.finish(from.zip(into)).map_err(Error::in_input)?;
        let mut change = ctx.change().await?;
        let category = store::merge(&mut change, from, into).await.map_err(Error::in_input)?;
        change.commit().await?;
        Ok(Some(MergeCategoriesPayload { category: Category(category) }))
    }
}
