//! Testing a router's settings as they are now.

use ports::hotspot::{HotspotError, RouterAccess, RouterProbe};
use routeros_client::CallError;
use routeros_client::CallOptions;
use routeros_client::Client;
use routeros_client::Command;
use routeros_client::Reply;
use routeros_client::connect;
use tokio::time::{Instant, timeout_at};

use crate::access::options;
use crate::config::HotspotConfig;
use crate::failure::{Failure, from_connect};
use crate::rows::text;

/// Connects on its own, past pool and breaker, and looks around.
pub(crate) async fn probe(
    router: RouterAccess,
    config: HotspotConfig,
) -> Result<RouterProbe, HotspotError> {
    let deadline = Instant::now() + config.router_timeout;
    let look = async {
        let options = options(&router, &config).map_err(|error| from_connect(&error))?;
        let client = connect(options)
            .await
            .map_err(|error| from_connect(&error))?;
        look_around(&client, deadline).await
    };
    timeout_at(deadline, look)
        .await
        .unwrap_or(Err(HotspotError::TimedOut))
}

async fn look_around(client: &Client, deadline: Instant) -> Result<RouterProbe, HotspotError> {
    let ask = |command: Command| {
        let left = deadline.saturating_duration_since(Instant::now());
        client.execute_with(command, CallOptions::timeout(left))
    };
    let failed = |error: CallError| HotspotError::from(Failure::Call(error));
    let identity = ask(Command::new("/system/identity/print"))
        .await
        .map_err(failed)?;
    let profiles = ask(Command::new("/ip/hotspot/user/profile/print").proplist(&[".id"]))
        .await
        .map_err(failed)?;
    // The version is a courtesy: a user who may not read it can still sell.
    let version = ask(Command::new("/system/resource/print").proplist(&["version"]))
        .await
        .ok();
    let first = |reply: &Reply, name| reply.rows().first().and_then(|row| text(row, name));
    Ok(RouterProbe {
        identity: first(&identity, "name").unwrap_or_default(),
        profile_count: profiles.rows().len(),
        version: version.and_then(|reply| first(&reply, "version")),
        fingerprint: client.fingerprint().map(|seen| seen.to_string()),
    })
}
