//! The same sales seen from the other side: the router's users and the gateways' books.

use anyhow::bail;
use serde_json::Value;

use crate::demo::http::Client;
use crate::demo::setting::Setting;
use crate::demo::story::{Story, note};

/// What the product costs, in cents.
const PRICE: i64 = 1500;

/// Shows both, and insists that every customer was charged once and has a user.
pub(crate) fn tell(story: &mut Story, setting: &Setting, users: &[String]) -> anyhow::Result<()> {
    story.step("Behind the scenes: what the router knows, and what the gateways booked");
    router(setting, users)?;
    gateways(setting, users.len())
}

fn router(setting: &Setting, users: &[String]) -> anyhow::Result<()> {
    let answer = Client::new(setting.ports.router_control).get("/state")?;
    let rows = answer.body.get("users").and_then(Value::as_array);
    let rows = rows.map(Vec::as_slice).unwrap_or_default();
    for user in users {
        let Some(row) = row_of(rows, user) else {
            bail!("the router does not know the user {user}");
        };
        let text = |name| row.get(name).and_then(Value::as_str).unwrap_or("?");
        if text("disabled") == "true" {
            bail!("the router does not let the user {user} in");
        }
        note(
            "router's user",
            &format!("{user}, profile {}", text("profile")),
        );
    }
    Ok(())
}

fn gateways(setting: &Setting, sales: usize) -> anyhow::Result<()> {
    let answer = Client::new(setting.ports.gateway_control).get("/ledger")?;
    let entries = answer.body.pointer("/entries").and_then(Value::as_array);
    let entries = entries.map(Vec::as_slice).unwrap_or_default();
    for entry in entries {
        note("ledger", &line(entry));
    }
    let charges: Vec<i64> = entries
        .iter()
        .filter(|entry| entry.get("kind").and_then(Value::as_str) == Some("charge"))
        .filter_map(|entry| entry.get("amount_cents")?.as_i64())
        .collect();
    if charges != vec![PRICE; sales] {
        bail!("{sales} sale(s) at {PRICE} cents, but these were charged: {charges:?}");
    }
    Ok(())
}

fn line(entry: &Value) -> String {
    let text = |name| entry.get(name).and_then(Value::as_str).unwrap_or("?");
    let cents = entry
        .get("amount_cents")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    format!(
        "{:<8} {}.{:02} {} at {}, {}",
        text("kind"),
        cents / 100,
        cents % 100,
        text("currency"),
        text("gateway"),
        text("payment_id")
    )
}

fn row_of<'a>(rows: &'a [Value], user: &str) -> Option<&'a Value> {
    rows.iter()
        .find(|row| row.get("name").and_then(Value::as_str) == Some(user))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{line, row_of};

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let rows = [
            json!({"name": "PT-1"}),
            json!({"name": "PT-12", "profile": "1hora"}),
        ];
        assert_eq!(row_of(&rows, "PT-12").unwrap()["profile"], "1hora");
        assert_eq!(row_of(&rows, "PT-2"), None);
    }

    #[test]
    fn a_ledger_entry_reads_as_money() {
        let entry = json!({"kind": "charge", "amount_cents": 1505, "currency": "MXN",
            "gateway": "conekta", "payment_id": "chr_1"});
        assert_eq!(line(&entry), "charge   15.05 MXN at conekta, chr_1");
    }
}
