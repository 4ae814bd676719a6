//! Card tokens: made from card data, or named by the caller.

use serde_json::{Value, json};

use crate::core::clock::iso;
use crate::core::http::{Call, Reply, Request};
use crate::core::scenario::Scenario;
use crate::mercado_pago::State;
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::request::Fields;
use crate::mercado_pago::store::{CardFace, TokenCard};

/// The card that a token stands for. Every token works once; unknown ones are taken as issued elsewhere,
/// and their name decides.
pub(crate) fn find(state: &State<'_>, token: &str) -> Result<TokenCard, Refusal> {
    let shaped = token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let scenario = Scenario::of_token(token);
    if !shaped || scenario == Scenario::Nonexistent {
        return Err(Refusal::bad(2006, "Card Token not found"));
    }
    if state.store.used_tokens.contains(token) {
        return Err(Refusal::bad(3003, "Invalid card_token_id"));
    }
    Ok(state
        .store
        .tokens
        .get(token)
        .cloned()
        .unwrap_or_else(|| TokenCard {
            scenario,
            face: CardFace {
                first6: "407559".to_owned(),
                last4: "3764".to_owned(),
                month: 11,
                year: 2030,
                holder: "APRO".to_owned(),
            },
        }))
}

/// `POST /v1/card_tokens`: any card is taken; the cardholder's name decides how payments end.
pub(crate) fn create(
    state: &mut State<'_>,
    call: &Call,
    request: &Request,
) -> Result<Reply, Refusal> {
    let fields = Fields::read(request, false)?;
    let number = fields.text("card_number", 30, 3034)?.unwrap_or_default();
    let number: String = number.chars().filter(|letter| *letter != ' ').collect();
    if !(12..=19).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::bad(3034, "Invalid card_number"));
    }
    let code = fields.text("security_code", 4, 3012)?.unwrap_or_default();
    if !(3..=4).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::bad(3013, "Invalid security_code"));
    }
    let whole = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => text.parse::<i64>().ok(),
        Some(other) => other.as_i64(),
        None => None,
    };
    let month = whole("expiration_month").filter(|month| (1..=12).contains(month));
    let (Some(month), Some(year)) = (month, whole("expiration_year")) else {
        return Err(Refusal::bad(3014, "Invalid expiration date"));
    };
    let holder = fields.object("cardholder")?.unwrap_or(Value::Null);
    let Some(name) = holder
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty())
    else {
        return Err(Refusal::bad(
            3000,
            "You must provide your cardholder_name with your card data",
        ));
    };
    let face = CardFace {
        first6: number.get(..6).unwrap_or_default().to_owned(),
        last4: number
            .get(number.len() - 4..)
            .unwrap_or_default()
            .to_owned(),
        month,
        year,
        holder: name.to_owned(),
    };
    let id = state.core.ids.hex32();
    let answer = json!({
        "id": id,
        "public_key": null,
        "first_six_digits": face.first6,
        "last_four_digits": face.last4,
        "expiration_month": month,
        "expiration_year": year,
        "cardholder": { "name": name, "identification": holder.get("identification") },
        "status": "active",
        "date_created": iso(call.now_ms),
        "date_last_updated": iso(call.now_ms),
        "date_due": iso(call.now_ms + 604_800_000),
        "luhn_validation": true,
        "live_mode": call.live,
        "require_esc": false,
        "card_number_length": number.len(),
        "security_code_length": code.len(),
    });
    let scenario = Scenario::of_holder(name);
    state.store.tokens.insert(id, TokenCard { scenario, face });
    Ok(Reply::json(201, answer))
}
