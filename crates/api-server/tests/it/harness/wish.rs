//! What a customer wants, once: the same request however often it is sent.

use gateway_sim::Gateway;
use serde_json::{Value, json};

/// One wish to buy.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) gateway: Gateway,
    /// Tells it from all others: key, card token and e-mail are made of it.
    pub(crate) name: String,
    /// Whether the idempotency key is sent as a header, or the card token alone is the key.
    pub(crate) has_header: bool,
    /// The device to log in: MAC and IP.
    pub(crate) device: Option<(String, String)>,
    /// A word in the card token that decides how the charge ends.
    pub(crate) card: &'static str,
}

impl Wish {
    pub(crate) fn new(gateway: Gateway, name: impl Into<String>) -> Self {
        Self {
            gateway,
            name: name.into(),
            has_header: true,
            device: None,
            card: "good",
        }
    }

    pub(crate) fn email(&self) -> String {
        format!("{}@correo.test", self.name)
    }

    pub(crate) fn token(&self) -> String {
        format!("tok_{}_{}", self.card, self.name.replace('-', "x"))
    }

    pub(crate) fn path(&self) -> &'static str {
        match self.gateway {
            Gateway::MercadoPago => "/api/v1/payments/pagar-mercado-pago",
            _ => "/api/v1/payments/pagar-conekta",
        }
    }

    pub(crate) fn body(&self, product: i64) -> Value {
        let mut body = json!({
            "producto_id": product,
            "nombre_cliente": "Ana Paz",
            "email_cliente": self.email(),
            "telefono_cliente": "5587654321",
            "tipo_usuario": "usuario_contrasena"
        });
        if self.gateway == Gateway::MercadoPago {
            body["token"] = json!(self.token());
            body["payment_method_id"] = json!("visa");
            body["monto"] = json!(15.00);
        } else {
            body["token_tarjeta"] = json!(self.token());
        }
        if let Some((mac, ip)) = &self.device {
            body["mac_cliente"] = json!(mac);
            body["ip_cliente"] = json!(ip);
            body["conexion_automatica"] = json!(true);
        }
        body
    }
}
