//! What the demo prints.

use crate::console::{self, Console};
use crate::demo::environment::{OWNER_EMAIL, OWNER_PASSWORD, Ports, ROUTER_PASSWORD, ROUTER_USER};
use crate::demo::scenario::Sold;
use crate::http::{Answer, Call};

/// Longest piece of a token that is printed.
const SHOWN: usize = 24;

/// Prints the title of a numbered step.
pub(crate) fn step(console: Console, number: usize, title: &str) {
    console::line("");
    console::line(&format!("{number:>2}. {}", console.bold(title)));
}

/// Prints a request and the status of its answer.
pub(crate) fn exchange(console: Console, call: &Call<'_>, answer: &Answer) {
    let status = answer.status.to_string();
    let status = if answer.status < 400 {
        console.green(&status)
    } else {
        console.red(&status)
    };
    let time = answer.time.as_millis();
    console::line(&format!(
        "    {} {} -> {status} ({time} ms)",
        call.method, call.path
    ));
}

/// Prints a fact from an answer.
pub(crate) fn note(name: &str, value: &str) {
    console::line(&format!("      {name:<18} {value}"));
}

/// The beginning of a token.
pub(crate) fn shortened(token: &str) -> String {
    if token.chars().count() <= SHOWN {
        return token.to_owned();
    }
    token.chars().take(SHOWN).chain("...".chars()).collect()
}

/// Prints what the customer got.
pub(crate) fn print_sold(console: Console, sold: &Sold) {
    console.heading("Sold");
    console::line(&format!(
        "  hotspot user {}, password {}",
        sold.user, sold.password
    ));
    console::line("  Everything is stopped again and its data removed.");
}

/// Prints addresses, log-ins and a command to start from.
pub(crate) fn print_addresses(console: Console, ports: &Ports, sold: &Sold) {
    let local = |port: u16| format!("http://127.0.0.1:{port}");
    let server = local(ports.server);
    let router = format!(
        "{}, 127.0.0.1:{}, {ROUTER_USER} / {ROUTER_PASSWORD}",
        sold.router, ports.router
    );
    console.heading("Your turn: everything is running");
    for (name, value) in [
        (
            "customer's WiFi",
            format!("{} / {}", sold.user, sold.password),
        ),
        ("server", format!("{server}  (API: {server}/docs)")),
        (
            "platform owner",
            format!("{OWNER_EMAIL} / {OWNER_PASSWORD}"),
        ),
        (
            "operator",
            format!("{} / {}", sold.operator_email, sold.operator_password),
        ),
        ("router", router),
        ("router's inside", local(ports.router_control)),
        ("Conekta sandbox", local(ports.conekta)),
        ("Mercado Pago", local(ports.mercado_pago)),
        ("gateways' inside", local(ports.gateway_control)),
    ] {
        console::line(&format!("  {name:<17} {value}"));
    }
    console::line(&format!(
        "
The router API key, for the commands of README.md:

  KEY={}

Sell once more, as the portal does:

  curl {server}/api/v1/payments/pagar-conekta \\
    -H 'Content-Type: application/json' \\
    -H 'X-API-Key: {}' \\
    -d '{{\"producto_id\": {}, \"token_tarjeta\": \"tok_test_visa_4242\", \
\"nombre_cliente\": \"Ana Paz\", \"email_cliente\": \"ana@correo.test\"}}'

Ctrl-C ends everything and removes its data.",
        sold.api_key, sold.api_key, sold.product
    ));
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_tokens_are_cut_and_short_ones_are_not() {
        assert_eq!(shortened("jwt_abc"), "jwt_abc");
        assert_eq!(
            shortened(&"x".repeat(100)),
            format!("{}...", "x".repeat(24))
        );
    }
}
