//! `GET /`: what the control port can do.

use axum::response::Response;
use serde_json::json;

use crate::control::answer::shown;

pub(crate) async fn show() -> Response {
    shown(json!({
        "what": "control side of the gateway sandboxes",
        "read": {
            "GET /urls": "where the sandboxes listen",
            "GET /ledger?kind=&gateway=&reference=&payment_id=": "what happened to money; kinds: charge, authorization, refund, chargeback, decline, pending, cancel",
            "GET /counters": "requests by service and kind",
            "GET /requests?last=50": "the last requests, secrets replaced by marks",
            "GET /payments, GET /payments/{id}": "payments; id: charge, order or payment id, or the reference",
            "GET /notices": "events, sent or not",
            "GET /telegram/messages": "messages received",
            "GET /held?at_least=0&timeout_ms=5000": "requests that wait; with at_least: waits for that many",
            "GET /webhooks/key": "public key (PEM) of Conekta's notices, unless the account made its own",
        },
        "decide": {
            "POST /payments/{id}/approve": "a pending payment is paid (late money)",
            "POST /payments/{id}/reject": {"code": "optional: Conekta code after conekta.errors., or status_detail"},
            "POST /payments/{id}/expire": "a pending payment runs out",
            "POST /payments/{id}/chargeback": "the bank takes the money back",
            "POST /payments/{id}/refund": {"amount_cents": "optional"},
        },
        "faults": {
            "GET /faults": "what is set",
            "POST /faults": {
                "fault": {"kind": "see kinds"},
                "gateway": "conekta | mercado_pago | telegram",
                "endpoint": "as in counters: create_order, create_charge, read_order, create_payment, ...",
                "token": "part of the card token",
                "reference": "reference, metadata value, searched text, or id in the path",
                "key": "the account's secret key",
                "skip": 0,
                "times": "1; 0 = until removed",
            },
            "DELETE /faults, DELETE /faults/{id}": "remove",
            "POST /release": {"id": "optional: one held request"},
            "kinds": {
                "close_before": "connection closes, nothing done",
                "close_after": "done, then the connection closes",
                "status": {"status": 503, "after": false, "retry_after": null},
                "delay": {"ms": 1000, "after": false},
                "hold": {"after": false},
                "hang": {"after": false},
                "garbage, empty_body, truncated, cut_body": "done, then a useless answer",
                "wrong_amount, wrong_currency, wrong_reference, wrong_livemode, wrong_account, unknown_status": "done, the answer says otherwise",
                "overwrite": {"field": "name", "value": "any"},
                "stay_pending": "the charge waits for a decision",
                "decline": {"code": "Conekta code after conekta.errors., or status_detail"},
                "duplicate_results, ids_as_strings": "in answers",
            },
        },
        "notices": {
            "PUT /webhooks": {"conekta": "url", "mercado_pago": "url", "secret": "Mercado Pago's signature secret"},
            "PUT /webhooks/merchant": {"gateway": "conekta", "key": "the merchant's secret key", "url": "own address", "secret": null},
            "POST /webhooks/send": {
                "gateway": null, "event_id": null, "subject": "order or payment id", "event": "order.paid",
                "again": false, "reversed": false, "copies": 1,
                "signing": "right | wrong | foreign | malformed | missing",
                "id_case": "as_is | lower", "ts_unit": "milliseconds | seconds", "without_request_id": false,
                "url": null, "secret": null, "body": "own body, with gateway", "data_id": null,
            },
        },
        "other": {
            "GET /settings, PUT /settings": {"search_delay": "searches that miss a new payment", "search_metadata": false, "auto_notify": false},
            "POST /search/reveal": "everything becomes visible to searches",
            "POST /accounts/revoke": {"gateway": "conekta", "key": "key_..."},
            "POST /accounts/join": {"gateway": "conekta", "key": "key_new", "existing": "key_old"},
            "POST /reset": "forget everything but settings, addresses and revoked keys",
        },
    }))
}
