//! A customer buys, as a captive portal would do it.

use anyhow::bail;
use serde_json::{Value, json};

use crate::demo::http::{Answer, By, Call, Client};
use crate::demo::onboarding::Shop;
use crate::demo::story::{Story, note};
use crate::demo::walk::{Setting, Sold};

/// Tells the sale and then looks behind the scenes.
pub(crate) fn tell(story: &mut Story, setting: &Setting, shop: Shop) -> anyhow::Result<Sold> {
    story.chapter("A sale: a phone lands on the captive portal");
    let portal = By::Portal(&shop.api_key);
    look_around(story, portal)?;

    story.step("The customer pays by card, through Conekta");
    let answer = story.post(
        "/api/v1/payments/pagar-conekta",
        portal,
        json!({
            "producto_id": shop.product,
            "token_tarjeta": "tok_test_visa_4242",
            "nombre_cliente": "Ana Paz",
            "email_cliente": "ana@correo.test",
            "telefono_cliente": "5587654321",
            "tipo_usuario": "usuario_contrasena"
        }),
    )?;
    let (user, password) = credentials(&answer)?;

    behind_the_scenes(story, setting, &user)?;
    mercado_pago(story, shop.product, portal)?;

    Ok(Sold {
        operator_email: shop.operator_email,
        operator_password: shop.operator_password,
        router: shop.router,
        product: shop.product,
        user,
        password,
        api_key: shop.api_key,
    })
}

fn look_around(story: &mut Story, portal: By<'_>) -> anyhow::Result<()> {
    story.step("The portal asks where it is and what there is to buy");
    let answer = story.get("/api/v1/config/public", portal)?;
    note("shop", &answer.text("/empresa/nombre")?);
    let answer = story.get("/api/v1/catalogo_perfiles_venta", portal)?;
    for product in answer.body.as_array().into_iter().flatten() {
        let text = |name| product.get(name).map(Value::to_string).unwrap_or_default();
        let name = text("nombre_venta");
        note(
            "for sale",
            &format!("{} for {} MXN", name.trim_matches('"'), text("precio")),
        );
    }
    Ok(())
}

fn credentials(answer: &Answer) -> anyhow::Result<(String, String)> {
    let user = answer.text("/usuario_hotspot/usuario")?;
    let password = answer.text("/usuario_hotspot/contrasena")?;
    let payment = format!(
        "{}, {}",
        answer.text("/id_transaccion")?,
        answer.text("/estado_pago")?
    );
    note("payment", &payment);
    note("hotspot user", &user);
    note("password", &password);
    Ok((user, password))
}

/// The same facts, seen on the router and in the gateway's books.
fn behind_the_scenes(story: &mut Story, setting: &Setting, user: &str) -> anyhow::Result<()> {
    story.step("Behind the scenes: the router knows the customer, the gateway has one payment");
    let router = Client::new(setting.ports.router_control).get("/state")?;
    let Some(row) = find_object(&router.body, "name", user) else {
        bail!("the router does not know the user {user}");
    };
    let profile = row.get("profile").and_then(Value::as_str).unwrap_or("?");
    note("router's user", &format!("{user}, profile {profile}"));
    let gateway = Client::new(setting.ports.gateway_control).get("/ledger")?;
    note("gateway's ledger", &gateway.body.to_string());
    Ok(())
}

fn mercado_pago(story: &mut Story, product: i64, portal: By<'_>) -> anyhow::Result<()> {
    story.step("Another customer pays by card, through Mercado Pago, and gets a PIN");
    let answer = story.send(&Call {
        method: "POST",
        path: "/api/v1/payments/pagar-mercado-pago".to_owned(),
        by: portal,
        body: Some(json!({
            "producto_id": product,
            "token": "card_token_demo_approved",
            "payment_method_id": "visa",
            "monto": 15.00,
            "nombre_cliente": "Luis Mar",
            "email_cliente": "luis@correo.test",
            "tipo_usuario": "pin"
        })),
    })?;
    credentials(&answer)?;
    Ok(())
}

/// The first object anywhere in a document that has this value.
fn find_object<'a>(document: &'a Value, name: &str, value: &str) -> Option<&'a Value> {
    match document {
        Value::Object(fields) => {
            if fields.get(name).and_then(Value::as_str) == Some(value) {
                return Some(document);
            }
            fields
                .values()
                .find_map(|inner| find_object(inner, name, value))
        }
        Value::Array(items) => items
            .iter()
            .find_map(|inner| find_object(inner, name, value)),
        _ => None,
    }
}
