//! Access tokens that were not issued by this service, or not for this moment: none of them signs anybody in.

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::Role;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value, json};

use crate::{
    harness::{SECRET, TestApp},
    on_both,
    sign_in::ME,
};

on_both![
    a_token_made_with_the_secret_itself_works,
    a_token_with_another_head_is_refused,
    a_token_with_other_claims_is_refused,
    a_token_without_one_of_its_claims_is_refused,
    a_token_that_was_changed_is_refused,
    secrets_are_replaced_without_signing_anybody_out,
];

const OTHER_SECRET: &str = "a secret that nobody ever configured here";

/// A token of a signed-in user, taken apart.
#[derive(Clone)]
struct Token {
    head: Value,
    claims: Map<String, Value>,
}

impl Token {
    async fn of_somebody(app: &TestApp) -> Self {
        let client = app.as_(Role::Admin).await;
        let part = |index| {
            let part = client.token().split('.').nth(index).expect("three parts");
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
        };
        let Value::Object(claims) = part(1) else { panic!("claims are an object") };
        Self { head: part(0), claims }
    }

    fn with_head(&self, change: Value) -> Self {
        let mut token = self.clone();
        let Value::Object(change) = change else { panic!("a head is an object") };
        for (name, value) in change {
            token.head[name] = value;
        }
        token
    }

    fn with_claim(&self, name: &str, value: Value) -> Self {
        let mut token = self.clone();
        token.claims.insert(name.to_owned(), value);
        token
    }

    fn without_claim(&self, name: &str) -> Self {
        let mut token = self.clone();
        token.claims.remove(name).expect("a claim that is there");
        token
    }

    fn signed(&self, secret: &str) -> String {
        self.signed_by(Algorithm::HS256, secret)
    }

    /// Signed by `algorithm`, whatever the head says.
    fn signed_by(&self, algorithm: Algorithm, secret: &str) -> String {
        let message = format!("{}.{}", encoded(&self.head), encoded(&json!(self.claims)));
        let key = EncodingKey::from_secret(secret.as_bytes());
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).expect("a signature");
        format!("{message}.{signature}")
    }
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}

async fn assert_refused(app: &TestApp, token: &str, case: &str) {
    let response = app.with_token(token).run(ME, Value::Null).await;
    assert_eq!((response.status, response.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{case}");
}

async fn works(app: &TestApp, token: &str) -> bool {
    app.with_token(token).run(ME, Value::Null).await.errors.is_empty()
}

async fn a_token_made_with_the_secret_itself_works(app: TestApp) {
    let token = Token::of_somebody(&app).await;
    assert_eq!((&token.head["alg"], &token.head["typ"]), (&json!("HS256"), &json!("at+jwt")));
    assert!(works(&app, &token.signed(SECRET)).await);
}

async fn a_token_with_another_head_is_refused(app: TestApp) {
    let token = Token::of_somebody(&app).await;
    for (head, algorithm, secret) in [
        (json!({}), Algorithm::HS256, OTHER_SECRET),
        (json!({ "alg": "HS512" }), Algorithm::HS512, SECRET),
        (json!({ "alg": "HS384" }), Algorithm::HS256, SECRET),
        (json!({ "alg": "RS256" }), Algorithm::HS256, SECRET),
        (json!({ "alg": "none" }), Algorithm::HS256, SECRET),
        (json!({ "typ": "JWT" }), Algorithm::HS256, SECRET),
        (json!({ "typ": null }), Algorithm::HS256, SECRET),
        (json!({ "kid": "other" }), Algorithm::HS256, SECRET),
        (json!({ "kid": null }), Algorithm::HS256, SECRET),
        (json!({ "kid": "../../dev/null" }), Algorithm::HS256, ""),
    ] {
        let forged = token.with_head(head.clone()).signed_by(algorithm, secret);
        assert_refused(&app, &forged, &head.to_string()).await;
    }
    for none in ["none", "None", "NONE"] {
        let unsigned = format!(
            "{}.{}.",
            encoded(&json!({ "alg": none, "typ": "at+jwt", "kid": token.head["kid"] })),
            encoded(&json!(token.claims))
        );
        assert_refused(&app, &unsigned, none).await;
    }
}

async fn a_token_with_other_claims_is_refused(app: TestApp) {
    let (token, somebody) = (Token::of_somebody(&app).await, Token::of_somebody(&app).await);
    let now = app.now().timestamp();
    for (name, value) in [
        ("iss", json!("another")),
        ("aud", json!("another")),
        ("sub", somebody.claims["sub"].clone()),
        ("sid", somebody.claims["sid"].clone()),
        ("sub", json!("not an id")),
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!("9999999999")),
        ("nbf", json!(now + 6)),
        ("iat", json!(now + 6)),
        ("iat", json!(i64::MAX)),
        ("exp", json!(-1)),
    ] {
        let forged = token.with_claim(name, value.clone()).signed(SECRET);
        assert_refused(&app, &forged, &format!("{name}: {value}")).await;
    }
    assert!(works(&app, &token.with_claim("nbf", json!(now + 5)).signed(SECRET)).await, "another server's clock");
}

async fn a_token_without_one_of_its_claims_is_refused(app: TestApp) {
    let token = Token::of_somebody(&app).await;
    for name in ["iss", "aud", "sub", "sid", "jti", "exp", "nbf", "iat"] {
        assert_refused(&app, &token.without_claim(name).signed(SECRET), name).await;
    }
}

async fn a_token_that_was_changed_is_refused(app: TestApp) {
    let token = Token::of_somebody(&app).await.signed(SECRET);
    let parts: Vec<_> = token.split('.').collect();
    let [head, claims, signature] = parts[..] else { panic!("three parts: {token}") };
    for changed in [
        format!("{head}.{claims}."),
        format!("{head}.{claims}"),
        format!("{head}.{}.{signature}", encoded(&json!({ "sub": "x" }))),
        format!("{token}A"),
        format!("{token}.{signature}"),
        format!("{head}.{claims}.{}", signature.chars().rev().collect::<String>()),
        "..".to_owned(),
    ] {
        assert_refused(&app, &changed, &changed).await;
    }
}

async fn secrets_are_replaced_without_signing_anybody_out(app: TestApp) {
    let secrets = |secrets: &[&str]| {
        let secrets = secrets.iter().map(|secret| secret.parse().expect("a secret")).collect();
        app.with(|config| config.jwt_secret = secrets)
    };
    let (both, new) = (secrets(&[OTHER_SECRET, SECRET]), secrets(&[OTHER_SECRET]));
    let before = app.as_(Role::Viewer).await;
    let during = both.as_(Role::Viewer).await;
    assert!(works(&both, before.token()).await && works(&both, during.token()).await);
    assert!(works(&new, during.token()).await);
    assert_refused(&new, before.token(), "signed with the secret that was removed").await;
    assert_refused(&app, during.token(), "signed with a secret that is not there yet").await;
}
