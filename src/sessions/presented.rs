//! A refresh token as somebody presents it, and how often they may present a wrong one.

use super::token::RefreshToken;
use crate::{
    auth::{Caller, Source},
    error::Result,
    services::Services,
};

/// What a client presented as a refresh token.
pub(crate) struct Presented {
    /// The token, if it has the form of one.
    pub(crate) token: Option<RefreshToken>,
    /// Where failures are counted. A token that we once gave is counted by its session, so that nobody else at the same
    /// address can keep it from being refreshed.
    source: Option<Source>,
}

impl Presented {
    /// Reads `text`. Knows nothing of the database.
    ///
    /// # Errors
    /// `RATE_LIMITED` for a source of too many wrong tokens.
    pub(crate) fn read(services: &Services, caller: &Caller, text: &str) -> Result<Self> {
        let token = RefreshToken::parse(services.tokens.refresh_keys(), text);
        let source = match &token {
            Some(token) if token.is_genuine() => Some(Source::Session(token.session_id)),
            _ => caller.address.map(Source::tokens_from),
        };
        if let Some(source) = source {
            services.failures.check(source, services.clock.now())?;
        }
        Ok(Self { token, source })
    }

    /// Counts that nothing could be refreshed with the token.
    pub(crate) fn failed(&self, services: &Services) {
        if let Some(source) = self.source {
            services.failures.count(source, services.clock.now());
        }
    }
}
