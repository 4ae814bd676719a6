//! The keys that make a repeated request the same purchase.

use domain::gateway::GatewayMode;
use domain::ids::TenantId;
use domain::purchase::Purchase;
use domain::secret::Secret;
use ports::security::to_hex;
use ports::store::UnitOfWork;
use ports::store::error::StoreError;
use ports::store::purchases::{KeyKind, PurchaseKey};

use crate::app::App;
use crate::purchase::command::StartPurchase;

/// Keys and fingerprint of one request.
#[derive(Debug)]
pub(crate) struct RequestKeys {
    /// The header's key, if sent; looked up first.
    pub(crate) header: Option<PurchaseKey>,
    /// The key of the payment's token, for methods that have one: a token belongs to one purchase
    /// whatever the header says.
    pub(crate) token: Option<PurchaseKey>,
    /// Hex digest of everything that makes it the same request.
    pub(crate) fingerprint: String,
    /// Whether the token is one of its gateway's reusable test tokens, as long as the tenant is testing.
    pub(crate) is_test_token: bool,
}

/// Joins fields so that no two different lists give the same bytes.
fn joined(fields: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend_from_slice(field.len().to_string().as_bytes());
        bytes.push(b':');
        bytes.extend_from_slice(field.as_bytes());
    }
    bytes
}

impl RequestKeys {
    pub(crate) fn of(app: &App, command: &StartPurchase) -> Self {
        let digests = app.ports.digests.as_ref();
        let token = command.method.token().map(Secret::expose);
        let gateway = command.gateway.as_str();
        let product = command.product_id.to_string();
        let [payment, brand, installments] = command.method.identity();
        let request = joined(&[
            gateway,
            &product,
            &payment,
            command.customer.email.as_str(),
            command.credential_kind.as_str(),
            &brand,
            &installments,
        ]);
        // Everybody has the published test tokens: there one is one person's.
        let is_test_token =
            token.is_some_and(|token| app.gateway(command.gateway).is_reusable_test_token(token));
        let token_key = |token: &str| {
            let digest = if is_test_token {
                let person = command.customer.email.as_str();
                digests.keyed("test-card-token", &joined(&[gateway, token, person]))
            } else {
                digests.keyed("card-token", &joined(&[gateway, token]))
            };
            PurchaseKey {
                kind: KeyKind::CardToken,
                key: to_hex(&digest),
            }
        };
        Self {
            header: command.idempotency_key.clone().map(|key| PurchaseKey {
                kind: KeyKind::Header,
                key,
            }),
            token: token.map(token_key),
            fingerprint: to_hex(&digests.keyed("purchase-fingerprint", &request)),
            is_test_token,
        }
    }

    /// Whether the token's last purchase is over and a new one may begin with it: one of
    /// Conekta's test tokens, of a tenant in mode test.
    pub(crate) async fn token_is_free(
        &self,
        work: &mut dyn UnitOfWork,
        tenant: &TenantId,
        last: &Purchase,
    ) -> Result<bool, StoreError> {
        if !self.is_test_token || last.state().is_open() {
            return Ok(false);
        }
        let tenant = work.tenants().find(tenant).await?;
        Ok(tenant
            .is_some_and(|tenant| tenant.gateway(last.sale().gateway).mode == GatewayMode::Test))
    }

    /// All keys that the purchase must claim.
    pub(crate) fn all(&self) -> Vec<PurchaseKey> {
        self.header.iter().chain(&self.token).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn moving_a_boundary_changes_the_bytes() {
        assert_ne!(joined(&["ab", "c"]), joined(&["a", "bc"]));
        assert_ne!(joined(&["", "x"]), joined(&["x", ""]));
        assert_ne!(joined(&["1:a"]), joined(&["a"]));
    }
}
