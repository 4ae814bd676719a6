//! A purchase within its limits.

use std::sync::Arc;

use actix_web::HttpRequest;
use application::app::App;
use application::caller::Portal;
use application::purchase::checkout::start_purchase;
use application::purchase::command::StartPurchase;
use application::purchase::idempotency::is_repeat;
use application::purchase::status::PurchaseAnswer;

use crate::error::ApiError;
use crate::extract::client_address::limited_address;
use crate::limits::subjects::Subject;
use crate::portal::purchase_error::refused;
use crate::state::State;

/// Buys, unless this customer, device or address has tried too much. Repeats of a stored
/// purchase are free; a declined card counts double.
pub(super) async fn buy_within_limits(
    state: &State,
    request: &HttpRequest,
    portal: &Portal,
    command: StartPurchase,
) -> Result<PurchaseAnswer, ApiError> {
    let app: &Arc<App> = &state.app;
    let gateway = command.gateway;
    let limits = &state.limits.payments;
    let start = |command| async {
        let outcome = start_purchase(app, portal, command).await;
        outcome.map_err(|error| refused(error, gateway))
    };
    if limits.is_off() || is_repeat(app, portal, &command).await? {
        return start(command).await;
    }
    let subjects = subjects(portal, &command);
    let address = limited_address(request);
    limits.check(&subjects, address).map_err(|throttled| {
        let what = "Demasiados intentos de pago seguidos. No se realizó ningún cargo.";
        ApiError::too_many(what, throttled)
    })?;
    let answer = start(command).await?;
    if matches!(answer, PurchaseAnswer::Declined { .. }) {
        limits.count_again(&subjects, address);
    }
    Ok(answer)
}

fn subjects(portal: &Portal, command: &StartPurchase) -> Vec<Subject> {
    let key = portal.key_id();
    let customer = Subject::customer(key, &command.customer.email);
    let device = command.device.mac.map(|mac| Subject::device(key, mac));
    std::iter::once(customer).chain(device).collect()
}
