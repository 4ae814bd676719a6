//! A tenant that is ready to sell.

use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::world::{World, text};

/// A tenant with one router, its key, an operator and one product at 15.00 MXN. Both gateways
/// are configured in mode `test`.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) tenant: String,
    pub(crate) router: String,
    pub(crate) key: String,
    pub(crate) key_id: String,
    pub(crate) operator_email: String,
    pub(crate) operator_id: i64,
    /// The operator's session token.
    pub(crate) operator: String,
    pub(crate) product: i64,
}

/// Every operator's password.
pub(crate) const OPERATOR_PASSWORD: &str = "ClientePass456!";

impl World {
    /// A tenant by itself; answers its id.
    pub(crate) fn tenant(&self, name: &str) -> String {
        let body = json!({"nombre": name, "contacto_email": "contacto@cafe.test"});
        let answer = self
            .post("/admin/empresas")
            .session(&self.owner())
            .json(&body);
        text(answer.expect(200), "id")
    }

    /// A router; answers its record with the key.
    pub(crate) fn router_of(&self, tenant: &str, name: &str) -> Value {
        let body = json!({
            "nombre": name, "host": "10.9.0.2", "usuario": "pagos-api", "password": "routerpassword",
        });
        let path = format!("/admin/empresas/{tenant}/routers");
        let answer = self.post(&path).session(&self.owner()).json(&body);
        answer.expect(200).clone()
    }

    /// An operator; answers the user's number.
    pub(crate) fn operator_of(&self, tenant: &str, email: &str) -> i64 {
        let body = json!({
            "email": email, "password": OPERATOR_PASSWORD, "nombre": "Carlos Ramírez",
            "rol": "cliente_admin", "empresa_id": tenant,
        });
        let answer = self
            .post("/admin/usuarios")
            .session(&self.owner())
            .json(&body);
        answer.expect(200)["usuario"]["id"].as_i64().unwrap()
    }

    /// A product of the profile `1hora`; answers its number.
    pub(crate) fn product_of(&self, operator: &str, router: &str, more: &Value) -> i64 {
        let mut body = json!({
            "router_id": router, "perfil_mikrotik_id": "*2", "perfil_mikrotik_nombre": "1hora",
            "nombre_venta": "1 Hora de Internet", "precio": 15.00,
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answer = self
            .post("/api/v1/admin/products")
            .session(operator)
            .json(&body);
        answer.expect(201)["id"].as_i64().unwrap()
    }

    /// A tenant that is ready to sell. `name` must be one word that fits an e-mail address.
    pub(crate) fn shop(&self, name: &str) -> Shop {
        self.shop_of(name, format!("{}@x.test", name.to_lowercase()))
    }

    /// A tenant of this name with this operator.
    pub(crate) fn shop_of(&self, name: &str, operator_email: String) -> Shop {
        let tenant = self.tenant(name);
        let router = self.router_of(&tenant, &format!("Router {name}"));
        let operator_id = self.operator_of(&tenant, &operator_email);
        let operator = self.login(&operator_email, OPERATOR_PASSWORD);
        self.post("/api/v1/admin/mi-empresa/configurar-conekta")
            .session(&operator)
            .json(&json!({"private_key": "key_abc", "public_key": "key_pub_abc", "mode": "test"}))
            .expect(200);
        self.post("/api/v1/payments/configurar-credenciales")
            .session(&operator)
            .json(&json!({"access_token": "TEST-abc", "public_key": "TEST-pub", "mode": "test"}))
            .expect(200);
        let router_id = text(&router, "id");
        let product = self.product_of(&operator, &router_id, &json!({}));
        Shop {
            tenant,
            router: router_id,
            key: text(&router, "api_key"),
            key_id: text(&router["api_key_info"], "key_id"),
            operator_email,
            operator_id,
            operator,
            product,
        }
    }

    /// Buys the shop's product with Conekta.
    pub(crate) fn buy(&self, shop: &Shop, card_token: &str) -> Answer {
        self.post("/api/v1/payments/pagar-conekta")
            .key(&shop.key)
            .json(&shop.conekta_body(card_token))
    }

    /// Buys the shop's product with Mercado Pago.
    pub(crate) fn buy_with_mercado_pago(&self, shop: &Shop, card_token: &str) -> Answer {
        self.post("/api/v1/payments/pagar-mercado-pago")
            .key(&shop.key)
            .json(&shop.mercado_pago_body(card_token))
    }

    /// The operator's list of sales.
    pub(crate) fn sales(&self, shop: &Shop) -> Value {
        let path = "/api/v1/admin/mi-empresa/transacciones";
        self.get(path)
            .session(&shop.operator)
            .send()
            .expect(200)
            .clone()
    }
}

impl Shop {
    /// A purchase with Conekta.
    pub(crate) fn conekta_body(&self, card_token: &str) -> Value {
        json!({
            "producto_id": self.product, "token_tarjeta": card_token,
            "nombre_cliente": "Ana Paz", "email_cliente": "ana@x.test",
        })
    }

    /// A purchase with Mercado Pago.
    pub(crate) fn mercado_pago_body(&self, card_token: &str) -> Value {
        json!({
            "producto_id": self.product, "token": card_token, "payment_method_id": "visa",
            "monto": 15.00, "nombre_cliente": "Ana Paz", "email_cliente": "ana@x.test",
        })
    }
}
