//! What can be said of a document without parsing it, in one pass over its bytes.
//!
//! The parser recurses for every bracket and has no limit of its own for values: a few kilobytes of
//! `[[[[` overflow its stack, which ends the process. So the scan must never see fewer brackets than
//! the parser does. It tells strings and comments apart as the parser does, and where a string never
//! ends, so that the parser gives up, it goes on counting as if there were no string.

use super::{Limits, refuse_above};
use crate::refusal::Refusal;

/// How large a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Unicode characters.
    pub characters: usize,
    /// Names, numbers, strings and punctuation.
    pub tokens: usize,
    /// The deepest nesting of `(`, `[` and `{`.
    pub brackets: usize,
}

impl Extent {
    /// Refuses a document that is larger than `limits` allow.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX` with the `limit`.
    pub fn check(self, limits: &Limits) -> Result<(), Refusal> {
        refuse_above(limits.max_query_characters, self.characters, "A document", "characters")?;
        refuse_above(limits.max_query_brackets, self.brackets, "A document", "levels of brackets")?;
        refuse_above(limits.max_query_tokens, self.tokens, "A document", "tokens")
    }
}

/// Measures `document`, which may be any text.
#[must_use]
pub fn measure(document: &str) -> Extent {
    let mut scan = Scan { bytes: document.as_bytes(), at: 0, unclosed_line_end: 0, blocks_close: true };
    let mut extent = Extent { characters: document.chars().count(), ..Extent::default() };
    let mut open = 0_usize;
    while let Some(&byte) = scan.bytes.get(scan.at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                scan.at += 1;
                continue;
            }
            b'#' => {
                scan.skip_comment();
                continue;
            }
            b'(' | b'[' | b'{' => {
                open += 1;
                extent.brackets = extent.brackets.max(open);
                scan.at += 1;
            }
            b')' | b']' | b'}' => {
                open = open.saturating_sub(1);
                scan.at += 1;
            }
            b'"' => scan.skip_string(),
            b'.' if scan.rest().starts_with(b"...") => scan.at += 3,
            byte if is_word(byte) => scan.skip_word(),
            byte if byte.is_ascii() => scan.at += 1,
            _ => scan.skip_character(),
        }
        extent.tokens += 1;
    }
    extent
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Up to here, a quote opens nothing: the line has a string that never ends.
    unclosed_line_end: usize,
    /// Whether a block string that opens here may still find its end.
    blocks_close: bool,
}

impl<'a> Scan<'a> {
    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    fn skip_comment(&mut self) {
        let end = self.rest().iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        self.at = end.map_or(self.bytes.len(), |length| self.at + length);
    }

    fn skip_word(&mut self) {
        let number = !self.bytes[self.at].is_ascii_alphabetic();
        while let Some(&byte) = self.bytes.get(self.at) {
            let in_number = number && matches!(byte, b'.' | b'+') && !self.rest().starts_with(b"...");
            if !is_word(byte) && !in_number {
                return;
            }
            self.at += 1;
        }
    }

    fn skip_character(&mut self) {
        self.at += 1;
        while self.bytes.get(self.at).is_some_and(|byte| byte & 0xC0 == 0x80) {
            self.at += 1;
        }
    }

    fn skip_string(&mut self) {
        if self.at < self.unclosed_line_end {
            self.at += 1;
        } else if self.rest().starts_with(b"\"\"\"") {
            self.skip_block_string();
        } else {
            self.skip_line_string();
        }
    }

    /// A block string without an end is to the parser an empty string, and a quote that opens another.
    fn skip_block_string(&mut self) {
        if self.blocks_close {
            let mut end = self.at + 3;
            while end < self.bytes.len() {
                if self.bytes[end..].starts_with(b"\"\"\"") {
                    self.at = end + 3;
                    return;
                }
                end += if self.bytes[end..].starts_with(b"\\\"\"\"") { 4 } else { 1 };
            }
            self.blocks_close = false;
        }
        self.at += 2;
    }

    fn skip_line_string(&mut self) {
        let mut end = self.at + 1;
        while let Some(&byte) = self.bytes.get(end) {
            match byte {
                b'"' => {
                    self.at = end + 1;
                    return;
                }
                b'\n' | b'\r' => break,
                b'\\' if !matches!(self.bytes.get(end + 1), None | Some(b'\n' | b'\r')) => end += 2,
                _ => end += 1,
            }
        }
        self.unclosed_line_end = end;
        self.at += 1;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use async_graphql::{
        Value as Constant, parser::parse_query, parser::types::Selection, parser::types::SelectionSet, value,
    };
    use proptest::prelude::*;

    use super::*;
    use crate::limits::defaults;

    fn brackets(document: &str) -> usize {
        measure(document).brackets
    }

    fn refusal(document: &str) -> Option<(String, String)> {
        let error = measure(document).check(&defaults()).err()?;
        Some((error.code()?.to_owned(), error.message().to_owned()))
    }

    #[test]
    fn brackets_of_every_kind_are_counted_by_depth() {
        assert_eq!(brackets("{ a(b: [[{c: 1}]]) { d } }"), 5);
        assert_eq!(brackets("{ a } { b } { c }"), 1);
        assert_eq!(brackets(""), 0);
        assert_eq!(brackets("]]]{"), 1);
    }

    #[test]
    fn brackets_in_strings_block_strings_and_comments_do_not_count() {
        let hidden = "[".repeat(500);
        for document in [
            format!("{{ a(b: \"{hidden}\") }}"),
            format!("{{ a(b: \"\\\"{hidden}\\\\\") }}"),
            format!("{{ a(b: \"\"\"{hidden}\n\"{hidden}\" \\\"\"\"{hidden}\"\"\") }}"),
            format!("{{ a # {hidden} \" \"\"\"\n }}"),
            format!("{{ a # {hidden}\r }}"),
        ] {
            assert!(brackets(&document) <= 2, "{document}");
            assert!(refusal(&document).is_none(), "{document}");
            assert!(parse_query(&document).is_ok(), "{document}");
        }
    }

    #[test]
    fn brackets_after_a_string_or_comment_count_again() {
        let shown = "[".repeat(70);
        for document in [
            format!("{{ a(b: \"x\" c: {shown}"),
            format!("{{ a(b: \"\" c: {shown}"),
            format!("{{ a(b: \"\\\\\" c: {shown}"),
            format!("{{ a(b: \"\"\"x\"\"\" c: {shown}"),
            format!("{{ a(b: \"\"\"\"\"\" c: {shown}"),
            format!("{{ a # \"\n (c: {shown}"),
            format!("{{ a(b: [\"\"\"x\" {shown}"),
            format!("{{ a(b: \"never closed {shown}"),
            format!("{{ a(b: \"\\\n {shown}"),
        ] {
            assert!(brackets(&document) >= 70, "{document}");
        }
    }

    #[test]
    fn lists_nested_1600_deep_are_refused_before_the_parser_sees_them() {
        for (open, close, levels) in [("[", "]", 1_600), ("{a:", "}", 1_300)] {
            let document = format!("{{ a(b: {}{}) }}", open.repeat(levels), close.repeat(levels));
            let (code, message) = refusal(&document).unwrap();
            assert_eq!(code, "QUERY_TOO_COMPLEX");
            assert!(message.contains("64 levels of brackets"), "{message}");
        }
    }

    #[test]
    fn the_deepest_nesting_a_setting_may_allow_is_parsed_without_harm() {
        let document = format!("{{ a(b: {}{}) }}", "[".repeat(98), "]".repeat(98));
        assert_eq!(brackets(&document), 100);
        assert!(parse_query(&document).is_ok());
    }

    #[test]
    fn tokens_are_names_numbers_strings_and_punctuation() {
        for (document, tokens) in [
            ("{ a }", 3),
            ("query Q($a: Int! = -1.5e+10) @d { ...F }", 17),
            ("{ a(b: \"one token [ ] \") }", 8),
            ("{ a(b: \"\"\"one\ntoken\"\"\") }", 8),
            ("# none\n,,, \u{feff}", 1),
            ("1...2", 3),
        ] {
            assert_eq!(measure(document).tokens, tokens, "{document}");
        }
    }

    #[test]
    fn more_than_2000_tokens_are_refused() {
        let document = |fields: usize| format!("{{{}}}", "a ".repeat(fields));
        assert!(refusal(&document(1_998)).is_none());
        let (code, message) = refusal(&document(1_999)).unwrap();
        assert_eq!(code, "QUERY_TOO_COMPLEX");
        assert_eq!(message, "A document may have 2000 tokens at most; this one has 2001.");
    }

    #[test]
    fn more_than_15000_characters_are_refused_and_characters_are_not_bytes() {
        let document = |length: usize| format!("{{ a(b: \"{}\") }}", "ü".repeat(length - 12));
        assert_eq!(measure(&document(15_000)).characters, 15_000);
        assert!(refusal(&document(15_000)).is_none());
        assert_eq!(refusal(&document(15_001)).unwrap().0, "QUERY_TOO_COMPLEX");
    }

    #[test]
    fn the_error_names_the_limit() {
        let refusal = measure(&"a ".repeat(3_000)).check(&defaults()).unwrap_err();
        assert_eq!(refusal.errors[0].extensions.as_ref().unwrap().get("limit"), Some(&value!(2000)));
    }

    fn value_depth(value: &Constant) -> usize {
        match value {
            Constant::List(items) => 1 + items.iter().map(value_depth).max().unwrap_or(0),
            Constant::Object(fields) => 1 + fields.values().map(value_depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn depth(set: &SelectionSet) -> usize {
        let deepest = set.items.iter().map(|item| match &item.node {
            Selection::Field(field) => {
                let values = field.node.arguments.iter().filter_map(|(_, value)| value.node.clone().into_const());
                let arguments = values.map(|value| 1 + value_depth(&value)).max().unwrap_or(0);
                arguments.max(depth(&field.node.selection_set.node))
            }
            Selection::InlineFragment(fragment) => depth(&fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => 0,
        });
        deepest.max().map_or(0, |deepest| 1 + deepest)
    }

    proptest! {
        #[test]
        fn the_scan_never_sees_fewer_brackets_than_the_parser(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "[", "]", "\"", "\"\"\"", "\\", "\\\"", "\\\"\"\"", "{a:", "}", "#", "\n", "1", " ", "\"\"", "\"a\"",
            ]), 0..14),
            open in 0..4_usize,
        ) {
            let inside = pieces.concat();
            let document = format!("{{ f(x: {}{inside}{}) {{ g }} }}", "[".repeat(open), "]".repeat(open));
            if let Ok(parsed) = parse_query(&document) {
                for (_, operation) in parsed.operations.iter() {
                    prop_assert!(measure(&document).brackets >= depth(&operation.node.selection_set.node));
                }
            }
        }

        #[test]
        fn any_text_can_be_scanned(document in any::<String>()) {
            let extent = measure(&document);
            prop_assert!(extent.tokens <= extent.characters);
        }
    }
}
