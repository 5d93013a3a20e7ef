//! The program killed while it writes.

use std::time::Duration;

use crate::{load::Load, on_both, site::Site};

on_both![what_was_acknowledged_before_a_kill_is_there_after_it];

async fn what_was_acknowledged_before_a_kill_is_there_after_it(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let load = Load::start(&client, "first");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    server.kill();
    let mut tally = load.finish().await;

    let server = site.start();
    let client = client.at(server.address());
    site.assert_nothing_is_lost(&client, &tally).await;
    tally.resend(&client).await;
    site.assert_nothing_is_lost(&client, &tally).await;
}
