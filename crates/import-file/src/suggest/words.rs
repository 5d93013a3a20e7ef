//! Which columns have the currency, the category, the notes and the counterparty, by what stands in them and above them.

use super::{
    Suggestion,
    amounts::Clue,
    dates::is_day,
    table::{Table, is_called},
};
use crate::columns::position;

/// The currencies that most files are in.
const CODES: [&str; 34] = [
    "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF",
    "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "NGN", "NOK", "NZD", "PLN", "RON", "RUB", "SEK", "SGD", "TRY", "UAH",
    "USD", "ZAR",
];
const CATEGORY: [&str; 8] =
    ["category", "kategorie", "categorie", "categoría", "catégorie", "=class", "rubriek", "subcategory"];
const NOTES: [&str; 20] = [
    "description",
    "details",
    "verwendungszweck",
    "vwz",
    "omschrijving",
    "purpose",
    "memo",
    "narrative",
    "concepto",
    "=desc",
    "=notes",
    "mededeling",
    "libellé",
    "reference",
    "betreff",
    "=text",
    "descripción",
    "descrizione",
    "opis",
    "service area",
];
const COUNTERPARTY: [&str; 13] = [
    "supplier name",
    "beneficiary",
    "beguenstigter",
    "begünstigter",
    "payee",
    "counterparty",
    "naam tegenpartij",
    "auftraggeber",
    "merchant",
    "customer_description",
    "=customer",
    "=supplier",
    "empfänger",
];
/// From so many characters on, at the median, a cell without a header is a text.
const TEXT_LENGTH: usize = 8;

pub(super) fn suggest(table: &Table, suggestion: &mut Suggestion) {
    currency(table, suggestion);
    let names = |columns: Vec<usize>| columns.into_iter().map(|at| table.name(at)).collect::<Vec<_>>();
    let mut categories = table.called(&CATEGORY);
    categories.retain(|at| table.cells(*at).next().is_some());
    if categories.is_empty() {
        suggestion.ask(
            "category",
            "No column has categories. Name one for all rows, or say which column has them.",
            Vec::new(),
        );
    }
    suggestion.format.category_columns = names(categories);
    suggestion.format.counterparty_columns = names(table.called(&COUNTERPARTY));
    suggestion.format.notes_columns = names(if table.names.is_empty() { texts(table) } else { table.called(&NOTES) });
    left_out(table, suggestion);
}

fn currency(table: &Table, suggestion: &mut Suggestion) {
    let is_code = |cell: &str| CODES.iter().any(|code| code.eq_ignore_ascii_case(cell));
    let has_codes = |at: &usize| table.cells(*at).next().is_some() && table.cells(*at).all(is_code);
    let mut columns: Vec<_> = (0..table.width).filter(has_codes).collect();
    columns.sort_by_key(|at| is_called(&table.header(*at), &["converted", "orig", "oorspr"]));
    if let [first, rest @ ..] = &columns[..] {
        suggestion.format.currency_column = Some(table.name(*first));
        if !rest.is_empty() {
            let names = columns.iter().map(|at| table.name(*at)).collect();
            suggestion.ask(
                "currencyColumn",
                "More than one column has currencies. Say which one the amount is in.",
                names,
            );
        }
        return;
    }
    let format = &suggestion.format;
    let amount = format.amount_column.as_ref().or(format.income_column.as_ref());
    let at = amount.and_then(|name| position(&table.names, name));
    let header = at.and_then(|at| table.names.get(at)).map(String::as_str).unwrap_or_default();
    if header.split(|c: char| !c.is_alphanumeric()).any(|word| CODES.contains(&word)) {
        suggestion.format.currency_in_header = true;
        return;
    }
    let has = |sign: char| at.is_some_and(|at| table.cells(at).any(|cell| cell.contains(sign)));
    let signs =
        [('€', &["EUR"][..]), ('£', &["GBP"]), ('$', &["USD", "CAD", "AUD", "NZD", "MXN"]), ('¥', &["JPY", "CNY"])];
    let codes: Vec<_> = signs.iter().filter(|(sign, _)| has(*sign)).flat_map(|(_, codes)| *codes).collect();
    suggestion.format.currency = codes.first().map(|code| (**code).to_owned());
    let candidates = codes.into_iter().map(|code| (*code).to_owned()).collect();
    suggestion.ask("currency", "No column has the currency. Say which one the amounts are in.", candidates);
}

/// The columns of text in a file that does not name them.
fn texts(table: &Table) -> Vec<usize> {
    let is_text = |at: &usize| {
        let mut lengths: Vec<_> = table.cells(*at).map(|cell| cell.chars().count()).collect();
        lengths.sort_unstable();
        let is_long = lengths.get(lengths.len() / 2).is_some_and(|length| *length >= TEXT_LENGTH);
        is_long && !table.cells(*at).all(|cell| is_day(cell) || Clue::of(cell).is_some())
    };
    (0..table.width).filter(is_text).collect()
}

/// Asks about a row without a date behind all others: it may have totals.
fn left_out(table: &Table, suggestion: &mut Suggestion) {
    let Some(at) = suggestion.format.date_column.as_deref().and_then(|name| position(&table.names, name)) else {
        return;
    };
    let Some(last) = table.rows.last() else { return };
    if last.cells.get(at).is_none_or(|cell| !is_day(cell))
        && let Some(begin) = last.cells.iter().find(|cell| !cell.is_empty())
        && !suggestion.format.pending_values.contains(begin)
    {
        let message = "The last row has no date. Give the text that it begins with, if such rows are to be left out.";
        suggestion.ask("leaveOut", message, vec![begin.clone()]);
    }
}
