//! Access tokens: short-lived JWTs that say who and which session, never what they may do.
//!
//! One algorithm (HS256) and one `typ` (`at+jwt`, RFC 9068); every registered claim is required and
//! checked against our own clock. `kid` is a lookup among the configured secrets.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::DerivedKeys;
use crate::{
    config::Secret,
    error::{Error, ErrorCode, Result},
};

const ISSUER: &str = "tallybook";
const AUDIENCE: &str = "tallybook-api";
const TOKEN_TYPE: &str = "at+jwt";
/// What the keys of refresh tokens are derived for. Another text, and every refresh token looks made up.
const REFRESH_PURPOSE: &str = "tallybook refresh token v1";
/// What the keys of downloads are derived for.
const DOWNLOAD_PURPOSE: &str = "tallybook download v1";
/// How far another server's clock may be ahead of ours.
const CLOCK_SKEW_SECONDS: i64 = 5;

/// What an access token says.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Always `tallybook`.
    pub iss: String,
    /// Always `tallybook-api`.
    pub aud: String,
    /// The user.
    pub sub: Uuid,
    /// The session: when it ends, so does the token.
    pub sid: Uuid,
    /// This token.
    pub jti: Uuid,
    /// Issued at, in seconds since the epoch.
    pub iat: i64,
    /// Not valid before.
    pub nbf: i64,
    /// Not valid from then on.
    pub exp: i64,
}

/// A token as it goes to the client.
pub struct AccessToken {
    /// The compact JWT.
    pub text: String,
    /// When it stops being valid.
    pub expires_at: DateTime<Utc>,
}

/// Makes and checks access tokens.
pub struct Tokens {
    keys: Vec<Key>,
    refresh_keys: DerivedKeys,
    download_keys: DerivedKeys,
    lifetime: TimeDelta,
    validation: Validation,
}

struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    fn new(secret: &Secret) -> Self {
        let bytes = secret.expose().as_bytes();
        let id = BASE64_URL_SAFE_NO_PAD.encode(&Sha256::digest(Sha256::digest(bytes))[..8]);
        Self { id, encoding: EncodingKey::from_secret(bytes), decoding: DecodingKey::from_secret(bytes) }
    }
}

impl Tokens {
    /// `secrets` holds one or more: the first signs, all verify.
    #[must_use]
    pub fn new(secrets: &[Secret], lifetime: TimeDelta) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library asks the system's clock; `verify` compares the times with ours instead.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let refresh_keys = DerivedKeys::new(secrets, REFRESH_PURPOSE);
        let download_keys = DerivedKeys::new(secrets, DOWNLOAD_PURPOSE);
        Self { keys: secrets.iter().map(Key::new).collect(), refresh_keys, download_keys, lifetime, validation }
    }

    /// What refresh tokens are made and recognised with.
    pub(crate) fn refresh_keys(&self) -> &DerivedKeys {
        &self.refresh_keys
    }

    /// What the URLs of downloads are signed with.
    pub(crate) fn download_keys(&self) -> &DerivedKeys {
        &self.download_keys
    }

    /// A token for the session `session_id` of the user `user_id`, valid from `now`, and not longer than the session,
    /// which ends at `end` unless it is refreshed.
    pub fn issue(
        &self,
        user_id: Uuid,
        session_id: Uuid,
        now: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> Result<AccessToken> {
        let key = self.keys.first().ok_or_else(|| Error::internal("no secret to sign with"))?;
        let expires_at = end.min(now + self.lifetime);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user_id,
            sid: session_id,
            jti: Uuid::now_v7(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let header =
            Header { typ: Some(TOKEN_TYPE.to_owned()), kid: Some(key.id.clone()), ..Header::new(Algorithm::HS256) };
        let text = jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(Error::internal)?;
        Ok(AccessToken { text, expires_at })
    }

    /// What a token says, if it is one of ours and valid at `now`.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, the same for every reason but expiry, which a client can mend by refreshing.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Claims> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let key = self.keys.iter().find(|key| header.kid.as_ref() == Some(&key.id)).ok_or_else(invalid)?;
        if header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(invalid());
        }
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key.decoding, &self.validation).map_err(|_| invalid())?.claims;
        if claims.exp <= now.timestamp() {
            return Err(Error::new(
                ErrorCode::Unauthenticated,
                "The access token has expired. Use `refreshSession`, or sign in again.",
            ));
        }
        if claims.nbf.max(claims.iat) > now.timestamp() + CLOCK_SKEW_SECONDS {
            return Err(invalid());
        }
        Ok(claims)
    }
}

fn invalid() -> Error {
    Error::new(ErrorCode::Unauthenticated, "The access token is not valid. Sign in again.")
}
