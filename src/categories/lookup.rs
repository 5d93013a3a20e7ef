//! Categories by their names, and by the ids that records have: from memory where they were looked up a moment ago.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use entity::category::{self, Column, Entity};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    sea_query::{Expr, ExprTrait, JoinType, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    name::CategoryName,
    store::{self, shown_id},
};
use crate::{
    db,
    error::{Error, Result},
    services::{Meant, Services},
};

/// What `name` means, if that is remembered.
pub(super) fn remembered(services: &Services, name: &CategoryName) -> Option<Arc<Meant>> {
    services.categories.meant.get(&name.key, services.clock.now())
}

/// The categories that `names` mean, each once; a name that no category has means none.
pub(crate) async fn meant(services: &Services, names: &[CategoryName]) -> Result<Vec<Arc<Meant>>> {
    let epoch = services.categories.meant.epoch();
    let (mut found, mut unknown) = (Vec::with_capacity(names.len()), Vec::new());
    for name in names {
        match remembered(services, name) {
            Some(meant) => found.push(meant),
            None => unknown.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        let looked_up = find_meant(services.db.read(), &unknown).await?;
        let looked_up: Vec<_> = looked_up.into_iter().map(|(key, meant)| (key, Arc::new(meant))).collect();
        found.extend(looked_up.iter().map(|(_, meant)| meant.clone()));
        services.categories.meant.keep(epoch, looked_up, services.clock.now());
    }
    let mut ids = HashSet::new();
    found.retain(|meant| ids.insert(meant.category.id));
    Ok(found)
}

/// The categories that `ids` mean, each once; an id that no category has means none.
pub(crate) async fn meant_by_ids(services: &Services, ids: Vec<Uuid>) -> Result<Vec<Arc<Meant>>> {
    let db = services.db.read();
    let mut roots = BTreeMap::new();
    for (_, category) in store::find_shown(db, ids).await? {
        roots.insert(category.id, Meant { ids: vec![category.id], category });
    }
    let merged = db::any_of(services.db.backend(), Column::MergedInto, roots.keys().copied().collect());
    for member in Entity::find().filter(merged).all(db).await? {
        if let Some(meant) = member.merged_into.and_then(|root| roots.get_mut(&root)) {
            meant.ids.push(member.id);
        }
    }
    Ok(roots.into_values().map(Arc::new).collect())
}

/// What the names mean in the database, by their keys.
pub(super) async fn find_meant(db: &impl ConnectionTrait, names: &[CategoryName]) -> Result<Vec<(String, Meant)>> {
    let mut found: BTreeMap<String, (Option<category::Model>, Vec<Uuid>)> = BTreeMap::new();
    for row in db.query_all(&members(db, names)).await? {
        let (root, ids) = found.entry(row.try_get("", "key")?).or_default();
        let member = category::Model::from_query_result(&row, "")?;
        ids.push(member.id);
        if member.merged_into.is_none() {
            *root = Some(member);
        }
    }
    let found = found.into_iter().map(|(key, (root, ids))| {
        let category = root.ok_or_else(|| Error::internal("a category is merged into one that is not there"))?;
        Ok((key, Meant { category, ids }))
    });
    found.collect()
}

/// For the key of each name, the category that it means, and all that were merged into that. A name means the category
/// that has it, or else the target of the one that had it and was merged last.
///
/// ```sql
/// SELECT meant.key, member.* FROM (SELECT name_key AS key, COALESCE(merged_into, id) AS root …) AS meant
/// JOIN categories AS member ON member.id = meant.root OR member.merged_into = meant.root
/// ```
fn members(db: &impl ConnectionTrait, names: &[CategoryName]) -> SelectStatement {
    let other = |column: Column| Expr::col(("other", column));
    let own = |column: Column| Expr::col((Entity, column));
    let mut nearer = Query::select();
    nearer
        .expr(Expr::cust("1"))
        .from_as(Entity, "other")
        .and_where(other(Column::NameKey).eq(own(Column::NameKey)))
        .cond_where(
            Condition::any()
                .add(other(Column::MergedInto).is_null())
                .add(other(Column::MergedBy).gt(own(Column::MergedBy))),
        );
    let keys = names.iter().map(|name| name.key.clone()).collect();
    let mut meant = Query::select();
    meant
        .expr_as(own(Column::NameKey), "key")
        .expr_as(shown_id(Entity), "root")
        .from(Entity)
        .and_where(db::any_of(db.get_database_backend(), Column::NameKey, keys))
        .cond_where(Condition::any().add(own(Column::MergedInto).is_null()).add(Expr::not_exists(nearer)));
    let member = |column: Column| Expr::col(("member", column));
    let root = || Expr::col(("meant", "root"));
    let mut members = Query::select();
    members.column(("meant", "key")).expr(Expr::cust("member.*")).from_subquery(meant, "meant").join_as(
        JoinType::InnerJoin,
        Entity,
        "member",
        Condition::any().add(member(Column::Id).eq(root())).add(member(Column::MergedInto).eq(root())),
    );
    members
}

/// The ids that records have which are shown in a category whose name holds one of `words`, each with that name, folded.
pub(crate) async fn named_like(db: &impl ConnectionTrait, words: &[String]) -> Result<Vec<(Uuid, String)>> {
    let mut ids = shown_as_named(db.get_database_backend(), words);
    ids.expr_as(Expr::col(("root", Column::NameKey)), "name_key");
    let rows = db.query_all(&ids).await?;
    let rows = rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "name_key")?)));
    rows.collect()
}

/// Selects those ids for one word.
pub(crate) fn ids_named_like(backend: DbBackend, word: &str) -> SelectStatement {
    shown_as_named(backend, &[word])
}

/// ```sql
/// SELECT named.id FROM categories AS named JOIN categories AS root ON root.id = COALESCE(named.merged_into, named.id)
/// WHERE INSTR(root.name_key, ?) > 0 OR …
/// ```
fn shown_as_named<T: AsRef<str>>(backend: DbBackend, words: &[T]) -> SelectStatement {
    let is_named = words.iter().fold(Condition::any(), |any, word| {
        any.add(db::place_of(backend, Expr::col(("root", Column::NameKey)), word.as_ref()).gt(0))
    });
    let mut ids = Query::select();
    ids.column(("named", Column::Id))
        .from_as(Entity, "named")
        .join_as(JoinType::InnerJoin, Entity, "root", Expr::col(("root", Column::Id)).eq(shown_id("named")))
        .cond_where(is_named);
    ids
}

/// What records with these category ids are shown in.
pub(crate) async fn shown(
    services: &Services,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, category::Model>> {
    let (memory, now) = (&services.categories.shown, services.clock.now());
    let epoch = memory.epoch();
    let (mut found, mut unknown) = (HashMap::new(), HashSet::new());
    for id in ids {
        if found.contains_key(&id) || unknown.contains(&id) {
            continue;
        }
        match memory.get(&id, now) {
            Some(category) => _ = found.insert(id, category),
            None => _ = unknown.insert(id),
        }
    }
    if !unknown.is_empty() {
        let looked_up = store::find_shown(services.db.read(), unknown.into_iter().collect()).await?;
        memory.keep(epoch, looked_up.iter().cloned(), now);
        found.extend(looked_up);
    }
    Ok(found)
}
