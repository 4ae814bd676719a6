//! What the control port can do, in its own words.

use axum::Json;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// `GET /health`.
pub(super) async fn health() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /`.
pub(super) async fn guide() -> Json<Value> {
    Json(json!({
        "GET /state": "version, identity, users, profiles, hosts, active, cookies",
        "GET /menu/{path}": "rows of any menu, such as /menu/ip/hotspot/user",
        "POST /menu/{path}": "add an item past the rules of add: an object of texts",
        "GET /counters": "connections, logins, commands and round trips per command",
        "DELETE /counters": "set the counters to zero",
        "GET /transcript": "what was said lately, secrets as ***",
        "GET /faults": "faults, how often they happened, what they hold",
        "POST /faults": {
            "what": "arm a fault; path may end in *, times null means always",
            "example": {"kind": "close-before-reply", "path": "/ip/hotspot/user/add", "times": 1, "skip": 0},
            "kinds": [
                "refuse-login", {"trap": {"message": "text", "category": null, "executed": false}},
                {"hold": "execution|reply|rows|word"}, {"delay": {"at": "reply", "millis": 500}},
                "one-byte-at-a-time", "sentence-per-packet", "with-next-reply", "after-next-reply",
                "close-before-execution", "close-before-reply", {"close-mid-row": {"after_rows": 0}},
                {"close-in-reply": {"bytes": 5}},
                {"close-after": {"direction": "from-client|to-client|either", "bytes": 100}},
                {"never-done": {"even_after_cancel": false}}, "two-traps",
                {"trap-after-rows": {"rows": 1}}, {"fatal": {"reason": "text"}},
                "unknown-reply-word", "unknown-tag", "empty-before-done", "tag-last",
                "reserved-byte", "huge-length", {"non-utf8": {"property": "comment"}},
                {"deny": "eof|reset|fatal|silence"},
            ],
        },
        "POST /faults/{id}/release": "let go what a hold keeps",
        "DELETE /faults/{id}": "forget a fault",
        "DELETE /faults": "forget all faults",
        "GET /clock": "milliseconds since 1970 on the router",
        "POST /clock": {"advance_seconds": 3600},
        "GET /settings": "switches",
        "PUT /settings": "set switches; those left out keep their usual value",
        "POST /power": {"power": "on|refused|silent"},
        "POST /restore": "as from an export: hotspot users get new ids, nobody is online",
        "DELETE /connections": "close all connections",
        "POST /hosts": {"mac": "AA:BB:CC:DD:EE:FF", "ip": "10.5.50.20"},
        "DELETE /hosts/{address}": "the device leaves",
        "POST /users": {"name": "V7K2", "password": "V7K2", "profile": "1hora"},
        "POST /users/fill": {"prefix": "bulk-", "count": 100_000},
        "DELETE /users/{name}": "remove a hotspot user",
        "POST /profiles": {"name": "1dia", "rate-limit": "2M/5M"},
        "DELETE /profiles/{name}": "remove a user profile",
        "POST /devices/{address}/login": {"user": "V7K2", "password": "V7K2"},
        "POST /devices/{address}/return": "the device comes back with its MAC cookie",
        "POST /devices/{address}/traffic": {"bytes_in": 1000, "bytes_out": 1000},
    }))
}
