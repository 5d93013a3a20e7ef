//! How the bytes of a file are rows: encoding, separator, quotes, and the line that names the columns.

use super::{LOOKED_AT, Suggestion, amounts::Clue, dates};
use crate::{
    columns::called,
    decode::{Fault, Text},
    format::{Encoding, Separator},
    split::{Raw, Rows},
};

/// So many rows are looked at.
const ROWS: usize = 1_000;
/// Two separators fit about as well if the rows of one are this much wider, at the most.
const ABOUT: usize = 2;

/// The rows that a file begins with.
#[derive(Default)]
pub(super) struct Table {
    /// What the columns are called; empty where no line names them.
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<Raw>,
    pub(super) width: usize,
}

impl Table {
    pub(super) fn find(first: &[u8], suggestion: &mut Suggestion) -> Result<Self, Fault> {
        let sample = Sample::of(first);
        let encoding = encoding(sample, suggestion);
        suggestion.format.encoding = encoding;
        let mut rows = separate(sample, encoding, suggestion)?;
        let width = usual_width(&rows).0;
        let at = rows.iter().position(|row| row.cells.len() == width).unwrap_or_default();
        let mut rows = rows.split_off(at);
        let Some(top) = rows.first() else {
            return Err(Fault::whole("There is nothing in this file that could be rows."));
        };
        let is_header = !is_data(top);
        let line = if is_header { top.line } else { top.line - 1 };
        suggestion.format.header_line = i32::try_from(line).unwrap_or_default();
        let names = if is_header { rows.remove(0).cells } else { Vec::new() };
        let has_data = rows.iter().any(|row| row.cells.len() == width && is_data(row));
        if !has_data || (!is_header && line > 0) {
            let message = "Say which line names the columns; 0 if none does.";
            suggestion.ask("headerLine", message, vec![line.to_string(), "0".to_owned()]);
        }
        Ok(Self { names, rows, width })
    }

    /// What stands in a column where there is something, with rows that have another width left out.
    pub(super) fn cells(&self, at: usize) -> impl Iterator<Item = &str> + Clone {
        let usual = self.rows.iter().filter(|row| row.cells.len() == self.width);
        usual.filter_map(move |row| row.cells.get(at)).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// How a format names a column.
    pub(super) fn name(&self, at: usize) -> String {
        let name = called(&self.names, at);
        let same = |at: usize| self.names.get(at).is_some_and(|other| *other == name);
        let before = (0..at).filter(|at| same(*at)).count();
        let is_alone = before == 0 && !(at + 1..self.names.len()).any(same);
        if is_alone { name } else { format!("{name}#{}", before + 1) }
    }

    /// The header of a column, in small letters.
    pub(super) fn header(&self, at: usize) -> String {
        self.names.get(at).map(|name| name.to_lowercase()).unwrap_or_default()
    }

    /// The columns whose header contains one of `words`.
    pub(super) fn called(&self, words: &[&str]) -> Vec<usize> {
        (0..self.names.len()).filter(|at| is_called(&self.header(*at), words)).collect()
    }
}

/// Whether a header in small letters contains one of `words`; `=word` is the whole header.
pub(super) fn is_called(header: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.strip_prefix('=').map_or_else(|| header.contains(word), |whole| header == whole))
}

/// What is looked at.
#[derive(Clone, Copy)]
struct Sample<'a> {
    /// Whole lines.
    bytes: &'a [u8],
    /// Whether the file goes on behind them, maybe within a row.
    is_cut: bool,
}

impl<'a> Sample<'a> {
    fn of(first: &'a [u8]) -> Self {
        let Some(cut) = first.get(..LOOKED_AT) else { return Self { bytes: first, is_cut: false } };
        let last = cut.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
        Self { bytes: last.map_or(cut, |last| &cut[..=last]), is_cut: true }
    }
}

fn encoding(sample: Sample, suggestion: &mut Suggestion) -> Encoding {
    if std::str::from_utf8(sample.bytes).is_ok() {
        return Encoding::Utf8;
    }
    let all = [Encoding::Windows1252, Encoding::Iso885915, Encoding::Windows1250];
    let fits = |encoding: &Encoding| rows(sample, *encoding, Separator::Comma, false).is_ok();
    let fitting: Vec<_> = all.into_iter().filter(fits).collect();
    let names = fitting.iter().map(|encoding| encoding.name().to_owned()).collect();
    let best = fitting.first().copied().unwrap_or(Encoding::Windows1252);
    suggestion.ask("encoding", "This is not UTF-8. Say in which encoding its letters look right.", names);
    best
}

fn rows(sample: Sample, encoding: Encoding, separator: Separator, quotes: bool) -> Result<Vec<Raw>, Fault> {
    let mut rows = Rows::new(Text::new(sample.bytes, encoding), separator.sign(), quotes);
    let mut found = Vec::new();
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(_) if sample.is_cut && rows.is_ended() && !found.is_empty() => break,
            Err(fault) => return Err(fault),
        };
        if !row.is_blank() {
            found.push(row);
        }
        if found.len() == ROWS {
            break;
        }
    }
    Ok(found)
}

/// The width that most rows have, the wider one where two are as frequent, and how many have it.
fn usual_width(rows: &[Raw]) -> (usize, usize) {
    let mut widths: Vec<_> = rows.iter().map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    let groups = widths.chunk_by(|one, next| one == next).map(|group| (group[0], group.len()));
    groups.max_by_key(|(width, count)| (*count, *width)).unwrap_or_default()
}

/// What a file is when it is split in one way.
struct Split {
    separator: Separator,
    quotes: bool,
    rows: Vec<Raw>,
    /// Whether most rows are equally wide, and one of them has a day or an amount: then how many in a hundred are.
    fit: (bool, usize),
    width: usize,
}

impl Split {
    fn new(sample: Sample, encoding: Encoding, separator: Separator) -> Result<Self, Fault> {
        let as_quoted = rows(sample, encoding, separator, true);
        let quotes = as_quoted.is_ok();
        let rows = as_quoted.or_else(|_| rows(sample, encoding, separator, false))?;
        let (width, count) = usual_width(&rows);
        let share = count * 100 / rows.len().max(1);
        let has_data = share >= 50 && rows.iter().any(|row| row.cells.len() == width && is_data(row));
        Ok(Self { separator, quotes, rows, fit: (has_data, share), width })
    }

    /// Whether `other` may be right as well.
    fn is_close_to(&self, other: &Self) -> bool {
        self.fit.0 == other.fit.0 && other.fit.1 * 10 >= self.fit.1 * 9 && other.width * ABOUT >= self.width
    }
}

/// The rows of a file, by the separator that makes the most of them equally wide.
fn separate(sample: Sample, encoding: Encoding, suggestion: &mut Suggestion) -> Result<Vec<Raw>, Fault> {
    let all = [Separator::Comma, Separator::Semicolon, Separator::Tab, Separator::Pipe];
    let splits = all.into_iter().map(|separator| Split::new(sample, encoding, separator));
    let mut fitting: Vec<_> = splits.collect::<Result<_, _>>()?;
    fitting.retain(|split| split.width > 1);
    fitting.sort_by_key(|split| std::cmp::Reverse((split.fit, split.width)));
    let mut fitting = fitting.into_iter();
    let Some(best) = fitting.next() else {
        let nothing = "There are no columns in this file: none of comma, semicolon, tab and | stands in its lines.";
        return Err(Fault::whole(nothing));
    };
    if let Some(next) = fitting.next().filter(|next| best.is_close_to(next)) {
        let candidates = [best.separator, next.separator].map(|separator| separator.name().to_owned());
        suggestion.ask("separator", "Say what stands between the cells of a row.", candidates.to_vec());
    }
    if !best.quotes {
        let message = "A quote is never closed. Say whether quotes mean anything in this file.";
        suggestion.ask("quotes", message, vec!["false".to_owned()]);
    }
    (suggestion.format.separator, suggestion.format.quotes) = (best.separator, best.quotes);
    Ok(best.rows)
}

/// Whether a row is one of bookings, not of headers: it has an amount with decimal places or a day.
fn is_data(row: &Raw) -> bool {
    row.cells.iter().any(|cell| dates::is_day(cell) || Clue::of(cell).is_some_and(|clue| clue != Clue::Integer))
}
