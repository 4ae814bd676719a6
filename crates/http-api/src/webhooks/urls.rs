//! Addresses that operators enter at Mercado Pago.

/// The address that all tenants share.
pub(super) const SHARED: &str = "/api/v1/webhook/mercado-pago";

/// A tenant's own address: whole where our public address is configured, else only its path.
pub(super) fn of_tenant(public_base_url: Option<&str>, tenant_id: &str) -> String {
    format!(
        "{}{SHARED}/{tenant_id}",
        public_base_url.unwrap_or_default()
    )
}

/// The shared address; `None` where our public address is not configured.
pub(super) fn shared(public_base_url: Option<&str>) -> Option<String> {
    public_base_url.map(|base| format!("{base}{SHARED}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_public_address_only_the_path_is_known() {
        assert_eq!(
            of_tenant(Some("https://pay.test"), "EMP_1"),
            "https://pay.test/api/v1/webhook/mercado-pago/EMP_1"
        );
        assert_eq!(
            of_tenant(None, "EMP_1"),
            "/api/v1/webhook/mercado-pago/EMP_1"
        );
        assert_eq!(shared(None), None);
    }
}
