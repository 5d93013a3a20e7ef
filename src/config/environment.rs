//! Where settings come from besides the command line: the environment, and below it the file `.env` in the working
//! directory, and no other. What is set to nothing is not set.
//!
//! A value may be a secret: complaints name the line and the variable, and never hold what stands there.

use std::{collections::BTreeMap, fs, io, path::Path};

use clap::{
    Command,
    builder::Resettable,
    error::{ContextKind, ContextValue, ErrorKind},
};

/// The file's name.
const FILE: &str = ".env";
/// How many characters may be wrong, missing, too many or in each other's place in a name that was meant to be ours.
const TYPING_ERRORS: usize = 2;
/// How names begin that nobody else would choose.
const OURS: &str = "TALLYBOOK_";

/// What a file sets, by name, with the number of the line.
#[derive(Debug, Default)]
pub struct EnvFile(BTreeMap<String, (usize, String)>);

/// `command`, without the variables that are set to nothing.
#[must_use]
pub fn without_blanks(command: Command) -> Command {
    command.mut_args(|argument| {
        let is_blank = argument.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
        if is_blank { argument.env(Resettable::Reset) } else { argument }
    })
}

impl EnvFile {
    /// Reads the file, if there is one.
    ///
    /// # Errors
    /// A sentence for the operator: a file that cannot be read, or a line that sets nothing.
    pub fn read() -> Result<Self, String> {
        match fs::read(Path::new(FILE)) {
            Ok(bytes) => Self::parse(&String::from_utf8(bytes).map_err(|_| format!("{FILE} is not UTF-8."))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("Cannot read {FILE}: {error}")),
        }
    }

    /// Everything is taken literally, `$`, `\` and `#` too; quotes around a whole value are not part of it.
    fn parse(text: &str) -> Result<Self, String> {
        let mut set = BTreeMap::new();
        for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, value) = line.split_once('=').unwrap_or_default();
            let name = name.strip_prefix("export ").unwrap_or(name).trim();
            let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                && name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
            if !is_name {
                return Err(format!("{FILE}, line {number}: this is neither NAME=VALUE nor a comment."));
            }
            let value = unquoted(value.trim()).ok_or_else(|| {
                format!("{FILE}, line {number}: the value of {name} begins with a quote that does not end it.")
            })?;
            set.insert(name.to_owned(), (number, value.to_owned()));
        }
        Ok(Self(set))
    }

    /// Whether the file sets nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.values().all(|(_, value)| value.is_empty())
    }

    /// `command`, where what the file sets is the default of what nobody else does.
    #[must_use]
    pub fn complete(&self, command: Command) -> Command {
        command.mut_args(|argument| {
            let name = argument.get_env().map(|name| name.to_string_lossy().into_owned());
            match name.and_then(|name| self.0.get(&name)) {
                Some((_, value)) if !value.is_empty() => argument.default_value(value.clone()).hide_default_value(true),
                _ => argument,
            }
        })
    }

    /// A sentence about a value of the file that its setting cannot have, if `error` is about one.
    #[must_use]
    pub fn explain(&self, command: &Command, error: &clap::Error) -> Option<String> {
        let about_value = matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue);
        let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg).filter(|_| about_value) else {
            return None;
        };
        let long = option.trim_start_matches('-').split(' ').next();
        let argument = command.get_arguments().find(|argument| argument.get_long() == long)?;
        let name = argument.get_env()?.to_string_lossy();
        let (number, _) = self.0.get(name.as_ref())?;
        Some(format!("{FILE}, line {number}: {name} cannot have this value; `tallybook --help` says what it takes."))
    }

    /// A sentence about each variable, here or in the environment, that was probably meant to be a setting and is none.
    #[must_use]
    pub fn misspelt(&self, command: &Command) -> Vec<String> {
        let known: Vec<String> = command
            .get_arguments()
            .filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned()))
            .collect();
        let here = self.0.iter().map(|(name, (number, _))| (name.clone(), format!("{FILE}, line {number}")));
        let around = std::env::vars_os()
            .filter_map(|(name, _)| Some((name.into_string().ok()?, "In the environment".to_owned())));
        here.chain(around)
            .filter_map(|(name, place)| Some(format!("{place}: {name} is not a setting{}", advice(&name, &known)?)))
            .collect()
    }
}

/// What `name` was probably meant to be, where it was meant to be one of the `known` names.
fn advice(name: &str, known: &[String]) -> Option<String> {
    if known.iter().any(|known| known == name) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let bare = upper.strip_prefix(OURS);
    let nearest = known
        .iter()
        .map(|known| (distance(bare.unwrap_or(&upper), known), known))
        .filter(|(distance, _)| *distance <= TYPING_ERRORS)
        .min();
    match (nearest, bare) {
        (Some((_, known)), _) => Some(format!(". Did you mean {known}?")),
        (None, Some(_)) => Some("; `tallybook --help` lists all of them.".to_owned()),
        (None, None) => None,
    }
}

/// How many characters have to be changed, added, removed or swapped with their neighbour to make `a` of `b`.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

fn unquoted(value: &str) -> Option<&str> {
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value.get(1..)?.strip_suffix(quote),
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;
    use crate::config::Config;

    fn command() -> Command {
        Config::augment_args(Command::new("tallybook")).mut_args(|argument| argument)
    }

    #[test]
    fn values_are_literal_and_quotes_around_them_are_not_part_of_them() {
        let file =
            EnvFile::parse("\u{feff}# note\r\n\r\nA=$HOME # x\nexport B = 'a\\nb$'\r\nC=\"it's\"\nD=\nA_1=a=b\n")
                .unwrap();
        let values: Vec<_> = file.0.iter().map(|(name, (_, value))| (name.as_str(), value.as_str())).collect();
        assert_eq!(values, [("A", "$HOME # x"), ("A_1", "a=b"), ("B", "a\\nb$"), ("C", "it's"), ("D", "")]);
    }

    #[test]
    fn a_complaint_about_a_line_does_not_hold_it() {
        for text in ["A=1\nsesame", "A=1\nsesame seed=1", "A=1\nB='sesame", "A=1\n1sesame=2", "A=1\nB=\""] {
            let complaint = EnvFile::parse(text).unwrap_err();
            assert!(complaint.contains("line 2") && !complaint.contains("sesame"), "{complaint}");
        }
    }

    #[test]
    fn a_file_completes_the_settings_and_a_bad_value_is_named_and_not_shown() {
        let file = EnvFile::parse("SESSION_TTL=45d\nJWT_SECRET=one,two\nDATA_DIR=\n").unwrap();
        let matches = file.complete(command()).get_matches_from(["tallybook"]);
        let config = Config::from_arg_matches(&matches).unwrap();
        assert_eq!((config.session_ttl.as_secs(), config.jwt_secrets().len()), (45 * 86_400, 2));
        assert_eq!(config.data_dir.as_os_str(), "data");
        let matches = file.complete(command()).get_matches_from(["tallybook", "--session-ttl", "1h"]);
        assert_eq!(Config::from_arg_matches(&matches).unwrap().session_ttl.as_secs(), 3_600);

        let file = EnvFile::parse("\nBCRYPT_COST=sesame").unwrap();
        let error = file.complete(command()).try_get_matches_from(["tallybook"]).unwrap_err();
        let complaint = file.explain(&command(), &error).unwrap();
        assert!(complaint.contains("line 2") && complaint.contains("BCRYPT_COST"), "{complaint}");
    }

    #[test]
    fn names_that_were_meant_to_be_ours_are_noticed_and_others_are_not() {
        let known = ["DATABASE_URL", "RUST_LOG", "DATA_DIR"].map(str::to_owned);
        let advice = |name| advice(name, &known);
        for name in ["DATABSE_URL", "DATABASE_URI", "DATBASAE_URL", "database_url", "TALLYBOOK_DATABASE_URL"] {
            assert_eq!(advice(name).as_deref(), Some(". Did you mean DATABASE_URL?"), "{name}");
        }
        assert!(advice("TALLYBOOK_NONSENSE").unwrap().contains("--help"));
        for name in ["DATABASE_URL", "PATH", "RUST_BACKTRACE", "PGDATABASE", "DATABASE_POOL_URL"] {
            assert_eq!(advice(name), None, "{name}");
        }
        assert_eq!(distance("", "ab"), 2);
    }
}
