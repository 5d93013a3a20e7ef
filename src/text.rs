//! Free text from clients: what is taken off, what is refused.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Error, Result};

/// One line of 1 to `most` characters from the input field `field`: composed (NFC) and trimmed.
///
/// # Errors
/// `BAD_USER_INPUT` when it is empty, too long or holds a control character.
pub fn line(field: &'static str, text: &str, most: usize) -> Result<String> {
    let text = checked(field, text, most, char::is_control)?;
    if text.is_empty() {
        return Err(Error::bad_input(field, format!("This cannot be empty; it has 1 to {most} characters.")));
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
const SEARCH_LENGTH: usize = 100;

/// A text to search for, from the input field `field`: at most 100 characters; empty text searches for nothing.
///
/// # Errors
/// `BAD_USER_INPUT` when it is too long or holds a control character.
pub fn search(field: &'static str, text: &str) -> Result<Option<String>> {
    let text = checked(field, text, SEARCH_LENGTH, char::is_control)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn checked(field: &'static str, text: &str, most: usize, refused: impl Fn(char) -> bool) -> Result<String> {
    let text: String = text.trim().nfc().collect();
    let length = text.chars().count();
    if length > most {
        return Err(Error::bad_input(field, format!("This is {length} characters long; at most {most} are allowed.")));
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

/// `text` as it is compared: compatible forms and case folded, runs of blanks made one.
#[must_use]
pub fn fold(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(fold_case).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ").nfkc().collect()
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
    fn empty_search_text_searches_for_nothing() {
        assert_eq!(search("search", "  ").unwrap(), None);
        assert_eq!(search("search", " 100%_ ").unwrap().as_deref(), Some("100%_"));
        assert!(search("search", "a\0b").is_err());
        assert!(search("search", &"x".repeat(101)).is_err());
    }

    #[test]
    fn folding_ignores_case_form_and_blanks() {
        assert_eq!(fold("Office  Supplies"), fold("OFFICE supplies"));
        assert_eq!(fold("Cafe\u{301}"), fold("CAFÉ"));
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("ὀδός"), fold("ὈΔΌΣ"));
        assert_ne!(fold("Kır"), fold("Kir"));
        assert_ne!(fold("Rent"), fold("Rents"));
    }
}
