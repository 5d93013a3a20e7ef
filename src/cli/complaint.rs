//! What the operator is told: answers on standard output, and [`Complaint`]s on standard error.

use std::{
    fmt,
    io::{self, ErrorKind, Write},
};

use tallybook::error::Error;

/// The outcome of a command.
pub(crate) type Outcome<T = ()> = Result<T, Complaint>;

/// What went wrong, in a sentence for the operator.
#[derive(Debug)]
pub(crate) struct Complaint(String);

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Complaint {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl From<&str> for Complaint {
    fn from(sentence: &str) -> Self {
        Self(sentence.to_owned())
    }
}

/// The sentence for clients, and the cause that clients never see.
impl From<Error> for Complaint {
    fn from(error: Error) -> Self {
        Self(match error.cause() {
            Some(cause) => format!("{} ({cause})", error.message()),
            None => error.message().to_owned(),
        })
    }
}

impl From<io::Error> for Complaint {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Prints `lines` on standard output. A reader that closes the pipe early, such as `head`, got what it wanted.
pub(super) fn say(lines: &[impl AsRef<str>]) -> Outcome {
    let mut out = io::stdout().lock();
    match lines.iter().try_for_each(|line| writeln!(out, "{}", line.as_ref())).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
