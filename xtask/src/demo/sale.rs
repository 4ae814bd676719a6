//! Customers buy, as a captive portal would do it.

use anyhow::bail;
use serde_json::{Value, json};

use crate::demo::behind;
use crate::demo::http::{Answer, By, Call};
use crate::demo::onboarding::Shop;
use crate::demo::setting::{Setting, Sold};
use crate::demo::story::{Story, note};

/// Tells two sales and a refused card, and then looks behind the scenes.
pub(crate) fn tell(story: &mut Story, setting: &Setting, shop: Shop) -> anyhow::Result<Sold> {
    story.chapter("A sale: a phone lands on the captive portal");
    let portal = By::Portal(&shop.api_key);
    look_around(story, portal)?;

    let (user, password) = conekta(story, shop.product, portal)?;
    let mut users = vec![user.clone()];
    declined(story, shop.product, portal)?;
    users.extend(mercado_pago(story, setting, shop.product, portal)?);
    behind::tell(story, setting, &users)?;

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

fn conekta(story: &mut Story, product: i64, portal: By<'_>) -> anyhow::Result<(String, String)> {
    story.step("The customer pays by card, through Conekta");
    let body = json!({
        "producto_id": product,
        "token_tarjeta": "tok_test_visa_4242",
        "nombre_cliente": "Ana Paz",
        "email_cliente": "ana@correo.test",
        "telefono_cliente": "5587654321",
        "tipo_usuario": "usuario_contrasena"
    });
    let answer = story.post("/api/v1/payments/pagar-conekta", portal, body)?;
    credentials(&answer)
}

fn declined(story: &mut Story, product: i64, portal: By<'_>) -> anyhow::Result<()> {
    story.step("Another customer's card is declined: no money, no access");
    let answer = story.send(&Call {
        method: "POST",
        path: "/api/v1/payments/pagar-conekta".to_owned(),
        by: portal,
        body: Some(json!({
            "producto_id": product,
            "token_tarjeta": "tok_test_card_declined",
            "nombre_cliente": "Eva Sol",
            "email_cliente": "eva@correo.test",
            "telefono_cliente": "5511112222"
        })),
    })?;
    if answer.status != 402 {
        bail!(
            "a declined card was answered with {}: {}",
            answer.status,
            answer.detail()
        );
    }
    note("what she reads", &answer.detail());
    Ok(())
}

fn mercado_pago(
    story: &mut Story,
    setting: &Setting,
    product: i64,
    portal: By<'_>,
) -> anyhow::Result<Option<String>> {
    story.step("A third customer pays through Mercado Pago and gets a PIN");
    let answer = story.send(&Call {
        method: "POST",
        path: "/api/v1/payments/pagar-mercado-pago".to_owned(),
        by: portal,
        body: Some(json!({
            "producto_id": product,
            // Used once only, also in a database that stays.
            "token": format!("tok_demo_{}", setting.run),
            "payment_method_id": "visa",
            "monto": 15.00,
            "nombre_cliente": "Luis Mar",
            "email_cliente": "luis@correo.test",
            "tipo_usuario": "pin"
        })),
    })?;
    match answer.status {
        200 => Ok(Some(credentials(&answer)?.0)),
        404 | 405 | 501 => {
            note("not sold", "this server has no Mercado Pago sale yet");
            Ok(None)
        }
        status => bail!(
            "the Mercado Pago sale was answered with {status}: {}",
            answer.detail()
        ),
    }
}

fn credentials(answer: &Answer) -> anyhow::Result<(String, String)> {
    if answer.status != 200 {
        bail!(
            "the sale was answered with {}: {}",
            answer.status,
            answer.detail()
        );
    }
    let user = answer.text("/usuario_hotspot/usuario")?;
    let password = answer.text("/usuario_hotspot/contrasena")?;
    let payment = format!(
        "{}, {}",
        answer.text("/id_transaccion")?,
        answer.text("/estado_pago")?
    );
    note("payment", &payment);
    note("hotspot user", &user);
    note(
        "password",
        if password.is_empty() {
            "none: the user name is the PIN"
        } else {
            &password
        },
    );
    Ok((user, password))
}
