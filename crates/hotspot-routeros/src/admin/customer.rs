//! What the router knows of one customer.

use domain::credentials::HotspotName;
use domain::network::MacAddress;
use ports::hotspot::HotspotError;
use ports::router_admin::{CustomerFacts, CustomerSession};

use crate::admin::users;
use crate::commands;
use crate::rows::text;
use crate::step::Step;

pub(super) async fn customer(
    step: &mut Step<'_>,
    name: &HotspotName,
    mac: Option<MacAddress>,
) -> Result<CustomerFacts, HotspotError> {
    let mut facts = CustomerFacts::default();
    if let Some(find) = users::find(std::slice::from_ref(name)) {
        let reply = step.repeatedly(find).await?;
        facts.user = reply.rows().first().map(users::facts);
    }
    let reply = step
        .repeatedly(commands::find_sessions(name.as_str()))
        .await?;
    facts.sessions = reply
        .rows()
        .iter()
        .map(|row| CustomerSession {
            mac: text(row, "mac-address").and_then(|mac| MacAddress::parse(&mac).ok()),
            address: text(row, "address"),
            uptime: text(row, "uptime"),
        })
        .collect();
    let reply = step
        .repeatedly(commands::find_cookies_of_user(name.as_str()))
        .await?;
    facts.cookies = reply.rows().len();
    if let Some(mac) = mac {
        let reply = step.repeatedly(commands::find_host(mac)).await?;
        facts.device_is_seen = Some(!reply.rows().is_empty());
    }
    Ok(facts)
}
