//! Categories in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, SimpleObject};
use entity::{Role, category};
use uuid::Uuid;

use super::{CategoryName, merge, store};
use crate::{
    auth::{requires_role, role},
    change::Change,
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Problems, Result},
    id::{self, Kind},
    replay::{self, Answer, Outcome, Repeatable},
    scalars::DateTime,
};

/// What a record is for, such as rent or salaries. A category is created when a record first names it; names that differ only in case or spacing are the same category. A category that was merged into another is shown as that one everywhere, and its name means that one; it can still be looked up by its id, and unmerged.
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

    /// The category that it was merged into, where its records are shown; null unless it is merged. That category is never merged itself: if it is merged later, this changes too.
    async fn merged_into(&self, ctx: &Context<'_>) -> Result<Option<Self>> {
        match self.0.merged_into {
            Some(root) => Self::find(ctx, root).await,
            None => Ok(None),
        }
    }
}

impl Category {
    /// The category that a global id names, if there is one.
    pub async fn find(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        Ok(store::find(ctx.db()?.read(), id).await?.map(Self))
    }
}

impl Answer for Category {
    fn uuid(&self) -> Uuid {
        self.0.id
    }

    async fn now(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        Self::find(ctx, id).await
    }
}

/// The category to rename, and its new name.
#[derive(InputObject)]
struct RenameCategoryInput {
    /// The category.
    id: ID,
    /// The new name, 1 to 100 characters. It may be the present name in another case or spacing.
    #[graphql(directive = Constraint::apply(Bound::Length(1, CategoryName::LENGTH)))]
    name: String,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl RenameCategoryInput {
    fn parse(self) -> Result<(Uuid, CategoryName)> {
        let Self { id, name, repeatable: _ } = self;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::Category, &id));
        let name = problems.read(CategoryName::parse("name", &name));
        problems.finish(id.zip(name))
    }
}

/// The category with its new name.
#[derive(SimpleObject)]
struct RenameCategoryPayload {
    /// The category.
    category: Category,
    /// Whether an earlier request with the same idempotency key had done this.
    replayed: bool,
}

/// The two categories to merge.
#[derive(InputObject)]
struct MergeCategoriesInput {
    /// The category to merge, with all that was merged into it before. Its records, deleted ones too, are shown in the other one from then on.
    from_id: ID,
    /// The category that shows the records of both. If it is merged itself, this means the one it was merged into.
    into_id: ID,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl MergeCategoriesInput {
    fn parse(self) -> Result<(Uuid, Uuid)> {
        let Self { from_id, into_id, repeatable: _ } = self;
        let mut problems = Problems::default();
        let from = problems.read(id::decode("fromId", Kind::Category, &from_id));
        let into = problems.read(id::decode("intoId", Kind::Category, &into_id));
        problems.finish(from.zip(into))
    }
}

/// The category that shows the records of both.
#[derive(SimpleObject)]
struct MergeCategoriesPayload {
    /// The category.
    category: Category,
    /// Global id of the category that was merged; `unmergeCategory` takes it.
    merged_category_id: ID,
    /// Whether an earlier request with the same idempotency key had done this.
    replayed: bool,
}

/// The merge to undo.
#[derive(InputObject)]
struct UnmergeCategoryInput {
    /// The category that was merged, not the one that shows its records.
    id: ID,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The category that is unmerged.
#[derive(SimpleObject)]
struct UnmergeCategoryPayload {
    /// The category, with its records.
    category: Category,
    /// Whether an earlier request with the same idempotency key had done this.
    replayed: bool,
}

/// Queries for categories.
#[derive(Default)]
pub struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// Every category that is not merged, by name.
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
    /// Renames a category. `CONFLICT` when another category has the name: merge the two instead. The names of merged categories are free.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn rename_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category and its new name.")] input: RenameCategoryInput,
    ) -> Result<Option<RenameCategoryPayload>> {
        let (once, (id, name)) = replay::read(ctx, input, RenameCategoryInput::parse)?;
        let rule = async |change: &mut Change| store::rename(change, id, name).await.map(Category);
        let Outcome { answer: category, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(RenameCategoryPayload { category, replayed }))
    }

    /// Merges one category into another: its records are shown there, and its name means the other. `unmergeCategory` undoes it. `CONFLICT` when the first is merged already, or the second was merged into the first.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn merge_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The two categories.")] input: MergeCategoriesInput,
    ) -> Result<Option<MergeCategoriesPayload>> {
        let (once, (from, into)) = replay::read(ctx, input, MergeCategoriesInput::parse)?;
        let rule = async |change: &mut Change| merge::merge(change, from, into).await.map(Category);
        let Outcome { answer: category, replayed } = replay::carry_out(ctx, once, rule).await?;
        let merged_category_id = id::encode(Kind::Category, from);
        Ok(Some(MergeCategoriesPayload { category, merged_category_id, replayed }))
    }

    /// Undoes a merge. The category gets back the records that were entered in it before the merge, and the categories that had been merged into it. Records entered since then stay where they are. `CONFLICT` when the category is not merged, or when another category has taken its name: rename one of the two first.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn unmerge_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The merged category.")] input: UnmergeCategoryInput,
    ) -> Result<Option<UnmergeCategoryPayload>> {
        let parse = |UnmergeCategoryInput { id, repeatable: _ }| id::decode("id", Kind::Category, &id);
        let (once, id) = replay::read(ctx, input, parse)?;
        let rule = async |change: &mut Change| merge::unmerge(change, id).await.map(Category);
        let Outcome { answer: category, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(UnmergeCategoryPayload { category, replayed }))
    }
}
