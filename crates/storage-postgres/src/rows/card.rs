//! The card, inside `metadata_json`.

use domain::gateway::CardSummary;
use serde_json::{Map, Value, json};

use crate::rows::convert::clean;

/// Gateway extras as stored: `{"tarjeta": {...}}` with what is known of the card.
pub(crate) fn card_to_json(card: &CardSummary) -> Value {
    let texts = [
        ("marca", &card.brand),
        ("tipo", &card.kind),
        ("emisor", &card.issuer),
        ("ultimos_cuatro", &card.last_four),
    ];
    let mut known = Map::new();
    for (name, text) in texts {
        if let Some(text) = text {
            known.insert(name.to_owned(), Value::String(clean(text)));
        }
    }
    if let Some(installments) = card.installments {
        known.insert("cuotas".to_owned(), Value::from(installments));
    }
    json!({ "tarjeta": known })
}

/// What is known of the card. Extras of an older database may look like anything; whatever is
/// not there is not known.
pub(crate) fn card_from_json(extras: &Value) -> CardSummary {
    let card = extras.get("tarjeta");
    let field = |name: &str| card.and_then(|card| card.get(name));
    let text = |name: &str| field(name).and_then(Value::as_str).map(str::to_owned);
    CardSummary {
        brand: text("marca"),
        kind: text("tipo"),
        issuer: text("emisor"),
        last_four: text("ultimos_cuatro"),
        installments: field("cuotas")
            .and_then(Value::as_u64)
            .and_then(|number| u32::try_from(number).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_survive_and_strange_extras_are_no_card() {
        let card = CardSummary {
            brand: Some("visa".into()),
            kind: None,
            issuer: Some("310".into()),
            last_four: Some("4242".into()),
            installments: Some(3),
        };
        assert_eq!(card_from_json(&card_to_json(&card)), card);
        for extras in [
            json!({}),
            json!([]),
            json!({"tarjeta": {"cuotas": -1, "marca": 7}}),
        ] {
            assert_eq!(card_from_json(&extras), CardSummary::default());
        }
    }
}
