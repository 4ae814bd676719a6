//! An operator who can sell, made over HTTP as the owner and the operator would.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::answer::Answer;
use crate::harness::server::Server;
use crate::harness::world::{
    OWNER_EMAIL, OWNER_PASSWORD, ROUTER_PASSWORD, ROUTER_USER, WEBHOOK_SECRET, World,
};

/// Conekta's secret key of the shop.
pub(crate) const CONEKTA_KEY: &str = "key_test_private_7d21c0ffee";
/// Mercado Pago's access token of the shop.
pub(crate) const MERCADO_PAGO_TOKEN: &str = "TEST-6541239870-cafe-b0b0-access-55667788";
/// The operator's password.
pub(crate) const OPERATOR_PASSWORD: &str = "ClientePass456!";
/// The token of the operator's bot.
pub(crate) const BOT_TOKEN: &str = "7001002003:AAH-bot-token-of-the-shop-1f2e3d";

/// What it takes to sell.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) tenant: String,
    pub(crate) router: String,
    pub(crate) api_key: String,
    pub(crate) product: i64,
    /// The owner's session.
    pub(crate) owner: String,
    /// The operator's session.
    pub(crate) operator: String,
}

impl World {
    async fn as_session(
        &self,
        server: &Server,
        token: &str,
        call: (Method, &str),
        body: Value,
    ) -> Answer {
        let answer = self.session(server, token, call, Some(body)).await;
        let answer = answer.unwrap();
        assert!(answer.status < 300, "{}: {}", answer.status, answer.body);
        answer
    }

    /// A session token.
    pub(crate) async fn login(&self, server: &Server, email: &str, password: &str) -> String {
        let body = json!({"email": email, "password": password});
        let answer = self.as_session(server, "", (Method::POST, "/api/v1/auth/login"), body);
        answer.await.text("/access_token")
    }

    /// A shop that sells through both gateways.
    pub(crate) async fn open_shop(&self, server: &Server) -> Shop {
        let owner = self.login(server, OWNER_EMAIL, OWNER_PASSWORD).await;
        let post = |path| (Method::POST, path);
        let company = json!({
            "nombre": "WiFi Café Central", "contacto_email": "hola@cafecentral.test",
            "contacto_telefono": "5512345678"
        });
        let company = self.as_session(server, &owner, post("/admin/empresas"), company);
        let tenant = company.await.text("/id");
        let router = json!({
            "empresa_id": tenant, "nombre": "Router Principal", "host": "127.0.0.1",
            "puerto": self.router.addr().port(), "usuario": ROUTER_USER,
            "password": ROUTER_PASSWORD
        });
        let path = format!("/admin/empresas/{tenant}/routers");
        let router = self.as_session(server, &owner, post(&path), router).await;
        let email = format!("carlos-{}@cafecentral.test", tenant.to_lowercase());
        let user = json!({
            "email": email, "password": OPERATOR_PASSWORD, "nombre": "Carlos Ramírez",
            "rol": "cliente_admin", "empresa_id": tenant
        });
        self.as_session(server, &owner, post("/admin/usuarios"), user)
            .await;
        let operator = self.login(server, &email, OPERATOR_PASSWORD).await;
        self.open_gateways(server, &operator).await;
        let product = json!({
            "perfil_mikrotik_id": "*1", "perfil_mikrotik_nombre": "1hora",
            "nombre_venta": "1 Hora de Internet", "precio": 15.00, "moneda": "MXN",
            "router_id": router.text("/id")
        });
        let product = self
            .as_session(server, &operator, post("/api/v1/admin/products"), product)
            .await;
        Shop {
            tenant,
            router: router.text("/id"),
            api_key: router.text("/api_key"),
            product: product.body["id"].as_i64().unwrap(),
            owner,
            operator,
        }
    }

    async fn open_gateways(&self, server: &Server, operator: &str) {
        let conekta = json!({
            "private_key": CONEKTA_KEY, "public_key": "key_test_public_1", "mode": "test",
            "webhook_public_key": self.gateways.conekta_public_key()
        });
        let path = "/api/v1/admin/mi-empresa/configurar-conekta";
        self.as_session(server, operator, (Method::POST, path), conekta)
            .await;
        let mercado_pago = json!({
            "access_token": MERCADO_PAGO_TOKEN, "public_key": "TEST-public-key-1",
            "webhook_secret": WEBHOOK_SECRET, "mode": "test"
        });
        let path = "/api/v1/payments/configurar-credenciales";
        self.as_session(server, operator, (Method::POST, path), mercado_pago)
            .await;
    }

    /// The operator wants notices from now on.
    pub(crate) async fn want_notices(&self, server: &Server, shop: &Shop) {
        let body = json!({
            "telegram_bot_token": BOT_TOKEN, "telegram_chat_id": "-100200300",
            "notificaciones_telegram": true
        });
        let call = (Method::PUT, "/api/v1/admin/mi-empresa");
        self.as_session(server, &shop.operator, call, body).await;
    }
}
