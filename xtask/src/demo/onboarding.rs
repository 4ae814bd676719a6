//! The eight steps from a new operator to a shop that can sell.

use anyhow::bail;
use serde_json::{Value, json};

use crate::demo::http::{Answer, By};
use crate::demo::services::{OWNER_EMAIL, OWNER_PASSWORD, ROUTER_PASSWORD, ROUTER_USER};
use crate::demo::setting::Setting;
use crate::demo::story::{Story, note, shortened};

const OPERATOR_PASSWORD: &str = "ClientePass456!";
/// The hotspot profile that the product stands for.
const PROFILE: &str = "1hora";
/// Its number on the simulated router.
const PROFILE_ID: &str = "*1";

/// An operator who can sell.
#[derive(Debug)]
pub(crate) struct Shop {
    /// The operator's log-in.
    pub(crate) operator_email: String,
    /// The password for that.
    pub(crate) operator_password: String,
    /// The router.
    pub(crate) router: String,
    /// Its API key.
    pub(crate) api_key: String,
    /// The product.
    pub(crate) product: i64,
}

/// Tells them all.
pub(crate) fn tell(story: &mut Story, setting: &Setting) -> anyhow::Result<Shop> {
    story.chapter("Onboarding: a new WiFi operator comes onto the platform");
    story.step("The platform owner logs in");
    let owner = login(story, OWNER_EMAIL, OWNER_PASSWORD)?;
    let owner = By::Session(&owner);
    let company = company(story, owner)?;
    let (router, api_key) = router(story, owner, &company, setting)?;
    let operator_email = operator(story, owner, &company, setting)?;

    story.step("The operator receives these, and nobody sees them again");
    note("API key", &shortened(&api_key));
    note(
        "panel log-in",
        &format!("{operator_email} / {OPERATOR_PASSWORD}"),
    );

    story.step("The operator logs in and enters the keys of both payment gateways");
    let session = login(story, &operator_email, OPERATOR_PASSWORD)?;
    let operator = By::Session(&session);
    gateways(story, operator)?;
    let product = product(story, operator, &router)?;
    connectivity(story, operator, &router)?;
    let operator_password = OPERATOR_PASSWORD.to_owned();
    Ok(Shop {
        operator_email,
        operator_password,
        router,
        api_key,
        product,
    })
}

fn login(story: &Story, email: &str, password: &str) -> anyhow::Result<String> {
    let body = json!({"email": email, "password": password});
    let answer = story.post("/api/v1/auth/login", By::Anybody, body)?;
    let token = answer.text("/access_token")?;
    note("session token", &shortened(&token));
    Ok(token)
}

fn company(story: &mut Story, owner: By<'_>) -> anyhow::Result<String> {
    story.step("The owner creates the company");
    let answer = story.post(
        "/admin/empresas",
        owner,
        json!({
            "nombre": "WiFi Café Central",
            "contacto_email": "contacto@cafecentral.test",
            "contacto_telefono": "5512345678",
            "conekta_private_key": "key_test_default",
            "conekta_public_key": "key_test_default_pub",
            "conekta_mode": "test"
        }),
    )?;
    let id = answer.text("/id")?;
    note("company", &format!("{id}, {}", answer.text("/nombre")?));
    Ok(id)
}

fn router(
    story: &mut Story,
    owner: By<'_>,
    company: &str,
    setting: &Setting,
) -> anyhow::Result<(String, String)> {
    story.step("The owner adds the MikroTik router; its API key is shown this once");
    let answer = story.post(
        &format!("/admin/empresas/{company}/routers"),
        owner,
        json!({
            "empresa_id": company,
            "nombre": "Router Principal - Café Central",
            "host": "127.0.0.1",
            "puerto": setting.ports.router,
            "usuario": ROUTER_USER,
            "password": ROUTER_PASSWORD,
            "ubicacion": "Planta baja, junto a caja"
        }),
    )?;
    let (id, key) = (answer.text("/id")?, answer.text("/api_key")?);
    note(
        "router",
        &format!("{id} at 127.0.0.1:{}", setting.ports.router),
    );
    note("API key", &shortened(&key));
    note("valid until", &answer.text("/api_key_info/expires_at")?);
    Ok((id, key))
}

fn operator(
    story: &mut Story,
    owner: By<'_>,
    company: &str,
    setting: &Setting,
) -> anyhow::Result<String> {
    story.step("The owner creates the operator's log-in");
    // In a database that stays, the plain address is taken from the second demo on.
    let suffix = if setting.kept_database {
        format!("-{}", setting.run)
    } else {
        String::new()
    };
    let email = format!("carlos{suffix}@cafecentral.test");
    let answer = story.post(
        "/admin/usuarios",
        owner,
        json!({
            "email": email,
            "password": OPERATOR_PASSWORD,
            "nombre": "Carlos Ramírez",
            "rol": "cliente_admin",
            "empresa_id": company
        }),
    )?;
    note("user", &format!("{}, {email}", answer.text("/usuario/id")?));
    Ok(email)
}

fn gateways(story: &Story, operator: By<'_>) -> anyhow::Result<()> {
    let answer = story.post(
        "/api/v1/admin/mi-empresa/configurar-conekta",
        operator,
        json!({
            "private_key": "key_test_demo_private",
            "public_key": "key_test_demo_public",
            "mode": "test"
        }),
    )?;
    note("Conekta", &answer.text("/message")?);
    let answer = story.post(
        "/api/v1/payments/configurar-credenciales",
        operator,
        json!({
            "access_token": "TEST-demo-access-token",
            "public_key": "TEST-demo-public-key",
            "webhook_secret": "whsec_demo",
            "mode": "test"
        }),
    )?;
    note("Mercado Pago", &answer.text("/message")?);
    Ok(())
}

fn product(story: &mut Story, operator: By<'_>, router: &str) -> anyhow::Result<i64> {
    story.step("The operator puts a price on a hotspot profile");
    let answer = story.post(
        "/api/v1/admin/products",
        operator,
        json!({
            "perfil_mikrotik_id": PROFILE_ID,
            "perfil_mikrotik_nombre": PROFILE,
            "nombre_venta": "1 Hora de Internet",
            "descripcion": "Acceso ilimitado por 1 hora",
            "precio": 15.00,
            "moneda": "MXN",
            "router_id": router,
            "detalles": [
                {"label": "Velocidad", "value": "10 Mbps"},
                {"label": "Duración", "value": "1 hora"}
            ],
            "destacado": false
        }),
    )?;
    let price = answer.text("/precio")?;
    note(
        "product",
        &format!("{}, {price} MXN", answer.text("/nombre_venta")?),
    );
    match answer.body.pointer("/id").and_then(Value::as_i64) {
        Some(id) => Ok(id),
        None => bail!("the product has no number: {}", answer.body),
    }
}

fn connectivity(story: &mut Story, operator: By<'_>, router: &str) -> anyhow::Result<()> {
    story.step("The operator tests the router, over the real RouterOS protocol");
    let answer = story.get(
        &format!("/api/v1/admin/routers/{router}/test-connection"),
        operator,
    )?;
    if answer.body.get("success") != Some(&Value::Bool(true)) {
        bail!("the router was not reached: {}", answer.body);
    }
    note("router", &answer.text("/router_name")?);
    let answer = story.get(
        &format!("/api/v1/admin/routers/{router}/mikrotik-profiles"),
        operator,
    )?;
    note("profiles", &names(&answer));
    let sold = |profile: &Value| profile.get("name").and_then(Value::as_str) == Some(PROFILE);
    let number = answer
        .body
        .as_array()
        .and_then(|all| all.iter().find(|one| sold(one))?.get("id"));
    if number.and_then(Value::as_str) != Some(PROFILE_ID) {
        bail!(
            "the router has no profile {PROFILE} with number {PROFILE_ID}: {}",
            answer.body
        );
    }
    Ok(())
}

fn names(answer: &Answer) -> String {
    let profiles = answer
        .body
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let names: Vec<_> = profiles
        .iter()
        .filter_map(|profile| profile.get("name")?.as_str())
        .collect();
    names.join(", ")
}
