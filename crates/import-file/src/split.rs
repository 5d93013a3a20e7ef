//! From letters to the cells of rows.

use std::io::Read;

use crate::decode::{Fault, Text};

/// The most letters of a row: what is longer has other line ends, or none.
const LONGEST: usize = 1024 * 1024;
/// The most cells of a row.
const MOST_CELLS: usize = 1_000;
/// The most lines that a cell between quotes goes over: beyond that, the quote was never closed.
const MOST_LINES: u64 = 100;
/// The most letters of a file that are read twice, because a quote was not closed in its line.
const MOST_READ_AGAIN: usize = 16 * 1024 * 1024;

/// A row as it stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Raw {
    /// The line that it begins in, from 1.
    pub(crate) line: u64,
    /// Its cells, without the blanks around them.
    pub(crate) cells: Vec<String>,
    /// The cell whose quotes are broken.
    pub(crate) stray: Option<Stray>,
}

/// A cell whose quotes are broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stray {
    /// In this cell, from 0, text comes behind the closing quote.
    Behind(usize),
    /// In this cell, from 0, a quote opens that is not closed in its line.
    Open(usize),
}

impl Raw {
    /// Whether there is nothing in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }
}

/// The rows of a file.
pub(crate) struct Rows<R> {
    text: Text<R>,
    separator: char,
    quotes: bool,
    is_ended: bool,
    read_again: usize,
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(text: Text<R>, separator: char, quotes: bool) -> Self {
        Self { text, separator, quotes, is_ended: false, read_again: 0 }
    }

    /// The line of the next row.
    pub(crate) fn line(&self) -> u64 {
        self.text.place().0
    }

    /// Whether all letters were read.
    pub(crate) fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Leaves out a line, whatever its quotes; whether there was one.
    pub(crate) fn skip_line(&mut self) -> Result<bool, Fault> {
        let line = self.line();
        for length in 0..LONGEST {
            match self.text.next()? {
                Some('\n') => return Ok(true),
                Some(_) => {}
                None => {
                    self.is_ended = true;
                    return Ok(length > 0);
                }
            }
        }
        Err(too_long(line))
    }

    /// The next row, maybe a blank one; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Raw>, Fault> {
        if self.is_ended {
            return Ok(None);
        }
        let mut row = Unfinished { raw: Raw { line: self.line(), ..Raw::default() }, ..Unfinished::default() };
        for _ in 0..LONGEST {
            let place = self.text.place();
            let letter = self.text.next()?;
            if row.first.is_some() {
                row.later.extend(letter);
            }
            match (letter, row.cell.opened) {
                (None, Some(opened)) => {
                    self.is_ended = true;
                    return Err(never_closed(opened));
                }
                (None, None) => {
                    self.is_ended = true;
                    let is_nothing = row.raw.cells.is_empty() && row.cell.text.is_empty() && !row.cell.was_quoted;
                    return if is_nothing { Ok(None) } else { self.finish(row, place).map(Some) };
                }
                (Some('\n'), None) => return self.finish(row, place).map(Some),
                (Some('\n'), Some(opened)) if self.line() - row.raw.line > MOST_LINES => {
                    return Err(never_closed(opened));
                }
                (Some('"'), _) if self.quotes => row.quote(place),
                (Some(letter), None) if letter == self.separator => row.end_cell(place)?,
                (Some(letter), _) => row.push(letter),
            }
        }
        Err(row.cell.opened.map_or_else(|| too_long(row.raw.line), never_closed))
    }

    /// A row whose last letter was read. Where a quote opened in its first line and was not closed well, the lines behind
    /// it are rows of their own again: a quote too many may cost its own line, and no other.
    fn finish(&mut self, mut row: Unfinished, place: (u64, u64)) -> Result<Raw, Fault> {
        row.end_cell(place)?;
        let Unfinished { mut raw, first, later, .. } = row;
        if let (Some((at, text)), Some(Stray::Behind(stray))) = (first, raw.stray)
            && stray >= at
            && self.read_again + later.len() <= MOST_READ_AGAIN
        {
            self.read_again += later.len();
            self.is_ended = false;
            self.text.put_back(&later, (raw.line + 1, 1));
            raw.cells.truncate(at);
            raw.cells.extend(text.split(self.separator).map(|cell| cell.trim().to_owned()).take(MOST_CELLS - at));
            raw.stray = Some(Stray::Open(at));
        }
        Ok(raw)
    }
}

fn never_closed(place: (u64, u64)) -> Fault {
    Fault::at(place, "The quote that opens here is never closed. Close it, or say that the file has no quotes.")
}

fn too_long(line: u64) -> Fault {
    Fault::at((line, 1), "This line is longer than 1,048,576 characters. Is this a CSV file?")
}

/// A row of which some letters were read.
#[derive(Default)]
struct Unfinished {
    raw: Raw,
    cell: Cell,
    /// Where a quote opened in the first line of the row that was not closed in it: the cell, from 0, and what followed.
    first: Option<(usize, String)>,
    /// What stands behind the first line, in that case.
    later: String,
}

#[derive(Default)]
struct Cell {
    text: String,
    /// Where the quote is that the next letters stand behind.
    opened: Option<(u64, u64)>,
    /// The same, right behind the quote that closed it.
    closing: Option<(u64, u64)>,
    was_quoted: bool,
}

impl Unfinished {
    /// Adds a quote.
    fn quote(&mut self, place: (u64, u64)) {
        let cell = &mut self.cell;
        if cell.opened.is_some() {
            cell.was_quoted = true;
            cell.closing = cell.opened.take();
        } else if cell.closing.is_some() {
            // A second quote right behind one that closed: both mean one.
            cell.text.push('"');
            cell.opened = cell.closing.take();
        } else if !cell.was_quoted && cell.text.trim().is_empty() {
            cell.text.clear();
            cell.opened = Some(place);
        } else {
            self.push('"');
        }
    }

    /// Adds another letter of the cell.
    fn push(&mut self, letter: char) {
        let cell = &mut self.cell;
        if cell.opened.is_some() {
            if letter == '\n' && self.first.is_none() {
                self.first = Some((self.raw.cells.len(), cell.text.clone()));
            }
        } else if cell.was_quoted {
            cell.closing = None;
            if letter.is_whitespace() {
                return;
            }
            self.raw.stray.get_or_insert(Stray::Behind(self.raw.cells.len()));
        }
        cell.text.push(letter);
    }

    fn end_cell(&mut self, place: (u64, u64)) -> Result<(), Fault> {
        if self.raw.cells.len() == MOST_CELLS {
            return Err(Fault::at(place, "This row has more than 1,000 cells."));
        }
        let cell = std::mem::take(&mut self.cell);
        self.raw.cells.push(cell.text.trim().to_owned());
        Ok(())
    }
}
