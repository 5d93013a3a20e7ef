//! Reading a file by its format.

use std::{collections::HashMap, io::Read};

use sha2::{Digest, Sha256};

use crate::{
    columns::Columns,
    decode::{Fault, Text},
    entry,
    format::Format,
    row::Row,
    split::{Raw, Rows},
};

/// The last line that is looked at for the header's text.
const LAST_HEADER: u64 = 1_000;

/// The rows of a file.
pub struct Reader<R> {
    format: Format,
    columns: Columns,
    /// How many cells a row has: as many as the header, or as the first row.
    width: Option<usize>,
    rows: Rows<R>,
    /// How many equal rows there were, by the first bytes of their digests.
    seen: HashMap<[u8; 16], u32>,
    is_over: bool,
}

impl<R: Read> Reader<R> {
    /// Begins to read `file`, up to the line that names the columns.
    ///
    /// # Errors
    /// Where it is no text, or has no column that `format` names; the first of what is wrong with the format itself.
    pub fn new(format: &Format, file: R) -> Result<Self, Fault> {
        if let Some(misfit) = format.misfits().into_iter().next() {
            return Err(Fault::whole(format!("{}: {}", misfit.field, misfit.message)));
        }
        let mut rows = Rows::new(Text::new(file, format.encoding), format.separator.sign(), format.quotes);
        let header = find_header(format, &mut rows)?;
        let columns = Columns::find(format, header.as_ref())?;
        let width = header.map(|raw| raw.cells.len());
        Ok(Self { format: format.clone(), columns, width, rows, seen: HashMap::new(), is_over: false })
    }

    /// What the columns are called: empty where no line names them.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.columns.names
    }

    fn read(&mut self) -> Result<Option<Row>, Fault> {
        while let Some(raw) = self.rows.next()? {
            if raw.is_blank() || self.is_left_out(&raw) {
                continue;
            }
            let key = self.key(&raw.cells);
            let width = *self.width.get_or_insert(raw.cells.len());
            let outcome = entry::outcome(&self.columns, &self.format, width, &raw);
            return Ok(Some(Row { line: raw.line, cells: raw.cells, key, outcome }));
        }
        Ok(None)
    }

    fn is_left_out(&self, raw: &Raw) -> bool {
        let first = raw.cells.iter().find(|cell| !cell.is_empty());
        first.is_some_and(|cell| self.format.leave_out.iter().any(|text| !text.is_empty() && cell.starts_with(text)))
    }

    /// What a row of these cells is known by.
    fn key(&mut self, cells: &[String]) -> [u8; 32] {
        let mut digest = Sha256::new();
        for cell in cells {
            digest.update((cell.len() as u64).to_be_bytes());
            digest.update(cell);
        }
        let digest = digest.finalize();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        let number = self.seen.entry(short).or_default();
        let key = Sha256::new_with_prefix(digest).chain_update(number.to_be_bytes()).finalize();
        *number += 1;
        key.into()
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Row, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let row = self.read().transpose();
        self.is_over = !matches!(row, Some(Ok(_)));
        row
    }
}

/// The line that names the columns.
fn find_header<R: Read>(format: &Format, rows: &mut Rows<R>) -> Result<Option<Raw>, Fault> {
    let header = match &format.header_text {
        Some(text) => loop {
            match rows.next()? {
                Some(raw) if raw.cells.iter().any(|cell| cell.contains(text.trim())) => break Some(raw),
                Some(raw) if raw.line <= LAST_HEADER => {}
                _ => break None,
            }
        },
        None if format.header_line <= 0 => return Ok(None),
        None => {
            let line = u64::from(format.header_line.unsigned_abs());
            while rows.line() < line && rows.skip_line()? {}
            rows.next()?.filter(|raw| raw.line == line)
        }
    };
    match (header, &format.header_text) {
        (Some(header), _) => Ok(Some(header)),
        (None, Some(text)) => {
            Err(Fault::whole(format!("No line among the first {LAST_HEADER} has {text:?}: none names the columns.")))
        }
        (None, None) => {
            Err(Fault::whole(format!("There is no line {} that could name the columns.", format.header_line)))
        }
    }
}
