//! A valid call of every endpoint.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::shop::Shop;
use crate::harness::world::{World, text};

/// What paths and bodies name.
#[derive(Debug, Clone)]
pub(super) struct Ids {
    pub(super) tenant: String,
    pub(super) router: String,
    key_id: String,
    user: i64,
    product: i64,
    sale: i64,
    reference: String,
    payment: String,
    purchase_token: String,
    logo: String,
}

impl Ids {
    /// A shop's own: with a sale at Mercado Pago whose answer was lost, so that its token was
    /// told, and that was found to be paid since.
    pub(super) fn of_sale(world: &World, shop: &Shop) -> Self {
        let answer = world.buy_with_mercado_pago(shop, &format!("tok_answer_lost_{}", unique()));
        let token = text(answer.expect(504), "compra");
        world.clock.advance(Duration::from_mins(2));
        world.run_purchase_workers();
        let charge = world.mercado_pago.charges().pop().unwrap();
        let sales = world.sales(shop);
        Self {
            tenant: shop.tenant.clone(),
            router: shop.router.clone(),
            key_id: shop.key_id.clone(),
            user: shop.operator_id,
            product: shop.product,
            sale: sales["transacciones"][0]["id"].as_i64().unwrap(),
            reference: charge.attempt.reference,
            payment: charge.id,
            purchase_token: token,
            logo: "logo_EMP_0000000000_000000.png".to_owned(),
        }
    }

    /// The same under another tenant's roof.
    pub(super) fn within(&self, tenant: &str) -> Self {
        Self {
            tenant: tenant.to_owned(),
            ..self.clone()
        }
    }

    /// Well-formed, and nobody's.
    pub(super) fn missing() -> Self {
        Self {
            tenant: "EMP_0123456789".to_owned(),
            router: "RTR_01234567".to_owned(),
            key_id: "key_0123456789abcdef".to_owned(),
            user: 987_654,
            product: 987_654,
            sale: 987_654,
            reference: "HSEM0011772618400ABCDEF".to_owned(),
            payment: "987654".to_owned(),
            purchase_token: "0".repeat(43),
            logo: "logo_EMP_0123456789_000000.png".to_owned(),
        }
    }
}

/// A number that no other call of this process gets.
fn unique() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Whether this `{parameter}` is a number.
pub(super) fn is_number(parameter: &str) -> bool {
    matches!(
        parameter,
        "{usuario_id}" | "{producto_id}" | "{payment_id}" | "{id}"
    )
}

/// The path with its parameters filled in.
pub(super) fn path(pattern: &str, ids: &Ids) -> String {
    let parts = pattern.split('/').map(|part| match part {
        "{empresa_id}" => ids.tenant.clone(),
        "{router_id}" => ids.router.clone(),
        "{key_id}" => ids.key_id.clone(),
        "{usuario_id}" => ids.user.to_string(),
        "{producto_id}" => ids.product.to_string(),
        "{payment_id}" => ids.payment.clone(),
        "{id}" => ids.sale.to_string(),
        "{token}" => ids.purchase_token.clone(),
        "{external_reference}" => ids.reference.clone(),
        "{archivo}" if pattern.starts_with("/docs") => "swagger-ui.css".to_owned(),
        "{archivo}" => ids.logo.clone(),
        unknown if unknown.starts_with('{') => panic!("what is {unknown} in {pattern}?"),
        fixed => fixed.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether a call of this endpoint names something that somebody owns.
pub(super) fn names_something(method: &str, path: &str) -> bool {
    let in_body = [
        "/api/v1/admin/products",
        "/api/v1/payments/pagar-conekta",
        "/api/v1/payments/pagar-mercado-pago",
    ];
    path.contains('{') || (method == "POST" && in_body.contains(&path))
}

/// Content type and content of a valid body; none where the endpoint takes none.
pub(super) fn body(method: &str, path: &str, ids: &Ids) -> Option<(&'static str, Vec<u8>)> {
    if !matches!(method, "POST" | "PUT") {
        return None;
    }
    if path == "/api/v1/admin/mi-empresa/logo" {
        return Some((
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n\
              \x89PNG\r\n\x1a\n\r\n--x--\r\n"
                .to_vec(),
        ));
    }
    let body = json_body(path, ids)?;
    Some(("application/json", body.to_string().into_bytes()))
}

fn json_body(path: &str, ids: &Ids) -> Option<Value> {
    let buyer = json!({"nombre_cliente": "Ana", "email_cliente": "ana@x.test"});
    let with = |mut body: Value, more: Value| {
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let body = match path {
        "/api/v1/auth/login" => json!({"email": "nadie@x.test", "password": "x"}),
        "/api/v1/auth/change-password" => {
            json!({"current_password": "ClientePass456!", "new_password": "ClientePass456!"})
        }
        "/admin/empresas" => json!({"nombre": "Otra", "contacto_email": "otra@x.test"}),
        "/admin/empresas/{empresa_id}/routers" => json!({
            "nombre": "Otro", "host": "10.0.0.9", "usuario": "u", "password": "p",
        }),
        "/admin/usuarios" => json!({
            "email": format!("u{}@x.test", unique()), "password": "ClientePass456!",
            "nombre": "Otro", "rol": "cliente_admin", "empresa_id": ids.tenant,
        }),
        "/admin/empresas/{empresa_id}/estado"
        | "/admin/empresas/{empresa_id}/routers/{router_id}/estado"
        | "/admin/usuarios/{usuario_id}/estado" => json!({"activo": true}),
        "/admin/usuarios/{usuario_id}/password" => json!({"password": "ClientePass456!"}),
        "/admin/compras/{id}/resolver" => json!({"accion": "cerrar", "motivo": "prueba"}),
        "/api/v1/admin/mi-empresa" => json!({"contacto_telefono": "5512345678"}),
        "/api/v1/admin/mi-empresa/configurar-conekta"
        | "/api/v1/admin/mi-empresa/conekta-config" => json!({"public_key": "key_pub_abc"}),
        "/api/v1/admin/mi-empresa/configurar-credenciales"
        | "/api/v1/payments/configurar-credenciales" => json!({"public_key": "TEST-pub"}),
        "/api/v1/admin/mi-empresa/routers/{router_id}" => json!({"ubicacion": "Patio"}),
        "/api/v1/admin/mi-empresa/transacciones/{id}/reembolso" => json!({"motivo": "prueba"}),
        "/api/v1/admin/test-telegram" => json!({"token": "1:abc", "chat_id": "-100"}),
        "/api/v1/admin/products" => json!({
            "router_id": ids.router, "perfil_mikrotik_id": format!("*{}", unique()),
            "perfil_mikrotik_nombre": "1hora", "nombre_venta": "Otro", "precio": 10,
        }),
        "/api/v1/admin/products/{producto_id}" => json!({"destacado": true}),
        "/api/v1/payments/pagar-conekta" => with(
            buyer,
            json!({"producto_id": ids.product, "token_tarjeta": format!("tok_w{}", unique())}),
        ),
        "/api/v1/payments/pagar-mercado-pago" => with(
            buyer,
            json!({
                "producto_id": ids.product, "token": format!("tok_w{}", unique()),
                "payment_method_id": "visa", "monto": 15,
            }),
        ),
        "/api/v1/hotspot/auto-reconnect" => {
            json!({"username": "PT-AAAAA", "current_mac": "AA:BB:CC:00:11:22"})
        }
        "/api/v1/hotspot/user/profile-info" => json!({"username": "PT-AAAAA"}),
        "/api/v1/webhook/mercado-pago"
        | "/api/v1/webhook/mercado-pago/{empresa_id}"
        | "/api/v1/webhook/conekta/{empresa_id}" => json!({"event": "e", "payment": ids.payment}),
        "/api/v1/webhook/empresa/{empresa_id}/configurar-webhook" => {
            json!({"webhook_secret": "whsec"})
        }
        // These take no body.
        "/api/v1/auth/logout"
        | "/admin/empresas/{empresa_id}/toggle-activo"
        | "/admin/empresas/{empresa_id}/routers/{router_id}/toggle-activo"
        | "/admin/empresas/{empresa_id}/routers/{router_id}/regenerate-api-key"
        | "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys/{key_id}/revoke"
        | "/admin/usuarios/{usuario_id}/toggle-activo"
        | "/api/v1/admin/routers/{router_id}/jardin"
        | "/api/v1/routers/validar-empresa-router" => return None,
        unknown => panic!("what does {unknown} take?"),
    };
    Some(body)
}
