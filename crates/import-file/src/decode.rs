//! From bytes to letters, with the place of each in the file.

use std::{collections::VecDeque, fmt, io::Read};

use encoding_rs::{Decoder, DecoderResult};

use crate::format::Encoding;

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: the line and the character in it, both from 1; `None` where it is about the whole file.
    pub place: Option<(u64, u64)>,
    /// What is wrong, and what would be right: a sentence.
    pub message: String,
}

impl Fault {
    pub(crate) fn whole(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }

    pub(crate) fn at(place: (u64, u64), message: impl Into<String>) -> Self {
        Self { place: Some(place), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "Line {line}, column {column}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// The letters of a file. Every line end, of whatever kind, is one `\n`.
pub(crate) struct Text<R> {
    file: R,
    decoder: Decoder,
    block: Vec<u8>,
    decoded: String,
    at: usize,
    ahead: VecDeque<char>,
    encoding: Encoding,
    is_begun: bool,
    is_ended: bool,
    /// Whether the bytes behind what is decoded are not what the encoding allows.
    is_malformed: bool,
    place: (u64, u64),
}

impl<R: Read> Text<R> {
    pub(crate) fn new(file: R, encoding: Encoding) -> Self {
        let decoded_as = match encoding {
            Encoding::Utf8 => encoding_rs::UTF_8,
            Encoding::Windows1252 | Encoding::Iso88591 => encoding_rs::WINDOWS_1252,
            Encoding::Windows1250 => encoding_rs::WINDOWS_1250,
            Encoding::Iso885915 => encoding_rs::ISO_8859_15,
        };
        Self {
            file,
            decoder: decoded_as.new_decoder_with_bom_removal(),
            block: Vec::new(),
            decoded: String::with_capacity(2 * BLOCK),
            at: 0,
            ahead: VecDeque::new(),
            encoding,
            is_begun: false,
            is_ended: false,
            is_malformed: false,
            place: (1, 1),
        }
    }

    /// The line and the character of the next letter, both from 1.
    pub(crate) fn place(&self) -> (u64, u64) {
        self.place
    }

    /// The next letter; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<char>, Fault> {
        let Some(letter) = self.take()? else { return Ok(None) };
        if !matches!(letter, '\r' | '\n') {
            self.place.1 += 1;
            return Ok(Some(letter));
        }
        self.place = (self.place.0 + 1, 1);
        if letter == '\r' {
            self.line_end()?;
        }
        Ok(Some('\n'))
    }

    /// Has `letters` come again, which came just now and begin at `place`.
    pub(crate) fn put_back(&mut self, letters: &str, place: (u64, u64)) {
        for letter in letters.chars().rev() {
            self.ahead.push_front(letter);
        }
        self.place = place;
    }

    /// After a carriage return: what belongs to the same line end is taken, too. Some files have two returns before the
    /// line feed.
    fn line_end(&mut self) -> Result<(), Fault> {
        match self.take()? {
            Some('\n') | None => {}
            Some('\r') => match self.take()? {
                Some('\n') => {}
                other => {
                    if let Some(letter) = other {
                        self.ahead.push_front(letter);
                    }
                    self.ahead.push_front('\r');
                }
            },
            Some(other) => self.ahead.push_front(other),
        }
        Ok(())
    }

    fn take(&mut self) -> Result<Option<char>, Fault> {
        if let Some(letter) = self.ahead.pop_front() {
            return Ok(Some(letter));
        }
        loop {
            if let Some(letter) = self.decoded[self.at..].chars().next() {
                self.at += letter.len_utf8();
                self.check(letter)?;
                return Ok(Some(letter));
            }
            if self.is_malformed {
                let message =
                    "This is not UTF-8. Say which encoding the file has: WINDOWS_1252 is usual in Western Europe.";
                return Err(Fault::at(self.place, message));
            }
            if self.is_ended {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Refuses a letter that no text in the encoding has.
    fn check(&self, letter: char) -> Result<(), Fault> {
        match letter {
            '\0' => {
                let message =
                    "There is a NUL character: this is not a text file, or one in UTF-16. Save it as CSV in UTF-8.";
                Err(Fault::at(self.place, message))
            }
            '\u{80}'..='\u{9f}' if self.encoding != Encoding::Utf8 => {
                let message =
                    "This byte is no letter in the encoding that the format names. Say which one the file has.";
                Err(Fault::at(self.place, message))
            }
            _ => Ok(()),
        }
    }

    /// Decodes the next block.
    fn fill(&mut self) -> Result<(), Fault> {
        let mut block = std::mem::take(&mut self.block);
        block.resize(BLOCK, 0);
        let mut length = 0;
        while length < BLOCK {
            match self.file.read(&mut block[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Fault::whole(format!("The file cannot be read: {error}"))),
            }
        }
        if !self.is_begun {
            check_beginning(&block[..length], self.encoding)?;
            self.is_begun = true;
        }
        self.is_ended = length < BLOCK;
        self.decoded.clear();
        self.at = 0;
        let room = self.decoder.max_utf8_buffer_length(length).unwrap_or(4 * BLOCK);
        self.decoded.reserve(room);
        let (result, _) =
            self.decoder.decode_to_string_without_replacement(&block[..length], &mut self.decoded, self.is_ended);
        self.block = block;
        match result {
            DecoderResult::InputEmpty => Ok(()),
            DecoderResult::OutputFull => Err(Fault::whole("The file cannot be decoded.")),
            // What stands before it is read first, so that the place can be told.
            DecoderResult::Malformed(..) => {
                self.is_malformed = true;
                Ok(())
            }
        }
    }
}

/// Refuses what is no text, by how it begins.
fn check_beginning(bytes: &[u8], encoding: Encoding) -> Result<(), Fault> {
    let what = match bytes {
        [] => return Err(Fault::whole("The file is empty.")),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "a text in UTF-16. Save it as UTF-8.",
        [b'P', b'K', 3 | 5, ..] => "a zip archive or a spreadsheet. Unpack it, or export it as CSV.",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "a spreadsheet of an old kind. Export it as CSV.",
        [0x1F, 0x8B, ..] => "a compressed file. Unpack it first.",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document. Export the bookings as CSV.",
        [0xEF, 0xBB, 0xBF, ..] if encoding != Encoding::Utf8 => "a text in UTF-8. Say so in the format.",
        _ => return Ok(()),
    };
    Err(Fault::whole(format!("This is {what}")))
}
