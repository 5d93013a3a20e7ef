//! Categories in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, SimpleObject};
use entity::{Role, category};
use uuid::Uuid;

use super::{
    CategoryName, deletion,
    listing::{self, BY_NAME, Filter},
    merge, store, usage,
};
use crate::{
    auth::{self, Viewer, requires_role, role},
    change::Change,
    constraint::{Bound, Constraint},
    context::{self, ContextExt},
    error::{Problems, Result},
    id::{self, Identified, Kind},
    page::{Connection, Listed, MAX_SIZE, Page, PageArgs},
    replay::{self, Done, Outcome, Repeatable},
    scalars::{Date, DateTime, Given, int, read},
    services::Services,
    text,
};

/// What a record is for, such as rent or salaries. A category is created when a record first names it; names that differ only in case or spacing are the same category. A category that was merged into another is shown as that one everywhere, and its name means that one; it can still be looked up by its id, and unmerged. Only admins see categories that no record is in but deleted ones, or none at all.
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

    /// How many records are shown in it, those of merged categories too; deleted ones do not count. Zero where it is merged: its records are shown in the other one.
    async fn record_count(&self, ctx: &Context<'_>) -> Result<i32> {
        int(usage::load(ctx, self.0.id).await?.records)
    }

    /// The last day that a record in it is booked on, of those that `recordCount` counts; null where there is none.
    async fn last_used_on(&self, ctx: &Context<'_>) -> Result<Option<Date>> {
        Ok(usage::load(ctx, self.0.id).await?.last.map(Date))
    }

    /// Increases by one with every change. Pass it as `expectedVersion` so that you do not delete what somebody else has just changed.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl Identified for Category {
    fn uuid(&self) -> Uuid {
        self.0.id
    }

    /// Only admins see those that no record is in that is not deleted.
    async fn find_all(services: &Services, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        let mut found = store::find_all(services.db.read(), ids).await?;
        if auth::require(viewer, Role::Admin).is_err() {
            let root = |category: &category::Model| category.merged_into.unwrap_or(category.id);
            let usages = usage::usages(services.db.read(), found.iter().map(root).collect()).await?;
            found.retain(|category| usages.get(&root(category)).is_some_and(|usage| usage.records > 0));
        }
        Ok(found.into_iter().map(Self).collect())
    }
}

impl Listed for Category {}

/// What the connection of categories has besides the standard fields.
pub struct CategoryCount {
    filter: Filter,
    /// Read with the page.
    count: Option<i64>,
}

#[Object]
impl CategoryCount {
    /// How many categories there are on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        int(match self.count {
            Some(count) => count,
            None => listing::count(ctx.db()?.read(), &self.filter).await?,
        })
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
    #[graphql(flatten)]
    done: Done,
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
    #[graphql(flatten)]
    done: Done,
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
    #[graphql(flatten)]
    done: Done,
}

/// The category to delete.
#[derive(InputObject)]
struct DeleteCategoryInput {
    /// The category.
    id: ID,
    /// The version you read. If the category has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl DeleteCategoryInput {
    fn parse(self) -> Result<(Uuid, Option<i32>)> {
        let Self { id, expected_version, repeatable: _ } = self;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::Category, &id));
        let expected = problems.read(read(expected_version, "expectedVersion"));
        problems.finish(id.zip(expected))
    }
}

/// The category that is gone.
#[derive(SimpleObject)]
struct DeleteCategoryPayload {
    /// Global id of the category that was deleted; nothing has it any more.
    deleted_category_id: ID,
    #[graphql(flatten)]
    done: Done,
}

/// Queries for categories.
#[derive(Default)]
pub struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// The categories that are not merged, by name. Admins get all of them; others only those that a record is in which is not deleted.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only categories whose name contains this text, at most 100 characters, taken literally (no wildcards). It is compared as names are: case, spacing and the form of letters are ignored, in every script.",
            directive = Constraint::apply(Bound::AtMost(text::SEARCH_LENGTH))
        )]
        search: Option<String>,
        #[graphql(
            desc = "How many categories from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only categories after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many categories from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only categories before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Category, CategoryCount>>> {
        let mut problems = Problems::default();
        let filter = problems.read(Filter::parse(search, ctx.viewer()?.user.role));
        let page = problems.read(Page::parse(PageArgs { first, after, last, before }, BY_NAME));
        let (filter, page) = problems.finish(filter.zip(page))?;
        let (rows, count) = if context::selects(ctx, "totalCount") {
            let snapshot = ctx.db()?.snapshot().await?;
            (listing::page(&snapshot, &filter, &page).await?, Some(listing::count(&snapshot, &filter).await?))
        } else {
            (listing::page(ctx.db()?.read(), &filter, &page).await?, None)
        };
        Ok(Some(page.connection(rows, listing::position, Category, CategoryCount { filter, count })))
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
        Ok(Some(RenameCategoryPayload { category, done: Done::of(replayed) }))
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
        Ok(Some(MergeCategoriesPayload { category, merged_category_id, done: Done::of(replayed) }))
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
        Ok(Some(UnmergeCategoryPayload { category, done: Done::of(replayed) }))
    }

    /// Deletes a category that nothing needs; a record that names it afterwards makes a new one. `CONFLICT`, with `recordCount` and `deletedRecordCount`, while there are records in it, deleted ones too: merge it into another instead. `CONFLICT` also, with `mergedCount`, where other categories were merged into it. Saved formats of imports keep the name, and make a new category when a row of a file needs it.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn delete_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category.")] input: DeleteCategoryInput,
    ) -> Result<Option<DeleteCategoryPayload>> {
        let (once, (id, expected)) = replay::read(ctx, input, DeleteCategoryInput::parse)?;
        let rule = async |change: &mut Change| deletion::delete(change, id, expected).await.map(|gone| gone.id);
        let now = async |made: Vec<Uuid>| Ok(made.first().copied());
        let Outcome { answer, replayed } = replay::carry_out_with(ctx, once, rule, |id| vec![*id], now).await?;
        Ok(Some(DeleteCategoryPayload {
            deleted_category_id: id::encode(Kind::Category, answer),
            done: Done::of(replayed),
        }))
    }
}
