//! Card tokens: made from card data, or named by the caller.

use serde_json::{Value, json};

use crate::conekta::State;
use crate::conekta::error::{Refusal, reply};
use crate::conekta::request::FieldErrors;
use crate::conekta::store::{CardFace, TokenCard};
use crate::core::http::{Call, Reply};
use crate::core::scenario::Scenario;

/// The card that a token stands for, or why it cannot be used.
#[derive(Debug)]
pub(crate) enum Found {
    Card {
        scenario: Scenario,
        face: CardFace,
    },
    /// A single-use token that was used before.
    Used,
}

/// Looks a token up. Test tokens (`tok_test_...`) work any number of times, in test mode only;
/// all others once. Unknown `tok_` names are taken as issued elsewhere, and their name decides.
pub(crate) fn find(state: &State<'_>, call: &Call, token: &str) -> Result<Found, Refusal> {
    let param = "payment_method.token_id";
    let nonexistent = || {
        let code = "payment_method.token_id.nonexistent_token";
        Refusal::invalid_code(code, param, "The token does not exist.")
    };
    let wrong_mode = || {
        let code = "payment_method.token_id.incorrect_livemode_of_token";
        Refusal::invalid_code(code, param, "The token belongs to the other mode.")
    };
    let scenario = Scenario::of_token(token);
    if !token.starts_with("tok_") || token.len() > 200 || scenario == Scenario::Nonexistent {
        return Err(nonexistent());
    }
    if token.starts_with("tok_test_") {
        if call.live {
            return Err(wrong_mode());
        }
        return Ok(Found::Card {
            scenario,
            face: test_face(token),
        });
    }
    if state.store.used_tokens.contains(token) {
        return Ok(Found::Used);
    }
    match state.store.tokens.get(token) {
        Some(card) if card.live != call.live => Err(wrong_mode()),
        Some(card) => Ok(Found::Card {
            scenario: card.scenario,
            face: card.face.clone(),
        }),
        None => Ok(Found::Card {
            scenario,
            face: face("4242424242424242", "Ana Perez"),
        }),
    }
}

/// Marks a single-use token as used.
pub(crate) fn consume(state: &mut State<'_>, token: &str) {
    if !token.starts_with("tok_test_") {
        state.store.tokens.remove(token);
        state.store.used_tokens.insert(token.to_owned());
    }
}

/// `POST /tokens`: any card is taken; its number decides how charges end.
pub(crate) fn create(state: &mut State<'_>, call: &Call, body: &Value) -> Result<Reply, Refusal> {
    let mut faults = FieldErrors::default();
    let Some(card) = body.get("card").filter(|card| card.is_object()) else {
        return Err(Refusal::invalid(vec![(
            "card".to_owned(),
            "The parameter is required and must be a hash.".to_owned(),
        )]));
    };
    let number = faults
        .text("card.number", card.get("number"), (12, 23))
        .unwrap_or_default();
    let number: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        faults.add("card.number", "Digits only.");
    }
    let name = faults
        .text("card.name", card.get("name"), (3, 249))
        .unwrap_or_default();
    if name.split_whitespace().count() < 2 || name.chars().any(|c| c.is_ascii_digit()) {
        faults.add(
            "card.name",
            "First and last name are required, without digits.",
        );
    }
    let cvc = faults
        .text("card.cvc", card.get("cvc"), (3, 4))
        .unwrap_or_default();
    if !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
        faults.add("card.cvc", "Digits only.");
    }
    let month = faults
        .text("card.exp_month", card.get("exp_month"), (2, 2))
        .unwrap_or_default();
    if !(1..=12).contains(&month.parse::<u32>().unwrap_or(0)) {
        faults.add("card.exp_month", "01 to 12.");
    }
    let year = faults
        .text("card.exp_year", card.get("exp_year"), (2, 4))
        .unwrap_or_default();
    if year.parse::<u32>().is_err() {
        faults.add("card.exp_year", "A year is required.");
    }
    if !faults.0.is_empty() {
        return Err(Refusal::invalid(faults.0));
    }
    let mut face = face(&number, &name);
    face.exp_month = month;
    face.exp_year = year;
    let id = state.core.ids.tagged("tok_");
    let scenario = Scenario::of_number(&number);
    state.store.tokens.insert(
        id.clone(),
        TokenCard {
            scenario,
            live: call.live,
            face,
        },
    );
    let body = json!({ "id": id, "object": "token", "livemode": call.live, "used": false });
    Ok(reply(200, body))
}

/// What may be shown of a card with this number.
pub(crate) fn face(number: &str, name: &str) -> CardFace {
    let brand = match number.get(..2) {
        Some("34" | "37") => "american_express",
        Some(two) if two.starts_with('4') => "visa",
        _ => "mastercard",
    };
    let last4 = number
        .get(number.len().saturating_sub(4)..)
        .unwrap_or_default();
    CardFace {
        brand,
        last4: last4.to_owned(),
        name: name.to_owned(),
        exp_month: "12".to_owned(),
        exp_year: "30".to_owned(),
        auth_code: None,
    }
}

fn test_face(token: &str) -> CardFace {
    let number = match token {
        "tok_test_visa_1881" => "4012888888881881",
        "tok_test_mastercard_4444" => "5555555555554444",
        "tok_test_mastercard_5100" => "5105105105105100",
        "tok_test_amex_0005" => "378282246310005",
        "tok_test_amex_8431" => "371449635398431",
        "tok_test_card_declined" => "4000000000000002",
        "tok_test_insufficient_funds" => "4000000000000127",
        _ => "4242424242424242",
    };
    face(number, "Ana Perez")
}
