//! From an answer to its bytes.

use std::io::{self, Write};

use async_graphql::{ServerError, Value};
use serde::Serialize;

use crate::refusal::Refusal;

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

/// An answer in JSON, of `max_bytes` at the most; without `data` where nothing was executed.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` with the `limit`, where it would have more.
pub fn write(data: Option<&Value>, errors: &[ServerError], max_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let mut body = Bounded { bytes: Vec::new(), max_bytes };
    match serde_json::to_writer(&mut body, &Answer { errors, data }) {
        Ok(()) => Ok(body.bytes),
        Err(error) if error.is_io() => Err(Refusal::too_complex(format!(
            "The operation was carried out, but its answer has more than {max_bytes} bytes. Ask for fewer fields, or for shorter pages."
        ))
        .with("limit", max_bytes)),
        Err(error) => Err(Refusal::defect(error)),
    }
}

/// Takes so many bytes and no more.
struct Bounded {
    bytes: Vec<u8>,
    max_bytes: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.max_bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    #[test]
    fn an_answer_is_written_up_to_its_limit() {
        let data = value!({"a": 1});
        assert_eq!(write(Some(&data), &[], 16).unwrap(), br#"{"data":{"a":1}}"#);
        let refusal = write(Some(&data), &[], 15).unwrap_err();
        assert_eq!(refusal.code(), Some("QUERY_TOO_COMPLEX"));
        assert_eq!(refusal.errors[0].extensions.as_ref().unwrap().get("limit"), Some(&value!(15)));
    }
}
