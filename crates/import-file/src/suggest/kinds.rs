//! Which way the money of a row went.

use super::{
    Suggestion,
    table::{Table, is_called},
};
use crate::{columns::position, format::KindRule, misfit::same_flag};

/// What stands in a column of flags where money came in, and where it went out.
const INCOME: [&str; 9] = ["credit", "cr", "c", "haben", "h", "bij", "deposit", "income", "+"];
const EXPENSE: [&str; 9] = ["debit", "dr", "d", "soll", "s", "af", "withdrawal", "expense", "-"];
/// Headers of files that list what was paid.
const PAID: [&str; 4] = ["supplier", "beneficiary", "expenditure", "vendor"];

pub(super) fn suggest(table: &Table, suggestion: &mut Suggestion) {
    let Some(amount) = suggestion.format.amount_column.as_deref() else { return };
    let Some(amount) = position(&table.names, amount) else { return };
    let is_below = |cell: &str| cell.starts_with(['-', '−', '(']) || cell.ends_with(['-', '−', ')']);
    let (has_minus, has_plus) =
        (table.cells(amount).any(is_below), table.cells(amount).any(|cell| cell.starts_with('+')));
    if !has_minus && let Some(flags) = Flags::find(table, amount) {
        flags.say(table, suggestion);
        return;
    }
    // Whoever writes a plus as well as a minus means the direction.
    if has_minus && has_plus {
        return;
    }
    let is_paid = table.names.iter().any(|name| is_called(&name.to_lowercase(), &PAID));
    let kinds = match (is_paid, has_minus) {
        (true, _) => [KindRule::Expense, KindRule::Sign, KindRule::InverseSign, KindRule::Income],
        (false, true) => [KindRule::Sign, KindRule::InverseSign, KindRule::Expense, KindRule::Income],
        (false, false) => [KindRule::Income, KindRule::Expense, KindRule::Sign, KindRule::InverseSign],
    };
    suggestion.format.kind = kinds[0];
    let message = if has_minus {
        "Say whether amounts below zero went out, came in, or are refunds."
    } else {
        "No amount is below zero. Say whether money came in or went out."
    };
    suggestion.ask("kind", message, kinds.map(|kind| kind.name().to_owned()).to_vec());
}

/// A column of flags.
struct Flags {
    at: usize,
    income: String,
    expense: String,
    is_certain: bool,
}

impl Flags {
    /// A column that has two values, whose meaning is known at best.
    fn find(table: &Table, amount: usize) -> Option<Self> {
        let all: Vec<_> = (0..table.width).filter(|at| *at != amount).filter_map(|at| Self::of(table, at)).collect();
        all.into_iter().max_by_key(|flags| flags.is_certain)
    }

    fn of(table: &Table, at: usize) -> Option<Self> {
        let rows = table.rows.iter().filter(|row| row.cells.len() == table.width);
        let mut values: Vec<_> = rows.map(|row| row.cells[at].clone()).collect();
        values.sort();
        values.dedup();
        let [one, other] = <[String; 2]>::try_from(values).ok()?;
        let knows = |words: &[&str], flag: &str| words.iter().any(|word| same_flag(word, flag));
        let (income, expense, is_certain) = match (knows(&INCOME, &one), knows(&EXPENSE, &other)) {
            (true, true) => (one, other, true),
            _ if knows(&INCOME, &other) && knows(&EXPENSE, &one) => (other, one, true),
            // Only one of them is marked.
            (true, false) if other.is_empty() => (one, other, false),
            (false, true) if one.is_empty() => (one, other, false),
            _ if one.is_empty() && knows(&INCOME, &other) => (other, one, false),
            _ if other.is_empty() && knows(&EXPENSE, &one) => (other, one, false),
            // In and out.
            _ if same_flag(&one, "i") && same_flag(&other, "o") => (one, other, false),
            _ => return None,
        };
        Some(Self { at, income, expense, is_certain })
    }

    fn say(self, table: &Table, suggestion: &mut Suggestion) {
        let Self { at, income, expense, is_certain } = self;
        let format = &mut suggestion.format;
        format.kind = KindRule::Flag;
        format.flag_column = Some(table.name(at));
        (format.income_flags, format.expense_flags) = (vec![income.clone()], vec![expense.clone()]);
        if !is_certain {
            let message = format!("Say which of {income:?} and {expense:?} means that money came in.");
            suggestion.ask("incomeFlags", message, vec![income, expense]);
        }
    }
}
