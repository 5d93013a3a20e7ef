//! Formats of files in the schema: the saved ones, and what is suggested for a file.

use async_graphql::SimpleObject;
use entity::import_format;
use import_file::{Format, Question, Suggestion};
use serde::Deserialize;

use crate::{
    error::{Error, Result},
    scalars::DateTime,
};

/// How files are read, saved by name.
#[derive(SimpleObject)]
pub(super) struct SavedImportFormat {
    /// Its name.
    name: String,
    /// How files are read.
    format: Format,
    /// When it was saved last.
    updated_at: DateTime,
}

impl SavedImportFormat {
    pub(super) fn new(saved: import_format::Model) -> Result<Self> {
        let format = Format::deserialize(&saved.format).map_err(Error::internal)?;
        Ok(Self { name: saved.name, format, updated_at: DateTime(saved.updated_at) })
    }
}

/// A format that fits the beginning of a file, and what has to be asked before it is used.
#[derive(SimpleObject)]
pub(super) struct ImportFormatSuggestion {
    /// The format: where there is a question, the likeliest answer, or none.
    format: Format,
    /// What a person has to say before the format is used; empty where the file leaves nothing open.
    questions: Vec<ImportFormatQuestion>,
}

/// What only a person can say about a file.
#[derive(SimpleObject)]
struct ImportFormatQuestion {
    /// The field of the format, such as `dateForm`.
    field: String,
    /// What has to be said, and why.
    message: String,
    /// Values of the field that fit, the likeliest first; empty where any may.
    candidates: Vec<String>,
}

impl From<Suggestion> for ImportFormatSuggestion {
    fn from(Suggestion { format, questions }: Suggestion) -> Self {
        let question = |Question { field, message, candidates }| ImportFormatQuestion {
            field: str::to_owned(field),
            message,
            candidates,
        };
        Self { format, questions: questions.into_iter().map(question).collect() }
    }
}
