//! Mutations that a client may send again: the key in their inputs, the digest of what was sent, and the one way to carry
//! them out once. What a key is, and where it is kept, is in `idempotency`.

use async_graphql::{Context, InputObject, InputType, SimpleObject, Value};
use uuid::Uuid;

use crate::{
    change::Change,
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, ErrorCode, Problems, Result},
    id::Identified,
    idempotency::{IdempotencyKey, Once, Opened},
    state::Fields,
    top::QueryRoot,
};

/// The part of an input that lets it be sent again.
#[derive(InputObject)]
pub(crate) struct Repeatable {
    /// 1 to 255 visible ASCII characters, for example a UUID. The same input sent again with the same key, within 30 days unless the server is set otherwise, changes nothing: it is answered with `replayed: true`, and with what it changed as that is by then. `CONFLICT` where that is gone or hidden from you by then; `IDEMPOTENCY_KEY_REUSED` where the key came with other input before, or with another mutation.
    #[graphql(directive = Constraint::apply(Bound::Pattern(IdempotencyKey::PATTERN, 1, IdempotencyKey::LENGTH)))]
    pub(crate) idempotency_key: Option<String>,
}

/// The part of a payload that goes with [`Repeatable`].
#[derive(SimpleObject)]
pub(crate) struct Done {
    /// Whether an earlier request with the same idempotency key had done this.
    replayed: bool,
    /// Everything that can be read, as it is after this change.
    query: QueryRoot,
}

impl Done {
    pub(crate) fn of(replayed: bool) -> Self {
        Self { replayed, query: QueryRoot }
    }
}

/// What a mutation came to.
pub(crate) struct Outcome<T> {
    /// What it answers with.
    pub(crate) answer: T,
    /// Whether an earlier request with the same key had done it.
    pub(crate) replayed: bool,
}

/// What `parse` makes of `input`, and how to carry it out once. All that the input has counts as the same or not, but for
/// what is null.
///
/// # Errors
/// `BAD_USER_INPUT`, all problems together.
pub(crate) fn read<I: InputType, T>(
    ctx: &Context<'_>,
    input: I,
    parse: impl FnOnce(I) -> Result<T>,
) -> Result<(Once, T)> {
    read_without(ctx, input, &[], parse)
}

/// As [`read`], but for the fields `secrets`, which do not count, so that nothing that is made from them is kept.
///
/// # Errors
/// As [`read`].
pub(crate) fn read_without<I: InputType, T>(
    ctx: &Context<'_>,
    input: I,
    secrets: &[&str],
    parse: impl FnOnce(I) -> Result<T>,
) -> Result<(Once, T)> {
    let mut sent = input.to_value();
    if let Value::Object(fields) = &mut sent {
        fields.retain(|name, _| !secrets.contains(&name.as_str()));
    }
    let once = once(ctx, sent);
    let mut problems = Problems::default();
    let parsed = problems.read(parse(input));
    let once = problems.read(once);
    problems.finish(once.zip(parsed)).map_err(Error::in_input)
}

/// How to carry out once what was sent as `input`.
///
/// # Errors
/// `BAD_USER_INPUT` for a key that is none.
pub(crate) fn once(ctx: &Context<'_>, input: Value) -> Result<Once> {
    let Value::Object(mut fields) = input else { return Err(Error::internal("an input is an object")) };
    let key = match fields.swap_remove("idempotencyKey") {
        Some(Value::String(key)) => Some(IdempotencyKey::parse(key)?),
        _ => None,
    };
    let mutation = ctx.field().name().to_owned();
    let digests = || vec![digest(&mutation, Value::Object(fields))];
    Ok(Once::new(mutation.clone(), key, digests))
}

/// Carries out `rule`, which gives an object, once.
///
/// # Errors
/// Those of `rule`; `IDEMPOTENCY_KEY_REUSED`; `CONFLICT` on a replay where the object is gone or hidden.
pub(crate) async fn carry_out<T: Identified>(
    ctx: &Context<'_>,
    once: Once,
    rule: impl AsyncFnOnce(&mut Change) -> Result<T>,
) -> Result<Outcome<T>> {
    let made = |answer: &T| vec![answer.uuid()];
    carry_out_with(ctx, once, rule, made, async |made| find(ctx, &made).await).await
}

/// Carries out `rule`, which makes what `made` says, once; `now` gives its answer for a replay, by what it made then.
///
/// # Errors
/// As [`carry_out`].
pub(crate) async fn carry_out_with<T>(
    ctx: &Context<'_>,
    once: Once,
    rule: impl AsyncFnOnce(&mut Change) -> Result<T>,
    made: impl FnOnce(&T) -> Vec<Uuid>,
    now: impl AsyncFnOnce(Vec<Uuid>) -> Result<Option<T>>,
) -> Result<Outcome<T>> {
    let opened = once.open(ctx.services()?, ctx.author()?, &[]).await.map_err(Error::in_input)?;
    let mut change = match opened {
        Opened::New(change) => change,
        Opened::Replay(made) => {
            let answer = now(made).await?.ok_or_else(|| gone().in_input())?;
            return Ok(Outcome { answer, replayed: true });
        }
    };
    let answer = rule(&mut change).await.map_err(Error::in_input)?;
    once.commit(change, &made(&answer)).await?;
    Ok(Outcome { answer, replayed: false })
}

/// The object that an earlier request made or changed, where there was one: before work that a replay need not do.
///
/// # Errors
/// As [`carry_out`].
pub(crate) async fn earlier<T: Identified>(ctx: &Context<'_>, once: &Once) -> Result<Option<T>> {
    let opened = once.open(ctx.services()?, ctx.author()?, &[]).await.map_err(Error::in_input)?;
    match opened {
        Opened::New(change) => change.rollback().await.map(|()| None),
        Opened::Replay(made) => find(ctx, &made).await?.ok_or_else(|| gone().in_input()).map(Some),
    }
}

async fn find<T: Identified>(ctx: &Context<'_>, made: &[Uuid]) -> Result<Option<T>> {
    match made.first() {
        Some(id) => T::find(ctx, *id).await,
        None => Ok(None),
    }
}

/// That a replay has nothing to show.
pub(crate) fn gone() -> Error {
    let message = "This was done before with this idempotency key, and what it was done to was deleted since. Use a new key for a new change.";
    Error::new(ErrorCode::Conflict, message).at("idempotencyKey")
}

/// A digest of an input as it was sent. What was left out, as what later versions add is, does not count, and neither does
/// the order of the fields.
fn digest(mutation: &str, input: Value) -> Vec<u8> {
    [&[1], &*Fields::of(mutation).text(canonical(input).to_string()).digest()].concat()
}

fn canonical(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.into_iter().filter(|(_, value)| *value != Value::Null);
            let mut given: Vec<_> = given.map(|(name, value)| (name, canonical(value))).collect();
            given.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(given.into_iter().collect())
        }
        Value::List(items) => Value::List(items.into_iter().map(canonical).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(input: serde_json::Value) -> Vec<u8> {
        digest("mutation", Value::from_json(input).unwrap())
    }

    #[test]
    fn what_is_said_counts_and_not_how_it_is_written() {
        let same = of(json!({ "a": 1, "b": { "c": [1, 2], "d": null } }));
        assert_eq!(of(json!({ "b": { "c": [1, 2] }, "a": 1, "e": null })), same);
        for other in
            [json!({ "a": 1, "b": { "c": [2, 1] } }), json!({ "a": 1 }), json!({ "a": "1", "b": { "c": [1, 2] } })]
        {
            assert_ne!(of(other), same);
        }
        assert_ne!(digest("other", Value::Null), digest("mutation", Value::Null));
    }
}
