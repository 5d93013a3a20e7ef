//! Free text from clients: what is taken off, what is refused.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// One line of 1 to `most` characters from the input field `field`: composed (NFC) and trimmed.
///
/// # Errors
/// `BAD_USER_INPUT` when there is nothing to see, when it is too long, or holds a control character, which are those
/// that break a line or turn its direction, too.
pub fn line(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = checked(field, text, most, |c| c.is_control() || is_layout(c))?;
    if text.chars().all(|c| is_invisible(c) || c.is_whitespace()) {
        let message = format!("This must not be empty. It may have 1 to {most} characters.");
        return Err(Error::bad_input(field, message).with("minLength", 1).with("maxLength", most));
    }
    Ok(text)
}

/// Several lines of at most `most` characters from the input field `field`: composed (NFC) and trimmed; maybe empty.
///
/// # Errors
/// `BAD_USER_INPUT` when it is too long or holds a control character other than a newline or a tab.
pub fn lines(field: &'static str, text: &str, most: usize) -> Result<String> {
    checked(field, &text.replace("\r\n", "\n"), most, |c| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// The most characters of a text that is searched for.
pub(crate) const SEARCH_LENGTH: usize = 100;

/// A text to search for, from the input field `field`: at most 100 characters; empty text searches for nothing.
///
/// # Errors
/// `BAD_USER_INPUT` when it is too long or holds a control character.
pub fn search(field: &'static str, text: &str) -> Result<Option<String>> {
    let text = checked(field, text, SEARCH_LENGTH, char::is_control)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn checked(field: &'static str, text: &str, most: usize, refused: impl Fn(char) -> bool) -> Result<String> {
    let text = text.trim();
    let text: String = if text.is_ascii() { text.to_owned() } else { text.nfc().collect() };
    let length = text.chars().count();
    if length > most {
        let message = format!("This is {length} characters long; at most {most} are allowed.");
        return Err(Error::bad_input(field, message).with("maxLength", most));
    }
    if let Some(control) = text.chars().find(|c| refused(*c)) {
        let code = u32::from(control);
        return Err(Error::bad_input(
            field,
            format!("This holds the control character U+{code:04X}, which is not allowed."),
        ));
    }
    Ok(text)
}

/// Whether a character breaks lines, or turns the direction of what follows it: a name with one can look like another,
/// and take the text behind it along.
#[must_use]
pub fn is_layout(c: char) -> bool {
    matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character shows nothing of its own. Some have a meaning between others: they join emoji and Indic letters,
/// and part Persian ones.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// `text` as it is compared: compatible forms and case folded, runs of blanks made one, without what does not show.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // Most text is, and each of its letters would be looked up in tables that leave it as it is.
        return joined_words(&text.to_ascii_lowercase());
    }
    fold_any(text)
}

fn fold_any(text: &str) -> String {
    let folded: String = text.nfkc().filter(|c| !is_invisible(*c)).flat_map(fold_case).collect();
    joined_words(&folded).nfkc().collect()
}

fn joined_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// By way of the capitals, since `Straße` and `STRASSE` differ in case only; but for the dotless i of Turkish, whose
/// capital is that of another letter.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    let capitals = (c != 'ı').then(|| c.to_uppercase().flat_map(char::to_lowercase));
    let itself = capitals.is_none().then_some(c);
    capitals.into_iter().flatten().chain(itself)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_composed_and_measured_in_characters() {
        assert_eq!(line("name", "  Cafe\u{301} ", 4).unwrap(), "Café");
        assert!(line("name", "Cafés", 4).is_err());
        assert!(line("name", " \t ", 4).is_err());
    }

    #[test]
    fn control_characters_are_refused_but_for_newline_and_tab_in_notes() {
        for control in ["a\0b", "a\u{1b}[0m", "a\u{85}b", "a\nb"] {
            assert!(line("name", control, 100).is_err(), "{control:?}");
        }
        assert_eq!(lines("notes", "a\r\n\tb", 100).unwrap(), "a\n\tb");
        assert!(lines("notes", "a\0b", 100).is_err());
    }

    #[test]
    fn a_line_that_shows_nothing_or_turns_around_is_refused() {
        for text in ["\u{200B}\u{200D}", "\u{2800} \u{3164}", "Ren\u{202E}t", "a\u{2066}b", "a\u{2028}b"] {
            assert!(line("name", text, 100).is_err(), "{text:?}");
        }
        for text in ["👩\u{200D}💻", "می\u{200C}روم", "❤\u{FE0F}", "שכר דירה"] {
            assert_eq!(line("name", text, 100).unwrap(), text);
        }
    }

    #[test]
    fn empty_search_text_searches_for_nothing() {
        assert_eq!(search("search", "  ").unwrap(), None);
        assert_eq!(search("search", " 100%_ ").unwrap().as_deref(), Some("100%_"));
        assert!(search("search", "a\0b").is_err());
        assert!(search("search", &"x".repeat(101)).is_err());
    }

    #[test]
    fn plain_letters_are_folded_as_all_others() {
        let all: String = (0..128_u8).map(char::from).collect();
        for text in [all.as_str(), "", " ", "Office \t SUPPLIES\n", "\u{1C}a\u{B}b"] {
            assert_eq!(fold(text), fold_any(text), "{text:?}");
        }
    }

    #[test]
    fn folding_ignores_case_form_and_blanks() {
        assert_eq!(fold("Office  Supplies"), fold("OFFICE supplies"));
        assert_eq!(fold("Cafe\u{301}"), fold("CAFÉ"));
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("ὀδός"), fold("ὈΔΌΣ"));
        assert_eq!(fold("Re\u{200B}nt\u{AD}"), fold("rent"));
        assert_ne!(fold("Kır"), fold("Kir"));
        assert_ne!(fold("Rent"), fold("Rents"));
    }
}
