//! Names and e-mail addresses that can be mistaken for somebody else's, by the rules of Unicode (UTS 39).

use unicode_security::{MixedScript, mixed_script::AugmentedScriptSet, skeleton};

use crate::text::fold;

/// Whether `text` mixes scripts, as `Аdam` does with a Cyrillic `А`. Chinese, Japanese and Korean are written together
/// with Latin, and have no letters that look like those.
pub(super) fn is_mixed(text: &str) -> bool {
    if text.is_single_script() {
        return false;
    }
    let without_latin: String = text.chars().filter(|c| !is_latin(*c)).collect();
    let AugmentedScriptSet { hanb, jpan, kore, .. } = without_latin.as_str().resolve_script_set();
    !(hanb || jpan || kore)
}

/// Whether a character can stand in a Latin text.
fn is_latin(c: char) -> bool {
    ['a', c].iter().collect::<String>().as_str().is_single_script()
}

/// Whether people can take one name for the other: case, spacing and letters that look alike aside.
pub(super) fn look_alike(one: &str, other: &str) -> bool {
    let shape = |text: &str| skeleton(text).collect::<String>();
    // Both ways: `I` looks like `l` and `0` like `O`, which lower case hides or brings out.
    fold(&shape(one)) == fold(&shape(other)) || shape(&fold(one)) == shape(&fold(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_mixed_where_nobody_writes_them_together() {
        for text in ["Adam", "José", "Иван", "Άννα", "田中", "Tanakaさん", "김Lee", "o'neil-2", "ada@example.org", ""]
        {
            assert!(!is_mixed(text), "{text:?}");
        }
        for text in ["Аdam", "аdmin@example.org", "pаypal", "Ωmega", "Иvan", "אa"] {
            assert!(is_mixed(text), "{text:?}");
        }
    }

    #[test]
    fn names_look_alike_whatever_their_letters_are() {
        for other in ["adam okafor", "ADAM  OKAFOR", "Аdam Okafor", "Adam 0kafor", "Adarn Okafor", "Ａdam Okafor"] {
            assert!(look_alike("Adam Okafor", other), "{other:?}");
        }
        assert!(look_alike("Iris Ola", "lris Ola"));
        for other in ["Adam Okafo", "Ada Okafor", "Okafor Adam"] {
            assert!(!look_alike("Adam Okafor", other), "{other:?}");
        }
    }
}
