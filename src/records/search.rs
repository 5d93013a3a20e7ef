//! Searches: which text of a record is looked at, what the words of a search are, and what they are in SQL.
//!
//! `PostgreSQL` finds out by itself whether the index of texts or a walk along the list finds a page sooner. `SQLite` has no
//! idea, so its index is asked first how many records it would lead to.

use std::collections::BTreeSet;

use entity::record::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, Statement,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, SimpleExpr, UnionType},
};
use uuid::Uuid;

use super::input::RecordPatch;
use crate::{
    auth::Author,
    categories, db,
    error::{Error, Result},
    services::Services,
    text::fold,
};

/// What stands between the notes and the counterparty: folding leaves no line break, so no word goes across.
const BREAK: &str = "\n";
/// The most categories that a statement names by their ids; of more it is told how to find them.
const MOST_CATEGORIES: usize = 500;
/// The fewest letters or digits in a row that an index of texts finds.
const INDEXED: usize = 3;
/// The most records that are looked at one by one for a page. Of more, a walk along the list meets enough soon.
const FEW: u64 = 10_000;
/// What [`INDEX`] knows a record by.
const NUMBER: &str = "number";
/// `SQLite`'s index of texts.
const INDEX: &str = "record_texts";
/// The last row that is in it.
const THROUGH: &str = "SELECT through FROM record_texts_end";
/// How many rows are put into it by one transaction, which takes some hundredths of a second.
const BATCH: i64 = 1_000;

/// What a search looks at in a record with these notes and this counterparty.
pub(super) fn text(notes: &str, counterparty: Option<&str>) -> String {
    [&fold(notes), BREAK, &fold(counterparty.unwrap_or_default())].concat()
}

/// The same of records that get what `patch` says, whatever they have besides; `None` where it says nothing of it.
pub(super) fn changed_text(backend: DbBackend, patch: &RecordPatch) -> Option<SimpleExpr> {
    let column = || Expr::col(Column::SearchText);
    let place = || db::place_of(backend, column(), BREAK);
    let cut = |from: SimpleExpr, length: Option<SimpleExpr>| {
        let arguments = [column(), from].into_iter().chain(length);
        SimpleExpr::from(Func::cust("SUBSTR").args(arguments))
    };
    let new = |text: String| Expr::val(text).cast_as("text");
    match (&patch.notes, &patch.counterparty) {
        (Some(notes), Some(name)) => Some(new(text(notes, Some(name)))),
        (Some(notes), None) => Some(db::joined(new(fold(notes)), cut(place(), None))),
        (None, Some(name)) => Some(db::joined(cut(Expr::val(1), Some(place())), new(fold(name)))),
        (None, None) => None,
    }
}

/// The words of a search, folded, the longest first. One that is part of another is left out: where that is, it is too.
pub(super) fn words(search: &str) -> Vec<String> {
    let folded = fold(search);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if !kept.iter().any(|other| other.contains(word)) {
            kept.push(word.to_owned());
        }
    }
    kept
}

/// Whether an index of texts finds what holds `word`. PostgreSQL's knows letters and digits alone.
fn is_indexed_word(word: &str) -> bool {
    word.split(|c: char| !c.is_alphanumeric()).any(|run| run.chars().nth(INDEXED - 1).is_some())
}

/// Whether an index answers a search for this text, which may be anything.
pub(crate) fn is_indexed(search: &str) -> bool {
    words(search).iter().any(|word| is_indexed_word(word))
}

/// What of the records that are found is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The first ones in a list's order.
    Page,
    /// All of them.
    All,
}

/// Puts the records behind its end into `SQLite`'s index, if they are `least` or more, up to a number; whether there may be
/// more. One by one, as they are entered, they would cost five times as much. Until then a search looks at each of them.
pub async fn index_more(services: &Services, least: i64) -> Result<bool> {
    if services.db.backend() != DbBackend::Sqlite {
        return Ok(false);
    }
    let Some(behind) = find_behind(services.db.read(), least).await? else { return Ok(false) };
    let change = services.change(Author::default()).await?;
    // As it is now that nobody else writes.
    let db = change.db();
    db.execute_unprepared(&format!(
        "INSERT INTO {INDEX}(rowid, search_text) SELECT number, search_text FROM records \
         WHERE number > ({THROUGH}) AND number <= {behind}"
    ))
    .await?;
    db.execute_unprepared(&format!("UPDATE record_texts_end SET through = MAX(through, {behind})")).await?;
    change.commit().await?;
    Ok(true)
}

/// The number of the last record to be put in next.
async fn find_behind(db: &impl ConnectionTrait, least: i64) -> Result<Option<i64>> {
    let behind = format!(
        "SELECT COUNT(*) AS count, MAX(number) AS last FROM \
         (SELECT number FROM records WHERE number > ({THROUGH}) ORDER BY number LIMIT {BATCH})"
    );
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, behind)).await?;
    let row = row.ok_or_else(|| Error::internal("a count without its row"))?;
    let count: i64 = row.try_get("", "count")?;
    Ok(if count > 0 && count >= least { row.try_get("", "last")? } else { None })
}

/// A search: records in which each of its words is somewhere.
#[derive(Clone, Debug)]
pub struct Search {
    words: Vec<Word>,
    /// Whether an index of texts can answer it.
    is_indexed: bool,
    rows: Rows,
}

/// What `SQLite` is told of where to look.
#[derive(Clone, Debug)]
enum Rows {
    /// Nothing.
    All,
    /// At these numbers, a list in JSON.
    Few(String),
    /// In the index, where all of them are wanted; a page is found sooner along the list.
    Many,
}

#[derive(Clone, Debug)]
struct Word {
    text: String,
    /// Records in these are found whatever is in them: the word is in the category's name.
    categories: Vec<Uuid>,
}

impl Search {
    /// A search for at least one word.
    pub(super) async fn look_up(db: &impl ConnectionTrait, words: Vec<String>) -> Result<Self> {
        let named = categories::named_like(db, &words).await?;
        let word = |text: String| {
            let categories = named.iter().filter(|(_, name)| name.contains(&text)).map(|(id, _)| *id).collect();
            Word { text, categories }
        };
        let is_indexed = words.iter().any(|word| is_indexed_word(word));
        let mut search = Self { words: words.into_iter().map(word).collect(), is_indexed, rows: Rows::All };
        if db.get_database_backend() == DbBackend::Sqlite
            && let Some(found) = search.found_by_index()
        {
            search.rows = Rows::ask(db, found).await?;
        }
        Ok(search)
    }

    /// What a record that is found meets, each of these.
    pub(super) fn conditions(&self, backend: DbBackend) -> impl Iterator<Item = SimpleExpr> {
        self.words.iter().map(move |word| word.condition(backend))
    }

    /// Whether an index leads to what is found, also where only a page of it is wanted.
    pub(super) fn leads(&self, backend: DbBackend) -> bool {
        match self.rows {
            Rows::Few(_) => true,
            Rows::All | Rows::Many => backend == DbBackend::Postgres && self.is_indexed,
        }
    }

    /// `others`, where `SQLite` is told in which rows to look.
    pub(super) fn narrow(&self, others: Condition, extent: Extent) -> Condition {
        match (&self.rows, extent) {
            (Rows::Few(numbers), _) => {
                let is_one = Expr::cust_with_values(
                    format!("\"records\".\"{NUMBER}\" IN (SELECT value FROM json_each(?))"),
                    [numbers.as_str()],
                );
                // The plus sign keeps SQLite from another index, by which it might look at far more.
                Condition::all().add(is_one).add(Expr::cust_with_expr("+(?)", others))
            }
            (Rows::Many, Extent::All) => match self.found_by_index() {
                Some(found) => others.add(Expr::col((Entity, NUMBER)).in_subquery(found)),
                None => others,
            },
            (Rows::Many, Extent::Page) | (Rows::All, _) => others,
        }
    }

    /// Selects the numbers of the records that `SQLite`'s index leads to, and of those in categories with a word in their
    /// names: of all that are found, and of others. `None` where no word is in the index.
    fn found_by_index(&self) -> Option<SelectStatement> {
        let indexed = self.words.iter().filter(|word| is_indexed_word(&word.text));
        let (only_texts, others): (Vec<_>, Vec<_>) = indexed.partition(|word| word.categories.is_empty());
        if !only_texts.is_empty() {
            return Some(with_trigrams_of(&only_texts));
        }
        let word = *others.first()?;
        let mut in_categories = Query::select();
        in_categories
            .column(NUMBER)
            .from(Entity)
            .and_where(Column::CategoryId.in_subquery(categories::ids_named_like(DbBackend::Sqlite, &word.text)));
        Some(with_trigrams_of(&[word]).union(UnionType::All, in_categories).take())
    }
}

/// Selects the numbers of texts that have all trigrams of these words, in whatever order.
fn with_trigrams_of(words: &[&Word]) -> SelectStatement {
    let mut trigrams = BTreeSet::new();
    for word in words {
        let characters: Vec<char> = word.text.chars().collect();
        let quoted = |trigram: &[char]| format!("\"{}\"", String::from_iter(trigram).replace('"', "\"\""));
        trigrams.extend(characters.windows(3).map(quoted));
    }
    // Those that are not in the index yet.
    let mut behind = Query::select();
    behind.column(NUMBER).from(Entity).and_where(Expr::cust(format!("number > ({THROUGH})")));
    for word in words {
        behind.and_where(db::holds(DbBackend::Sqlite, Column::SearchText, &word.text));
    }
    let mut found = Query::select();
    found
        .expr_as(Expr::col("rowid"), NUMBER)
        .from(INDEX)
        .union(UnionType::All, behind)
        .and_where(Expr::cust_with_values(format!("{INDEX} MATCH ?"), [Vec::from_iter(trigrams).join(" ")]));
    found
}

impl Rows {
    /// Asks the index how many records `found` selects, and which ones where they are few.
    async fn ask(db: &impl ConnectionTrait, mut found: SelectStatement) -> Result<Self> {
        let mut first = Query::select();
        first.column(NUMBER).from_subquery(found.take(), "found").limit(FEW + 1);
        let mut asked = Query::select();
        asked
            .expr_as(Expr::cust("json_group_array(number)"), "numbers")
            .expr_as(Expr::cust("COUNT(*)"), "count")
            .from_subquery(first, "first");
        let row = db.query_one(&asked).await?.ok_or_else(|| Error::internal("a count without its row"))?;
        let count: i64 = row.try_get("", "count")?;
        Ok(if u64::try_from(count).is_ok_and(|count| count <= FEW) {
            Self::Few(row.try_get("", "numbers")?)
        } else {
            Self::Many
        })
    }
}

impl Word {
    fn condition(&self, backend: DbBackend) -> SimpleExpr {
        let is_in_text = db::holds(backend, Column::SearchText, &self.text);
        match self.in_categories(backend) {
            Some(is_in_category) => Condition::any().add(is_in_text).add(is_in_category).into(),
            None => is_in_text,
        }
    }

    fn in_categories(&self, backend: DbBackend) -> Option<SimpleExpr> {
        let ids = || categories::ids_named_like(backend, &self.text);
        match self.categories.len() {
            0 => None,
            // SQLite bounds how many values a statement has.
            _ if backend == DbBackend::Sqlite => Some(Column::CategoryId.in_subquery(ids())),
            1..=MOST_CATEGORIES => Some(db::any_of(backend, Column::CategoryId, self.categories.clone())),
            _ => Some(db::any_selected(backend, Column::CategoryId, ids())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_of_folded_words_of_which_none_is_part_of_another() {
        for (search, expected) in [
            ("  Café\u{301} RENT ", &["café\u{301}", "rent"][..]),
            ("a ab\tcab b", &["cab"]),
            ("rent Rent RENT", &["rent"]),
            ("Straße", &["strasse"]),
            ("\u{200B} \u{AD}", &[]),
            ("漢字 字", &["漢字"]),
        ] {
            assert_eq!(words(search), expected, "{search:?}");
        }
    }

    #[test]
    fn an_index_finds_words_of_three_letters_or_digits_in_a_row() {
        for search in ["rent", "РАЗ", "ab-cde", "a 100%", "テスト", "ﷺ", "ßß"] {
            assert!(is_indexed(search), "{search}");
        }
        for search in ["", "ab", "ab-cd", "%%%%", "a b c d", "漢字", "\u{200B}ab\u{200B}"] {
            assert!(!is_indexed(search), "{search}");
        }
    }

    #[test]
    fn notes_and_counterparty_are_apart() {
        assert_eq!(text("two\nLines", Some("ACME  Ltd")), "two lines\nacme ltd");
        assert_eq!(text("", None), "\n");
    }
}
