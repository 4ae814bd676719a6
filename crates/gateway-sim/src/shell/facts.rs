//! What a request is about, read leniently: faults must also hit requests that will be refused.

use serde_json::Value;

use crate::account::mark;
use crate::fault::book::Facts;
use crate::gateway::Gateway;
use crate::wire::Request;
use crate::{conekta, mercado_pago, telegram};

/// Reads the facts.
pub(crate) fn facts(gateway: Gateway, request: &Request) -> Facts {
    let (endpoint, key) = match gateway {
        Gateway::Conekta => (conekta::endpoint(request), conekta::auth::key(request)),
        Gateway::MercadoPago => (
            mercado_pago::endpoint(request),
            mercado_pago::auth::key(request),
        ),
        Gateway::Telegram => (telegram::endpoint(request), telegram::key(request)),
    };
    let mut facts = Facts {
        gateway,
        endpoint,
        account: key.as_deref().map(mark),
        tokens: Vec::new(),
        references: Vec::new(),
    };
    if gateway != Gateway::Telegram {
        facts
            .references
            .extend(request.segments().into_iter().map(str::to_owned));
    }
    facts
        .references
        .extend(request.query.iter().map(|(_, value)| value.clone()));
    if let Some(body) = request.json() {
        collect(&body, false, &mut facts);
    }
    facts
}

fn collect(value: &Value, metadata: bool, facts: &mut Facts) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("token" | "token_id", Value::String(token)) => {
                        facts.tokens.push(token.clone());
                    }
                    ("reference_id" | "external_reference" | "chat_id", Value::String(text)) => {
                        facts.references.push(text.clone());
                    }
                    (_, Value::String(text)) if metadata => facts.references.push(text.clone()),
                    ("metadata", value) => collect(value, true, facts),
                    (_, value) => collect(value, metadata, facts),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, metadata, facts)),
        _ => {}
    }
}
