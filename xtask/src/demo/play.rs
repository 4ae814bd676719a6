//! What one can play with while the demo serves.

use crate::console::{self, Console};
use crate::demo::ports::Ports;
use crate::demo::services::{OWNER_EMAIL, OWNER_PASSWORD, ROUTER_PASSWORD, ROUTER_USER};
use crate::demo::setting::Sold;

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
pub(crate) fn print(console: Console, ports: &Ports, sold: &Sold) {
    let server = format!("http://127.0.0.1:{}", ports.server);
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
        (
            "router",
            format!(
                "{}, 127.0.0.1:{}, {ROUTER_USER} / {ROUTER_PASSWORD}",
                sold.router, ports.router
            ),
        ),
        (
            "router's inside",
            format!("http://127.0.0.1:{}", ports.router_control),
        ),
        (
            "Conekta sandbox",
            format!("http://127.0.0.1:{}", ports.conekta),
        ),
        (
            "Mercado Pago",
            format!("http://127.0.0.1:{}", ports.mercado_pago),
        ),
        (
            "gateways' inside",
            format!("http://127.0.0.1:{}", ports.gateway_control),
        ),
    ] {
        console::line(&format!("  {name:<17} {value}"));
    }
    console::line("");
    console::line("Sell once more, as the portal does:");
    console::line("");
    console::line(&format!("  curl {server}/api/v1/payments/pagar-conekta \\"));
    console::line("    -H 'Content-Type: application/json' \\");
    console::line(&format!("    -H 'X-API-Key: {}' \\", sold.api_key));
    console::line(&format!(
        "    -d '{{\"producto_id\": {}, \"token_tarjeta\": \"tok_test_visa_4242\", \
         \"nombre_cliente\": \"Ana Paz\", \"email_cliente\": \"ana@correo.test\"}}'",
        sold.product
    ));
    console::line("");
    console::line("Ctrl-C ends everything and removes its data.");
}
