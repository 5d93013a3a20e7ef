//! What clients send about imports, parsed.

use base64::{Engine, prelude::BASE64_STANDARD};
use import_file::{Format, LOOKED_AT, Suggestion, suggest};
use serde_json::Value;

use super::store::NAME_LENGTH;
use crate::{
    currency::Currency,
    error::{Error, Problems, Result},
    text,
};

/// A format from the input field `format`.
///
/// # Errors
/// `BAD_USER_INPUT` for each of its fields that is wrong.
pub(crate) fn parse_format(format: Format) -> Result<Format> {
    let mut problems = Problems::default();
    for misfit in format.misfits() {
        problems.add(Error::bad_input(misfit.field, misfit.message));
    }
    if let Some(code) = &format.currency
        && code.to_uppercase().parse::<Currency>().is_err()
    {
        problems.add(Error::bad_input("currency", format!("{code:?} is not the code of a currency, such as EUR.")));
    }
    // PostgreSQL keeps no NUL in JSON.
    if has_nul(&serde_json::to_value(&format).map_err(Error::internal)?) {
        problems
            .add(Error::bad_value("A text of the format holds a NUL character, which is not allowed.").at("format"));
        return problems.finish(None);
    }
    problems.finish(Some(format)).map_err(|error| error.within("format"))
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(fields) => fields.values().any(has_nul),
        _ => false,
    }
}

/// The most characters of a sample: of 64 KiB in Base64.
pub(super) const SAMPLE_LENGTH: usize = LOOKED_AT.div_ceil(3) * 4;

/// What the beginning of a file, in the argument `sample`, suggests.
///
/// # Errors
/// `BAD_USER_INPUT` where it is no Base64, too long, or the beginning of no file of rows.
pub(super) fn parse_sample(sample: &str) -> Result<Suggestion> {
    if sample.len() > SAMPLE_LENGTH {
        let message = format!("At most {SAMPLE_LENGTH} characters are allowed: 64 KiB in Base64.");
        return Err(Error::bad_input("sample", message).with("maxLength", SAMPLE_LENGTH));
    }
    let bytes = BASE64_STANDARD.decode(sample);
    let bytes = bytes.map_err(|_| Error::bad_input("sample", "This is not Base64, with padding."))?;
    suggest(&bytes).map_err(|fault| Error::bad_input("sample", fault.to_string()))
}

/// A name from the input field `field`: of a file, of a source, or of a format.
///
/// # Errors
/// `BAD_USER_INPUT` where it is empty, too long, or holds control characters.
pub(crate) fn parse_name(field: &'static str, name: &str) -> Result<String> {
    text::line(field, name, NAME_LENGTH)
}
