//! Who has to wait at signing in: those who guess, and nobody else.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::{Role, sign_in_network, user};
use futures_util::future::join_all;
use sea_orm::EntityTrait;
use tallybook::{
    auth::{Author, Password},
    sessions::Ending,
    sign_in,
    users::{self, Email, NewPassword},
};

use crate::{
    harness::{PASSWORD, TestApp},
    on_both,
    sign_in::login,
};

on_both![
    guesses_from_elsewhere_keep_nobody_out_where_they_have_signed_in,
    guesses_from_elsewhere_slow_down_sign_ins_from_new_networks,
    a_guess_every_quarter_of_an_hour_keeps_nobody_out,
    an_office_signs_in_at_nine,
    a_burst_from_one_address_gets_no_more_guesses_than_a_sequence,
    who_waits_writes_nothing,
    a_new_password_ends_the_waiting,
    unlocking_ends_the_waiting_and_is_written_down,
    a_refusal_takes_the_same_time_whatever_a_hash_costs,
    twenty_networks_are_remembered_for_half_a_year,
];

/// Fails to sign in as the user with this address once from each of `networks` networks.
async fn guess_from_everywhere(app: &TestApp, email: &str, networks: u8) {
    for network in 0..networks {
        login(&app.anonymous().at_address([10, 1, network, 1]), email, "wrong").await;
    }
}

async fn guesses_from_elsewhere_keep_nobody_out_where_they_have_signed_in(app: TestApp) {
    let user = app.user(Role::Admin).await;
    login(&app.anonymous().at_address([192, 0, 2, 1]), &user.email, PASSWORD).await.ok();
    for _ in 0..3 {
        guess_from_everywhere(&app, &user.email, 30).await;
        let colleague = app.anonymous().at_address([192, 0, 2, 2]);
        assert_eq!(login(&colleague, &user.email, "mistyped").await.code(), "INVALID_CREDENTIALS");
        login(&colleague, &user.email, PASSWORD).await.ok();
    }
}

async fn guesses_from_elsewhere_slow_down_sign_ins_from_new_networks(app: TestApp) {
    let user = app.user(Role::Admin).await;
    for email in [&*user.email, "nobody@example.org"] {
        guess_from_everywhere(&app, email, 5).await;
        for wait in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            let elsewhere = app.anonymous().at_address([192, 0, 2, 1]);
            let response = login(&elsewhere, email, PASSWORD).await;
            assert_eq!(response.code(), "RATE_LIMITED");
            assert_eq!(response.error()["extensions"]["retryAfter"], wait);
            app.advance(TimeDelta::seconds(wait));
            let guesser = app.anonymous().at_address([10, 2, u8::try_from(wait).expect("a byte"), 1]);
            assert_eq!(login(&guesser, email, "wrong").await.code(), "INVALID_CREDENTIALS");
        }
        app.advance(TimeDelta::minutes(1));
    }
    login(&app.anonymous().at_address([192, 0, 2, 1]), &user.email, PASSWORD).await.ok();
}

async fn a_guess_every_quarter_of_an_hour_keeps_nobody_out(app: TestApp) {
    let admin = app.user(Role::Admin).await;
    for _ in 0..100 {
        let guess = login(&app.anonymous().at_address([10, 1, 1, 1]), &admin.email, "wrong").await;
        assert_eq!(guess.code(), "INVALID_CREDENTIALS");
        app.advance(TimeDelta::minutes(15));
    }
    assert_eq!(
        login(&app.anonymous().at_address([10, 1, 1, 1]), &admin.email, "wrong").await.code(),
        "INVALID_CREDENTIALS"
    );
    // Where they never signed in; a minute is the longest that a guess elsewhere costs.
    app.advance(TimeDelta::minutes(1));
    login(&app.anonymous().at_address([192, 0, 2, 1]), &admin.email, PASSWORD).await.ok();
}

async fn an_office_signs_in_at_nine(app: TestApp) {
    let mut people = Vec::new();
    for _ in 0..60 {
        people.push(app.user(Role::Viewer).await);
    }
    // A connection is waited for no longer than it should be, and this is about throttles.
    for some in people.chunks(10) {
        let sign_ins = some.iter().map(async |user| login(&app.anonymous(), &user.email, PASSWORD).await);
        for response in join_all(sign_ins).await {
            response.ok();
        }
    }
}

async fn a_burst_from_one_address_gets_no_more_guesses_than_a_sequence(app: TestApp) {
    let mut looked_at = 0;
    for some in 0..5 {
        let guesses = (0..10).map(async |number| {
            login(&app.anonymous(), &format!("{some}-{number}@example.org"), "wrong").await.code().to_owned()
        });
        let codes = join_all(guesses).await;
        looked_at += codes.iter().filter(|code| *code == "INVALID_CREDENTIALS").count();
        assert!(codes.iter().all(|code| ["INVALID_CREDENTIALS", "RATE_LIMITED"].contains(&&**code)), "{codes:?}");
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    assert!((20..20 + threads).contains(&looked_at), "{looked_at}");
}

async fn who_waits_writes_nothing(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    for _ in 0..5 {
        login(&app.anonymous(), &user.email, "wrong").await;
    }
    let before = app.rows().await;
    let (response, statements) = app.statements_of(login(&app.anonymous(), &user.email, PASSWORD)).await;
    assert_eq!(response.code(), "RATE_LIMITED");
    assert!(statements.iter().all(|statement| statement.starts_with("SELECT")), "{statements:#?}");
    assert_eq!(app.rows().await, before);
}

/// A user who has to wait wherever they sign in, and the address.
async fn locked_out(app: &TestApp) -> (user::Model, Email) {
    let user = app.user(Role::Admin).await;
    for _ in 0..8 {
        login(&app.anonymous(), &user.email, "wrong").await;
        app.advance(TimeDelta::seconds(1));
    }
    for address in [[127, 0, 0, 1], [192, 0, 2, 1]] {
        let response = login(&app.anonymous().at_address(address), &user.email, PASSWORD).await;
        assert_eq!(response.code(), "RATE_LIMITED");
    }
    let email = Email::parse("email", &user.email).unwrap_or_else(|error| panic!("{error:?}"));
    (user, email)
}

async fn a_new_password_ends_the_waiting(app: TestApp) {
    let (user, _) = locked_out(&app).await;
    let (other, _) = locked_out(&app).await;
    let set_password = async || {
        let hash = app.services().passwords.hash(&Password::attempt("parsnips and turnips".to_owned())).await?;
        let mut change = app.services().change(Author::default()).await?;
        let new = NewPassword { hash, replaces: None, ending: Ending::All };
        users::set_password(&mut change, user.id, new).await?;
        change.commit().await
    };
    assert!(set_password().await.is_ok());
    login(&app.anonymous(), &user.email, "parsnips and turnips").await.ok();
    assert_eq!(login(&app.anonymous(), &other.email, PASSWORD).await.code(), "RATE_LIMITED");
}

async fn unlocking_ends_the_waiting_and_is_written_down(app: TestApp) {
    let (user, email) = locked_out(&app).await;
    let unlock = async || {
        let mut change = app.services().change(Author::default()).await?;
        users::unlock(&mut change, &email).await?;
        change.commit().await
    };
    let before = app.rows().await["audit_events"].len();
    assert!(unlock().await.is_ok() && unlock().await.is_ok());
    assert_eq!(app.rows().await["audit_events"].len(), before + 1);
    login(&app.anonymous().at_address([192, 0, 2, 1]), &user.email, PASSWORD).await.ok();
}

/// After `BCRYPT_COST` was raised, and after it was lowered.
async fn a_refusal_takes_the_same_time_whatever_a_hash_costs(app: TestApp) {
    let cheap = app.user(Role::Viewer).await;
    let dearer = app.with_cost(9);
    let dear = app.user(Role::Viewer).await;
    login(&dearer.anonymous(), &dear.email, PASSWORD).await.ok();
    let lowered = app.with_cost(4);
    lowered.services().passwords.expect_cost(9);
    for app in [dearer, lowered] {
        let mut times = Vec::new();
        for email in [&*cheap.email, &dear.email, "nobody@example.org"] {
            let mut fastest = Duration::MAX;
            for _ in 0..3 {
                let begin = Instant::now();
                assert_eq!(login(&app.anonymous(), email, "wrong").await.code(), "INVALID_CREDENTIALS");
                fastest = fastest.min(begin.elapsed());
                app.advance(TimeDelta::minutes(16));
            }
            times.push(fastest);
        }
        // 2^9 rounds beside 2^4 are 32 times as much; the rest is the noise of a busy machine.
        let (least, most) = (times.iter().min(), times.iter().max());
        assert!(most < least.map(|least| *least * 3).as_ref(), "{times:?}");
    }
}

async fn twenty_networks_are_remembered_for_half_a_year(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    let networks = async || {
        let rows = sign_in_network::Entity::find().all(app.db().read()).await.expect("a query");
        rows.into_iter().map(|row| row.network).collect::<Vec<_>>()
    };
    for network in 0..22 {
        login(&app.anonymous().at_address([10, 3, network, 77]), &user.email, PASSWORD).await.ok();
        app.advance(TimeDelta::minutes(1));
    }
    let known = networks().await;
    assert_eq!(known.len(), 20);
    assert!(!known.contains(&"10.3.1.0/24".to_owned()) && known.contains(&"10.3.21.0/24".to_owned()), "{known:?}");
    app.advance(TimeDelta::days(179));
    login(&app.anonymous().at_address([10, 3, 21, 1]), &user.email, PASSWORD).await.ok();
    app.advance(TimeDelta::days(2));
    assert!(sign_in::forget_networks(app.services()).await.is_ok());
    assert_eq!(networks().await, ["10.3.21.0/24"]);
}
