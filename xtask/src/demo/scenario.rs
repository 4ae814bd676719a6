//! The onboarding of an operator and three purchases, as a table of requests.

use std::collections::BTreeMap;
use std::thread::JoinHandle;

use anyhow::{Context, anyhow, bail};
use serde_json::Value;

use crate::console::Console;
use crate::demo::LOOK;
use crate::demo::environment::{
    Environment, OWNER_EMAIL, OWNER_PASSWORD, Ports, ROUTER_PASSWORD, ROUTER_USER,
};
use crate::demo::report::{self, note};
use crate::http::{By, Call, Client};
use crate::session::Session;

const OPERATOR_PASSWORD: &str = "ClientePass456!";
/// What the product costs, in cents.
const PRICE: i64 = 1500;

/// Who sends a request of the table.
#[derive(Debug, Clone, Copy)]
enum Caller {
    Anybody,
    Owner,
    Operator,
    Portal,
}

/// A row of the table. In path, body and notes `$name` stands for a value that is known by then.
struct Row {
    /// Printed before the step, if there is one.
    heading: &'static str,
    /// The step that the request begins; empty for a further request of the same step.
    step: &'static str,
    by: Caller,
    /// A GET when there is no body.
    path: &'static str,
    body: &'static str,
    status: u16,
    /// Values to keep: name and JSON pointer.
    keep: &'static [(&'static str, &'static str)],
    /// What to print: label and text.
    notes: &'static [(&'static str, &'static str)],
    /// Values that the answer must have: JSON pointer and text.
    expect: &'static [(&'static str, &'static str)],
}

const ROW: Row = Row {
    heading: "",
    step: "",
    by: Caller::Anybody,
    path: "",
    body: "",
    status: 200,
    keep: &[],
    notes: &[],
    expect: &[],
};

const TABLE: &[Row] = &[
    Row {
        heading: "Onboarding: a new WiFi operator comes onto the platform",
        step: "The platform owner logs in",
        path: "/api/v1/auth/login",
        body: r#"{"email": "$owner_email", "password": "$owner_password"}"#,
        keep: &[("owner_token", "/access_token")],
        notes: &[("session token", "$owner_token")],
        ..ROW
    },
    Row {
        step: "The owner creates the company",
        by: Caller::Owner,
        path: "/admin/empresas",
        body: r#"{"nombre": "WiFi Café Central", "contacto_email": "contacto@cafecentral.test",
            "contacto_telefono": "5512345678", "conekta_private_key": "key_test_default",
            "conekta_public_key": "key_test_default_pub", "conekta_mode": "test"}"#,
        keep: &[("company", "/id"), ("company_name", "/nombre")],
        notes: &[("company", "$company, $company_name")],
        ..ROW
    },
    Row {
        step: "The owner adds the MikroTik router; its API key is shown this once",
        by: Caller::Owner,
        path: "/admin/empresas/$company/routers",
        body: r#"{"empresa_id": "$company", "nombre": "Router Principal - Café Central",
            "host": "127.0.0.1", "puerto": $router_port, "usuario": "$router_user",
            "password": "$router_password", "ubicacion": "Planta baja, junto a caja"}"#,
        keep: &[
            ("router", "/id"),
            ("api_key", "/api_key"),
            ("key_expires", "/api_key_info/expires_at"),
        ],
        notes: &[
            ("router", "$router at 127.0.0.1:$router_port"),
            ("API key", "$api_key"),
            ("valid until", "$key_expires"),
        ],
        ..ROW
    },
    Row {
        step: "The owner creates the operator's log-in",
        by: Caller::Owner,
        path: "/admin/usuarios",
        body: r#"{"email": "$operator_email", "password": "$operator_password",
            "nombre": "Carlos Ramírez", "rol": "cliente_admin", "empresa_id": "$company"}"#,
        keep: &[("operator", "/usuario/id")],
        notes: &[
            ("user", "$operator, $operator_email"),
            ("panel log-in", "$operator_email / $operator_password"),
        ],
        ..ROW
    },
    Row {
        step: "The operator logs in and enters the keys of both payment gateways",
        path: "/api/v1/auth/login",
        body: r#"{"email": "$operator_email", "password": "$operator_password"}"#,
        keep: &[("operator_token", "/access_token")],
        notes: &[("session token", "$operator_token")],
        ..ROW
    },
    Row {
        by: Caller::Operator,
        path: "/api/v1/admin/mi-empresa/configurar-conekta",
        body: r#"{"private_key": "key_test_demo_private", "public_key": "key_test_demo_public",
            "mode": "test"}"#,
        keep: &[("message", "/message")],
        notes: &[("Conekta", "$message")],
        ..ROW
    },
    Row {
        by: Caller::Operator,
        path: "/api/v1/payments/configurar-credenciales",
        body: r#"{"access_token": "TEST-demo-access-token", "public_key": "TEST-demo-public-key",
            "webhook_secret": "whsec_demo", "mode": "test"}"#,
        keep: &[("message", "/message")],
        notes: &[("Mercado Pago", "$message")],
        ..ROW
    },
    Row {
        step: "The operator puts a price on a hotspot profile",
        by: Caller::Operator,
        path: "/api/v1/admin/products",
        body: r#"{"perfil_mikrotik_id": "*1", "perfil_mikrotik_nombre": "1hora",
            "nombre_venta": "1 Hora de Internet", "descripcion": "Acceso ilimitado por 1 hora",
            "precio": 15.00, "moneda": "MXN", "router_id": "$router", "destacado": false,
            "detalles": [{"label": "Velocidad", "value": "10 Mbps"},
                {"label": "Duración", "value": "1 hora"}]}"#,
        status: 201,
        keep: &[
            ("product", "/id"),
            ("name", "/nombre_venta"),
            ("price", "/precio"),
        ],
        notes: &[("product", "$name, $price MXN")],
        ..ROW
    },
    Row {
        step: "The operator tests the router, over the real RouterOS protocol",
        by: Caller::Operator,
        path: "/api/v1/admin/routers/$router/test-connection",
        keep: &[("identity", "/router_name")],
        notes: &[("router", "$identity")],
        expect: &[("/success", "true")],
        ..ROW
    },
    Row {
        by: Caller::Operator,
        path: "/api/v1/admin/routers/$router/mikrotik-profiles",
        keep: &[("profile", "/1/name")],
        notes: &[("profile", "$profile")],
        expect: &[("/1/id", "*1"), ("/1/name", "1hora")],
        ..ROW
    },
    Row {
        heading: "A sale: a phone lands on the captive portal",
        step: "The portal asks where it is and what there is to buy",
        by: Caller::Portal,
        path: "/api/v1/config/public",
        keep: &[("shop", "/empresa/nombre")],
        notes: &[("shop", "$shop")],
        ..ROW
    },
    Row {
        by: Caller::Portal,
        path: "/api/v1/catalogo_perfiles_venta",
        keep: &[("name", "/0/nombre_venta"), ("price", "/0/precio")],
        notes: &[("for sale", "$name for $price MXN")],
        ..ROW
    },
    Row {
        step: "The customer pays by card, through Conekta",
        by: Caller::Portal,
        path: "/api/v1/payments/pagar-conekta",
        body: r#"{"producto_id": $product, "token_tarjeta": "tok_test_visa_4242",
            "nombre_cliente": "Ana Paz", "email_cliente": "ana@correo.test",
            "telefono_cliente": "5587654321", "tipo_usuario": "usuario_contrasena"}"#,
        keep: &[
            ("payment", "/id_transaccion"),
            ("payment_status", "/estado_pago"),
            ("user", "/usuario_hotspot/usuario"),
            ("password", "/usuario_hotspot/contrasena"),
        ],
        notes: &[
            ("payment", "$payment, $payment_status"),
            ("hotspot user", "$user"),
            ("password", "$password"),
        ],
        ..ROW
    },
    Row {
        step: "Another customer's card is declined: no money, no access",
        by: Caller::Portal,
        path: "/api/v1/payments/pagar-conekta",
        body: r#"{"producto_id": $product, "token_tarjeta": "tok_test_card_declined",
            "nombre_cliente": "Eva Sol", "email_cliente": "eva@correo.test",
            "telefono_cliente": "5511112222"}"#,
        status: 402,
        keep: &[("detail", "/detail")],
        notes: &[("what she reads", "$detail")],
        ..ROW
    },
    Row {
        step: "A third customer pays through Mercado Pago and gets a PIN",
        by: Caller::Portal,
        path: "/api/v1/payments/pagar-mercado-pago",
        body: r#"{"producto_id": $product, "token": "tok_demo_$run", "payment_method_id": "visa",
            "monto": 15.00, "nombre_cliente": "Luis Mar", "email_cliente": "luis@correo.test",
            "tipo_usuario": "pin"}"#,
        keep: &[
            ("payment", "/id_transaccion"),
            ("payment_status", "/estado_pago"),
            ("pin", "/usuario_hotspot/usuario"),
        ],
        notes: &[
            ("payment", "$payment, $payment_status"),
            ("hotspot user", "$pin"),
            ("password", "none: the user name is the PIN"),
        ],
        expect: &[("/usuario_hotspot/contrasena", "")],
        ..ROW
    },
];

/// What there is after the scenario.
#[derive(Debug)]
pub(crate) struct Sold {
    /// The operator's log-in.
    pub(crate) operator_email: String,
    /// The password for that.
    pub(crate) operator_password: String,
    /// The router's API key, as a portal uses it.
    pub(crate) api_key: String,
    /// The router.
    pub(crate) router: String,
    /// The product that was sold.
    pub(crate) product: i64,
    /// The customer's hotspot user.
    pub(crate) user: String,
    /// The password for that.
    pub(crate) password: String,
}

/// Runs the table and checks the outcome, as long as all programs run.
///
/// The requests are sent by a thread of their own, so that Ctrl-C ends the demo at once, also while the server
/// is being waited for.
pub(crate) fn run(session: &Session, environment: &mut Environment) -> anyhow::Result<Sold> {
    let values = known(environment);
    let (console, ports) = (session.console, environment.ports.clone());
    let thread = std::thread::spawn(move || execute(console, &ports, values));
    while !thread.is_finished() {
        environment.expect_running()?;
        session.interrupt.pause(LOOK)?;
    }
    join(thread).map_err(|error| environment.explain(&error))
}

fn join(thread: JoinHandle<anyhow::Result<Sold>>) -> anyhow::Result<Sold> {
    let result = thread.join();
    result.unwrap_or_else(|_| Err(anyhow!("the scenario panicked")))
}

/// Values by name, to be put in for `$name`.
type Values = BTreeMap<&'static str, String>;

/// What is known before the first request.
fn known(environment: &Environment) -> Values {
    let run = &environment.run;
    // In a database that stays, the plain address is taken from the second demo on.
    let suffix = if environment.keeps_data {
        format!("-{run}")
    } else {
        String::new()
    };
    [
        ("owner_email", OWNER_EMAIL.to_owned()),
        ("owner_password", OWNER_PASSWORD.to_owned()),
        ("operator_email", format!("carlos{suffix}@cafecentral.test")),
        ("operator_password", OPERATOR_PASSWORD.to_owned()),
        ("router_port", environment.ports.router.to_string()),
        ("router_user", ROUTER_USER.to_owned()),
        ("router_password", ROUTER_PASSWORD.to_owned()),
        ("run", run.clone()),
    ]
    .into()
}

fn execute(console: Console, ports: &Ports, mut values: Values) -> anyhow::Result<Sold> {
    let client = Client::new(ports.server);
    let mut steps = 0;
    for row in TABLE {
        if !row.heading.is_empty() {
            console.heading(row.heading);
        }
        if !row.step.is_empty() {
            steps += 1;
            report::step(console, steps, row.step);
        }
        request(console, &client, row, &mut values)?;
    }
    steps += 1;
    let title = "The same sales on the other side: the router's users and the gateways' ledger";
    report::step(console, steps, title);
    let users = [value(&values, "user")?, value(&values, "pin")?];
    check_router(ports, &users)?;
    check_ledger(ports, users.len())?;
    Ok(Sold {
        operator_email: value(&values, "operator_email")?,
        operator_password: value(&values, "operator_password")?,
        api_key: value(&values, "api_key")?,
        router: value(&values, "router")?,
        product: value(&values, "product")?
            .parse()
            .context("the product has no number")?,
        user: value(&values, "user")?,
        password: value(&values, "password")?,
    })
}

fn request(
    console: Console,
    client: &Client,
    row: &Row,
    values: &mut Values,
) -> anyhow::Result<()> {
    let token = match row.by {
        Caller::Anybody => String::new(),
        Caller::Owner => value(values, "owner_token")?,
        Caller::Operator => value(values, "operator_token")?,
        Caller::Portal => value(values, "api_key")?,
    };
    let by = match row.by {
        Caller::Anybody => By::Anybody,
        Caller::Owner | Caller::Operator => By::Session(&token),
        Caller::Portal => By::Portal(&token),
    };
    let body = match row.body {
        "" => None,
        text => Some(serde_json::from_str(&filled(text, values)).context("the table's JSON")?),
    };
    let call = Call {
        method: if body.is_some() { "POST" } else { "GET" },
        path: filled(row.path, values),
        by,
        body,
    };
    let answer = client.send(&call)?;
    report::exchange(console, &call, &answer);
    if answer.status != row.status {
        bail!(
            "{} {} was answered with {} instead of {}: {}",
            call.method,
            call.path,
            answer.status,
            row.status,
            answer.detail()
        );
    }
    for (pointer, wanted) in row.expect {
        if answer.text(pointer)? != *wanted {
            bail!("{pointer} is not {wanted}: {}", answer.body);
        }
    }
    for (name, pointer) in row.keep {
        values.insert(name, answer.text(pointer)?);
    }
    for (label, text) in row.notes {
        note(label, &shown(text, values));
    }
    Ok(())
}

fn value(values: &Values, name: &str) -> anyhow::Result<String> {
    let value = values.get(name).cloned();
    value.with_context(|| format!("the scenario has no {name} yet"))
}

/// The text with `$name` replaced, longer names first.
fn filled(text: &str, values: &Values) -> String {
    values
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("${name}"), value)
        })
}

/// The same for a person to read: tokens and keys are cut.
fn shown(text: &str, values: &Values) -> String {
    let cut = values.iter().map(|(name, value)| {
        let secret = name.ends_with("_token") || name.ends_with("_key");
        (
            *name,
            if secret {
                report::shortened(value)
            } else {
                value.clone()
            },
        )
    });
    filled(text, &cut.collect())
}

fn check_router(ports: &Ports, users: &[String]) -> anyhow::Result<()> {
    let answer = Client::new(ports.router_control).get("/state")?;
    for user in users {
        let Some(row) = row_of(rows(&answer.body, "/users"), user) else {
            bail!("the router does not know the user {user}");
        };
        if text(row, "disabled") == "true" {
            bail!("the router does not let the user {user} in");
        }
        note(
            "router's user",
            &format!("{user}, profile {}", text(row, "profile")),
        );
    }
    Ok(())
}

/// Every sale was charged once.
fn check_ledger(ports: &Ports, sales: usize) -> anyhow::Result<()> {
    let answer = Client::new(ports.gateway_control).get("/ledger")?;
    let entries = rows(&answer.body, "/entries");
    for entry in entries {
        note("ledger", &ledger_line(entry));
    }
    let charges = entries
        .iter()
        .filter(|entry| text(entry, "kind") == "charge");
    let charges: Vec<i64> = charges.map(cents).collect();
    if charges != vec![PRICE; sales] {
        bail!("{sales} sale(s) at {PRICE} cents, but these were charged: {charges:?}");
    }
    Ok(())
}

fn ledger_line(entry: &Value) -> String {
    let text = |name| text(entry, name);
    format!(
        "{:<8} {}.{:02} {} at {}, {}",
        text("kind"),
        cents(entry) / 100,
        cents(entry) % 100,
        text("currency"),
        text("gateway"),
        text("payment_id")
    )
}

fn rows<'a>(body: &'a Value, pointer: &str) -> &'a [Value] {
    let rows = body.pointer(pointer).and_then(Value::as_array);
    rows.map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or("?")
}

fn cents(entry: &Value) -> i64 {
    let amount = entry.get("amount_cents").and_then(Value::as_i64);
    amount.unwrap_or_default()
}

fn row_of<'a>(rows: &'a [Value], user: &str) -> Option<&'a Value> {
    rows.iter().find(|row| text(row, "name") == user)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{TABLE, Values, filled, ledger_line, row_of, shown};

    #[test]
    fn the_table_uses_only_values_that_are_known_by_then_and_its_bodies_are_json() {
        let mut values: Values = [
            "owner_email",
            "owner_password",
            "operator_email",
            "operator_password",
            "router_user",
            "router_password",
            "run",
        ]
        .map(|name| (name, "1".to_owned()))
        .into();
        values.insert("router_port", "1".to_owned());
        for row in TABLE {
            for text in [row.path, row.body] {
                assert!(!filled(text, &values).contains('$'), "{text}");
            }
            if !row.body.is_empty() {
                serde_json::from_str::<Value>(&filled(row.body, &values)).unwrap();
            }
            values.extend(row.keep.iter().map(|(name, _)| (*name, "1".to_owned())));
            for (_, text) in row.notes {
                assert!(!filled(text, &values).contains('$'), "{text}");
            }
        }
    }

    #[test]
    fn the_longer_name_wins_and_keys_are_cut_for_people() {
        let values: Values = [
            ("router", "RTR_1".to_owned()),
            ("router_port", "8728".to_owned()),
            ("api_key", "x".repeat(100)),
        ]
        .into();
        assert_eq!(filled("$router at $router_port", &values), "RTR_1 at 8728");
        assert_eq!(shown("$api_key", &values), format!("{}...", "x".repeat(24)));
    }

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let rows = [
            json!({"name": "PT-1"}),
            json!({"name": "PT-12", "profile": "1hora"}),
        ];
        assert_eq!(row_of(&rows, "PT-12").unwrap()["profile"], "1hora");
        assert_eq!(row_of(&rows, "PT-2"), None);
    }

    #[test]
    fn a_ledger_entry_reads_as_money() {
        let entry = json!({"kind": "charge", "amount_cents": 1505, "currency": "MXN",
            "gateway": "conekta", "payment_id": "chr_1"});
        assert_eq!(ledger_line(&entry), "charge   15.05 MXN at conekta, chr_1");
    }
}
