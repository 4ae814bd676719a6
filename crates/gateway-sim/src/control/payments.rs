//! Payments, and decisions about them.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::control::answer::{Refused, Shared, read as read_body, shown};
use crate::operations::{self, Decision};

pub(crate) async fn list(State(shared): State<Shared>) -> Response {
    shown(operations::payments(&shared.hub))
}

pub(crate) async fn read(
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    Ok(shown(operations::payment(&shared.hub, &id)?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Details {
    code: Option<String>,
    amount_cents: Option<i64>,
}

pub(crate) async fn decide(
    State(shared): State<Shared>,
    Path((id, decision)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refused> {
    let details: Details = read_body(&body)?;
    let decision = match decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject { code: details.code },
        "expire" => Decision::Expire,
        "chargeback" => Decision::Chargeback,
        "refund" => Decision::Refund {
            amount_cents: details.amount_cents,
        },
        other => {
            let text = format!("{other}: approve, reject, expire, chargeback or refund");
            return Err(Refused(StatusCode::NOT_FOUND, text));
        }
    };
    Ok(shown(operations::settle(&shared.hub, &id, &decision)?))
}
