//! Endpoints with a body, and a body that each takes.

use serde_json::{Value, json};

use crate::harness::call::Call;
use crate::harness::shop::Shop;
use crate::harness::world::World;

/// An endpoint with a body that it takes.
pub(super) struct Taker {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) as_whom: Whom,
    pub(super) body: Value,
    /// Fields that must be there.
    pub(super) required: Vec<&'static str>,
    /// Fields that are texts, with their greatest length in characters.
    pub(super) texts: Vec<(&'static str, usize)>,
}

#[derive(Clone, Copy)]
pub(super) enum Whom {
    Anybody,
    Owner,
    Operator,
    Portal,
}

/// A call of the endpoint by somebody who may.
pub(super) fn ask<'a>(world: &'a World, shop: &Shop, taker: &Taker) -> Call<'a> {
    let request = world.call(taker.method, &taker.path);
    match taker.as_whom {
        Whom::Anybody => request,
        Whom::Owner => request.session(&world.owner()),
        Whom::Operator => request.session(&shop.operator),
        Whom::Portal => request.key(&shop.key),
    }
}

/// All of them.
pub(super) fn takers(shop: &Shop) -> Vec<Taker> {
    let mut all = sessions_and_platform(shop);
    all.extend(companies(shop));
    all.extend(products(shop));
    all.extend(payments(shop));
    all
}

/// Sessions and the platform owner's.
fn sessions_and_platform(shop: &Shop) -> Vec<Taker> {
    let tenant = &shop.tenant;
    vec![
        Taker {
            method: "POST",
            path: "/api/v1/auth/login".to_owned(),
            as_whom: Whom::Anybody,
            body: json!({"email": "nadie@x.test", "password": "x"}),
            required: vec!["email", "password"],
            texts: vec![("email", 100), ("password", 1024)],
        },
        Taker {
            method: "POST",
            path: "/api/v1/auth/change-password".to_owned(),
            as_whom: Whom::Operator,
            body: json!({"current_password": "falsa", "new_password": "OtraClave789!"}),
            required: vec!["current_password", "new_password"],
            texts: vec![("current_password", 1024), ("new_password", 128)],
        },
        Taker {
            method: "POST",
            path: "/admin/empresas".to_owned(),
            as_whom: Whom::Owner,
            body: json!({"nombre": "Otra", "contacto_email": "o@x.test"}),
            required: vec!["nombre", "contacto_email"],
            texts: vec![
                ("nombre", 100),
                ("contacto_email", 100),
                ("contacto_telefono", 20),
                ("conekta_private_key", 100),
                ("conekta_public_key", 100),
            ],
        },
        Taker {
            method: "POST",
            path: format!("/admin/empresas/{tenant}/routers"),
            as_whom: Whom::Owner,
            body: json!({"nombre": "R", "host": "10.0.0.1", "usuario": "u", "password": "p"}),
            required: vec!["nombre", "host", "usuario", "password"],
            texts: vec![
                ("nombre", 100),
                ("host", 253),
                ("usuario", 50),
                ("password", 255),
                ("ubicacion", 200),
            ],
        },
        Taker {
            method: "POST",
            path: "/admin/usuarios".to_owned(),
            as_whom: Whom::Owner,
            body: json!({
                "email": "nuevo@x.test", "password": "ClientePass456!", "nombre": "N",
                "rol": "cliente_admin", "empresa_id": tenant,
            }),
            required: vec!["email", "password", "nombre", "rol"],
            texts: vec![("email", 100), ("password", 128), ("nombre", 100)],
        },
    ]
}

/// Operators' own company and routers.
fn companies(shop: &Shop) -> Vec<Taker> {
    vec![
        Taker {
            method: "PUT",
            path: "/api/v1/admin/mi-empresa".to_owned(),
            as_whom: Whom::Operator,
            body: json!({"nombre": "Otro"}),
            required: vec![],
            texts: vec![
                ("nombre", 100),
                ("contacto_email", 100),
                ("contacto_telefono", 20),
                ("telegram_bot_token", 255),
                ("telegram_chat_id", 50),
            ],
        },
        Taker {
            method: "POST",
            path: "/api/v1/admin/mi-empresa/configurar-conekta".to_owned(),
            as_whom: Whom::Operator,
            body: json!({"private_key": "key_other"}),
            required: vec![],
            texts: vec![("private_key", 1024), ("public_key", 255)],
        },
        Taker {
            method: "POST",
            path: "/api/v1/payments/configurar-credenciales".to_owned(),
            as_whom: Whom::Operator,
            body: json!({"access_token": "TEST-other"}),
            required: vec![],
            texts: vec![
                ("access_token", 1024),
                ("webhook_secret", 1024),
                ("public_key", 255),
                ("telegram_chat_id", 50),
            ],
        },
        Taker {
            method: "PUT",
            path: format!("/api/v1/admin/mi-empresa/routers/{}", shop.router),
            as_whom: Whom::Operator,
            body: json!({"nombre": "Otro"}),
            required: vec![],
            texts: vec![
                ("nombre", 100),
                ("host", 253),
                ("usuario", 50),
                ("password_encrypted", 255),
                ("ubicacion", 200),
            ],
        },
    ]
}

/// Operators' products.
fn products(shop: &Shop) -> Vec<Taker> {
    vec![
        Taker {
            method: "POST",
            path: "/api/v1/admin/products".to_owned(),
            as_whom: Whom::Operator,
            body: json!({
                "router_id": shop.router, "perfil_mikrotik_id": "*77",
                "perfil_mikrotik_nombre": "1hora", "nombre_venta": "x", "precio": 1,
            }),
            required: vec![
                "router_id",
                "perfil_mikrotik_id",
                "perfil_mikrotik_nombre",
                "nombre_venta",
                "precio",
            ],
            texts: vec![
                ("perfil_mikrotik_id", 100),
                ("perfil_mikrotik_nombre", 100),
                ("nombre_venta", 100),
                ("descripcion", 5000),
                ("imagen_url", 500),
            ],
        },
        Taker {
            method: "PUT",
            path: format!("/api/v1/admin/products/{}", shop.product),
            as_whom: Whom::Operator,
            body: json!({"nombre_venta": "Otro"}),
            required: vec![],
            texts: vec![
                ("nombre_venta", 100),
                ("descripcion", 5000),
                ("imagen_url", 500),
            ],
        },
    ]
}

/// Portals' payments.
fn payments(shop: &Shop) -> Vec<Taker> {
    vec![
        Taker {
            method: "POST",
            path: "/api/v1/payments/pagar-conekta".to_owned(),
            as_whom: Whom::Portal,
            body: shop.conekta_body("tok_refused"),
            required: vec![
                "producto_id",
                "token_tarjeta",
                "nombre_cliente",
                "email_cliente",
            ],
            texts: vec![
                ("token_tarjeta", 255),
                ("nombre_cliente", 100),
                ("email_cliente", 100),
            ],
        },
        Taker {
            method: "POST",
            path: "/api/v1/payments/pagar-mercado-pago".to_owned(),
            as_whom: Whom::Portal,
            body: shop.mercado_pago_body("tok_refused"),
            required: vec![
                "producto_id",
                "token",
                "payment_method_id",
                "monto",
                "nombre_cliente",
                "email_cliente",
            ],
            texts: vec![
                ("token", 255),
                ("payment_method_id", 50),
                ("nombre_cliente", 100),
                ("email_cliente", 100),
            ],
        },
    ]
}
