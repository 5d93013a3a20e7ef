//! The books as a plain list, and every figure of the dashboard as a plain fold over it: no totals, no SQL.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use entity::{RecordKind, category, record};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tallybook::{
    id::{self, Kind},
    text,
};
use uuid::Uuid;

use crate::harness::{Client, TestApp};

/// A record, with the category that it is shown in.
pub struct Entry {
    pub id: Uuid,
    pub kind: RecordKind,
    pub minor: i64,
    pub currency: String,
    pub category: category::Model,
    /// The keys of the names that mean this category.
    pub names: Vec<String>,
    pub date: NaiveDate,
    pub notes: String,
    pub counterparty: Option<String>,
    pub created_by: Uuid,
    pub created_at: DateTime<Utc>,
    pub is_deleted: bool,
}

/// Every record.
pub struct Books(pub Vec<Entry>);

impl Books {
    /// Reads all of it.
    pub async fn read(app: &TestApp) -> Self {
        let categories = category::Entity::find().all(app.db().read()).await.expect("all categories");
        let records = record::Entity::find().all(app.db().read()).await.expect("all records");
        let entry = |record: record::Model| {
            let category = shown(&categories, record.category_id);
            Entry {
                id: record.id,
                kind: record.kind,
                minor: record.amount_minor,
                currency: record.currency,
                names: names(&categories, category.id),
                category,
                date: record.date,
                notes: record.notes,
                counterparty: record.counterparty,
                created_by: record.created_by,
                created_at: record.created_at,
                is_deleted: record.deleted_at.is_some(),
            }
        };
        Self(records.into_iter().map(entry).collect())
    }
}

fn shown(categories: &[category::Model], id: Uuid) -> category::Model {
    let own = categories.iter().find(|category| category.id == id).expect("a category");
    own.merged_into.map_or_else(|| own.clone(), |root| shown(categories, root))
}

/// The keys of the names that mean the category `id`: its own, and those of categories merged into it that neither a
/// category that is not merged has, nor one that was merged later.
fn names(categories: &[category::Model], id: Uuid) -> Vec<String> {
    let means = |key: &String| {
        let mut called: Vec<_> = categories.iter().filter(|category| category.name_key == *key).collect();
        called.sort_by_key(|category| (category.merged_into.is_none(), category.merged_by));
        called.last().is_some_and(|category| category.merged_into.unwrap_or(category.id) == id)
    };
    categories.iter().map(|category| category.name_key.clone()).filter(means).collect()
}

/// Whether a filter with these fields, as clients write it, means `entry`, deleted or not; dates are left out.
pub fn is_meant(entry: &Entry, filter: &Value) -> bool {
    let kind = match entry.kind {
        RecordKind::Income => "INCOME",
        RecordKind::Expense => "EXPENSE",
    };
    let named =
        |names: &Vec<Value>| names.iter().any(|name| entry.names.contains(&text::fold(name.as_str().expect("a name"))));
    filter["kind"].as_str().is_none_or(|only| only == kind)
        && filter["currency"].as_str().is_none_or(|only| only == entry.currency)
        && filter["categories"].as_array().is_none_or(named)
}

/// The day in the field `name` of a filter.
pub fn day(filter: &Value, name: &str) -> Option<NaiveDate> {
    filter[name].as_str().map(|text| text.parse().expect("a day"))
}

const SUMS: &str = "income { minorUnits } expenses { minorUnits } net { minorUnits } recordCount";

/// Income, expenses, net and count of some entries, as a summary shows them.
pub fn sums<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Value {
    let (mut income, mut expenses, mut count) = (0_i128, 0_i128, 0);
    for entry in entries {
        match entry.kind {
            RecordKind::Income => income += i128::from(entry.minor),
            RecordKind::Expense => expenses += i128::from(entry.minor),
        }
        count += 1;
    }
    let money = |minor: i128| json!({ "minorUnits": minor.to_string() });
    json!({ "income": money(income), "expenses": money(expenses), "net": money(income - expenses), "recordCount": count })
}

/// Compares every field of the dashboard of `filter` with the fold over `books`.
pub async fn assert_dashboard_matches(client: &Client, books: &Books, filter: Value) {
    let intervals: Vec<_> = ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]
        .map(|interval| format!("{interval}: trends(interval: {interval}) {{ from to {SUMS} }}"))
        .into();
    let category = format!("{{ category {{ name }} share {SUMS} }}");
    let selection = format!(
        "summary {{ {SUMS} }} previous {{ from to {SUMS} }} \
         yearBefore: previous(compareWith: PREVIOUS_YEAR) {{ from to {SUMS} }} categories {category} income: categories(kind: INCOME) {category} \
         first: categories(first: 1) {category} others: otherCategories {{ share {SUMS} }} \
         othersOfIncome: otherCategories(kind: INCOME, first: 2) {{ share {SUMS} }} recent(first: 7) {{ id }} {}",
        intervals.join(" ")
    );
    let found = client.dashboard(filter.clone(), &selection).await;
    let mut of_currency = filter.clone();
    if of_currency["currency"].is_null() {
        of_currency["currency"] = json!("USD");
    }
    let meant: Vec<_> = books.0.iter().filter(|entry| !entry.is_deleted && is_meant(entry, &of_currency)).collect();
    let expected = dashboard(&meant, day(&filter, "from"), day(&filter, "to"));
    for (field, value) in expected.as_object().expect("an object") {
        assert_eq!(found[field], *value, "{field} of {filter}");
    }
}

fn dashboard(meant: &[&Entry], from: Option<NaiveDate>, to: Option<NaiveDate>) -> Value {
    let within = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
        let inside =
            move |entry: &&&Entry| from.is_none_or(|from| entry.date >= from) && to.is_none_or(|to| entry.date <= to);
        meant.iter().filter(inside).copied().collect::<Vec<_>>()
    };
    let mut entries = within(from, to);
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.date, entry.id)));
    let compared = |days: Option<(NaiveDate, NaiveDate)>| {
        days.map(|(from, to)| {
            let mut compared = sums(within(Some(from), Some(to)));
            compared["from"] = json!(from.to_string());
            compared["to"] = json!(to.to_string());
            compared
        })
    };
    let range = from.zip(to);
    let income: Vec<_> = entries.iter().filter(|entry| entry.kind == RecordKind::Income).copied().collect();
    let (categories, others) = by_category(&entries, 20);
    let mut expected = json!({
        "summary": sums(entries.iter().copied()),
        "previous": compared(range.map(|(from, to)| period_before(from, to))),
        "yearBefore": compared(range.map(|(from, to)| year_before(from, to))),
        "first": by_category(&entries, 1).0,
        "categories": categories,
        "others": others,
        "income": by_category(&income, 20).0,
        "othersOfIncome": by_category(&income, 2).1,
        "recent": entries.iter().take(7).map(|entry| json!({ "id": id::encode(Kind::Record, entry.id) })).collect::<Vec<_>>(),
    });
    for interval in ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"] {
        expected[interval] = trend(&entries, from, to, interval);
    }
    expected
}

fn is_last_of_month(day: NaiveDate) -> bool {
    (day + Days::new(1)).day() == 1
}

/// Goes back day by day: until as many months have begun, where they are whole, and for as many days otherwise.
fn period_before(from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
    let days = from.iter_days().take_while(|day| *day <= to);
    let months = days.clone().filter(|day| is_last_of_month(*day)).count();
    let earlier = std::iter::successors(from.pred_opt(), NaiveDate::pred_opt);
    let first = if from.day() == 1 && is_last_of_month(to) {
        earlier.filter(|day| day.day() == 1).nth(months - 1)
    } else {
        earlier.take(days.count()).last()
    };
    (first.expect("a day"), from - Days::new(1))
}

/// The same day a year before, or the last of that month where it has none, or where whole months are compared.
fn year_before(from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
    let is_whole = from.day() == 1 && is_last_of_month(to);
    let same = |day: NaiveDate, is_end: bool| {
        let days = NaiveDate::from_ymd_opt(day.year() - 1, day.month(), 1).expect("a day").iter_days();
        let month: Vec<_> = days.take_while(|other| other.month() == day.month()).collect();
        *month.iter().rfind(|other| is_end || other.day() <= day.day()).expect("a day")
    };
    (same(from, false), same(to, is_whole))
}

/// The `first` categories, and what the others come to.
fn by_category(entries: &[&Entry], first: usize) -> (Vec<Value>, Value) {
    let mut groups: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        groups.entry(&entry.category.name_key).or_default().push(entry);
    }
    let turnover = |entries: &[&Entry]| entries.iter().map(|entry| i128::from(entry.minor)).sum::<i128>();
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(turnover(group)));
    let others = groups.split_off(first.min(groups.len())).concat();
    groups.push(others);
    // Ten thousand parts, one by one to whoever is furthest from their due.
    let due: Vec<_> = groups.iter().map(|group| turnover(group).max(0) * 10_000).collect();
    let all = due.iter().sum::<i128>() / 10_000;
    let mut parts: Vec<_> = due.iter().map(|due| due / all.max(1)).collect();
    let mut unserved: Vec<_> = (0..parts.len()).collect();
    while parts.iter().sum::<i128>() < 10_000 && all > 0 {
        let next = unserved.iter().copied().rev().max_by_key(|at| due[*at] - parts[*at] * all).expect("one");
        parts[next] += 1;
        unserved.retain(|at| *at != next);
    }
    let total = |(group, part): (&Vec<&Entry>, i128)| {
        let mut total = sums(group.iter().copied());
        total["share"] = json!(format!("{}.{:04}", part / 10_000, part % 10_000));
        total
    };
    let mut totals: Vec<_> = groups.iter().zip(parts).map(total).collect();
    let others = totals.pop().filter(|others| others["recordCount"] != 0).unwrap_or(Value::Null);
    for (total, group) in totals.iter_mut().zip(&groups) {
        total["category"] = json!({ "name": group[0].category.name });
    }
    (totals, others)
}

/// Goes from day to day and begins a new point wherever the calendar does.
fn trend(entries: &[&Entry], from: Option<NaiveDate>, to: Option<NaiveDate>, interval: &str) -> Value {
    let period = |day: NaiveDate| match interval {
        "DAY" => (day.year(), day.ordinal()),
        "WEEK" => (day.iso_week().year(), day.iso_week().week()),
        "MONTH" => (day.year(), day.month()),
        "QUARTER" => (day.year(), day.month0() / 3),
        _ => (day.year(), 0),
    };
    let days = entries.iter().map(|entry| entry.date);
    let widen = |day: NaiveDate, step: fn(NaiveDate) -> NaiveDate| {
        std::iter::successors(Some(day), |day| Some(step(*day)))
            .take_while(|other| period(*other) == period(day))
            .last()
    };
    let from = from.or_else(|| widen(days.clone().min()?, |day| day - Days::new(1)));
    let to = to.or_else(|| widen(days.max()?, |day| day + Days::new(1)));
    let Some((from, to)) = from.zip(to) else { return json!([]) };
    let mut points: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        match points.last_mut() {
            Some((first, last)) if period(*first) == period(day) => *last = day,
            _ => points.push((day, day)),
        }
    }
    let point = |(first, last): (NaiveDate, NaiveDate)| {
        let mut point = sums(entries.iter().copied().filter(|entry| (first..=last).contains(&entry.date)));
        point["from"] = json!(first.to_string());
        point["to"] = json!(last.to_string());
        point
    };
    points.into_iter().map(point).collect()
}
