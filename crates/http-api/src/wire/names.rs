//! Words of responses that are one of a few, for the API description. The words themselves come
//! from the domain; a test compares.

use utoipa::ToSchema;

/// Defines enums that only describe.
macro_rules! names {
    ($($(#[$about:meta])* $name:ident = $($variant:ident: $word:literal),+;)+) => {$(
        $(#[$about])*
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "describes texts that come from elsewhere")]
        pub(crate) enum $name {
            $(#[schema(rename = $word)] $variant,)+
        }
    )+};
}

names! {
    /// Quién cobra.
    GatewayName = Conekta: "conekta", MercadoPago: "mercado_pago";
    /// Con dinero de prueba o real.
    ModeName = Test: "test", Live: "live";
    /// Moneda.
    CurrencyName = Mxn: "MXN", Usd: "USD", Eur: "EUR";
    /// Papel de un usuario del panel.
    RoleName = SuperAdmin: "super_admin", TenantAdmin: "cliente_admin";
    /// Forma de las credenciales.
    CredentialKindName = UserAndPassword: "usuario_contrasena", Pin: "pin";
    /// Cómo se habla con un router.
    TlsModeName = Plain: "ninguno", FirstUse: "primera_vez", Pinned: "huella", Authority: "ca",
        Public: "publico", Insecure: "inseguro";
    /// Cómo está una compra por dentro.
    PurchaseStateName = Created: "created", Charging: "charging", Verifying: "verifying",
        Pending: "pending", Paid: "paid", Declined: "declined", Failed: "failed",
        GivenUp: "given_up", Mismatch: "mismatch", Refunding: "refunding", Refunded: "refunded",
        ChargedBack: "charged_back";
    /// Cómo está el acceso en el router.
    AccessStateName = Pending: "pending", Active: "active", RemovalQueued: "pending_removal",
        Removed: "removed", Parked: "failed";
    /// Cómo está la llave de un router.
    KeyStatusName = Active: "active", Expired: "expired", NoKey: "no_key";
    /// Si el dispositivo quedó conectado.
    ConnectionName = Connected: "conectado", NotConnected: "no_conectado";
    /// Cómo quedó una reconexión. Solo con `expirado` debe el portal olvidar las credenciales.
    ReconnectName = Active: "activo", Expired: "expirado", TenantInactive: "empresa_inactiva",
        RouterInactive: "router_inactivo", Error: "error";
    /// Cómo quedó una consulta de usuario.
    ProfileInfoName = Fine: "ok", WrongCredentials: "credenciales_invalidas",
        TenantInactive: "empresa_inactiva", RouterInactive: "router_inactivo", Error: "error";
    /// Si el punto de acceso puede atender.
    RouterCheckName = Active: "activo", RouterInactive: "router_inactivo",
        TenantInactive: "empresa_inactiva", Internal: "internal_error";
}

#[cfg(test)]
mod tests {
    use domain::credentials::CredentialKind;
    use domain::gateway::{GatewayKind, GatewayMode};
    use domain::money::Currency;
    use domain::router::TlsMode;
    use utoipa::PartialSchema;

    use super::*;

    fn words<T: PartialSchema>() -> Vec<String> {
        let schema = serde_json::to_value(T::schema()).unwrap();
        serde_json::from_value(schema["enum"].clone()).unwrap()
    }

    #[test]
    fn every_word_described_is_one_that_the_domain_knows() {
        assert!(!words::<ModeName>().is_empty());
        let known = |found: bool, word: &str| assert!(found, "{word}");
        for word in words::<GatewayName>() {
            known(GatewayKind::from_str_name(&word).is_some(), &word);
        }
        for word in words::<ModeName>() {
            known(GatewayMode::from_str_name(&word).is_some(), &word);
        }
        for word in words::<CurrencyName>() {
            known(Currency::from_code(&word).is_some(), &word);
        }
        for word in words::<CredentialKindName>() {
            known(CredentialKind::from_str_name(&word).is_some(), &word);
        }
        for word in words::<TlsModeName>() {
            known(TlsMode::from_str_name(&word).is_some(), &word);
        }
    }
}
