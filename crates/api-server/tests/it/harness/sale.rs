//! What customers, operators and gateways send to a server.

use gateway_sim::Gateway;
use reqwest::Method;
use serde_json::json;

use crate::harness::answer::Answer;
use crate::harness::server::Server;
use crate::harness::shop::Shop;
use crate::harness::wish::Wish;
use crate::harness::world::World;

impl World {
    /// Buys; `None` when the server died over it.
    pub(crate) async fn buy(&self, server: &Server, shop: &Shop, wish: &Wish) -> Option<Answer> {
        self.buy_at(&server.base, shop, wish).await
    }

    /// Buys at this address.
    pub(crate) async fn buy_at(&self, base: &str, shop: &Shop, wish: &Wish) -> Option<Answer> {
        let url = format!("{base}{}", wish.path());
        let mut request = self
            .http
            .request(Method::POST, url)
            .header("X-API-Key", &shop.api_key)
            .json(&wish.body(shop.product));
        if wish.has_header {
            request = request.header("Idempotency-Key", format!("key-{}", wish.name));
        }
        self.http.send(request).await
    }

    /// Gives money back; `None` when the server died over it.
    pub(crate) async fn refund(
        &self,
        base: &str,
        shop: &Shop,
        purchase: i64,
        key: &str,
        amount: Option<f64>,
    ) -> Option<Answer> {
        let url = format!("{base}/api/v1/admin/mi-empresa/transacciones/{purchase}/reembolso");
        let body = amount.map_or_else(|| json!({}), |amount| json!({"monto": amount}));
        let request = self
            .http
            .request(Method::POST, url)
            .bearer_auth(&shop.operator)
            .header("Idempotency-Key", key)
            .json(&body);
        self.http.send(request).await
    }

    /// Lets gateways' notices go to the server, those of before too when told so.
    pub(crate) async fn notify(&self, server: &Server, shop: &Shop, gateway: Gateway, again: bool) {
        let name = match gateway {
            Gateway::MercadoPago => "mercado-pago",
            _ => "conekta",
        };
        let order = gateway_sim::SendOrder {
            gateway: Some(gateway),
            again,
            url: Some(format!(
                "{}/api/v1/webhook/{name}/{}",
                server.base, shop.tenant
            )),
            ..gateway_sim::SendOrder::default()
        };
        self.gateways.send_webhooks(&order).await.unwrap();
    }
}
