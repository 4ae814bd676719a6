//! Failed router operations as portals show them: a stable code for the page, and a text for the
//! person in front of it. Nothing of the router's address or responses.

use application::vocabulary::HotspotError;

/// The code for `error_detalle`.
pub(super) const fn code(error: &HotspotError) -> &'static str {
    match error {
        HotspotError::TimedOut => "router_timeout",
        HotspotError::Unreachable | HotspotError::Suspended => "router_unreachable",
        HotspotError::AddressNotAllowed => "router_address_not_allowed",
        HotspotError::Tls(_) | HotspotError::CertificateChanged => "router_tls_failed",
        HotspotError::LoginRefused | HotspotError::NotPermitted => "router_login_refused",
        HotspotError::ProfileMissing => "profile_missing",
        HotspotError::NamesTaken | HotspotError::Refused(_) => "router_refused",
        HotspotError::Unsupported(_) => "router_unsupported",
    }
}

/// The text for `mensaje`.
pub(super) const fn text(error: &HotspotError) -> &'static str {
    match error {
        HotspotError::TimedOut | HotspotError::Unreachable | HotspotError::Suspended => {
            "El punto de acceso no responde en este momento. Sus credenciales siguen siendo válidas: intente de nuevo en unos segundos."
        }
        HotspotError::AddressNotAllowed
        | HotspotError::Tls(_)
        | HotspotError::CertificateChanged
        | HotspotError::LoginRefused
        | HotspotError::NotPermitted
        | HotspotError::ProfileMissing
        | HotspotError::NamesTaken
        | HotspotError::Refused(_)
        | HotspotError::Unsupported(_) => {
            "El punto de acceso no pudo atender la solicitud. Avise al establecimiento; sus credenciales siguen siendo válidas."
        }
    }
}

pub(super) const TENANT_INACTIVE: &str =
    "Este establecimiento no está dando servicio en este momento. Consulte con el personal.";
pub(super) const ROUTER_INACTIVE: &str =
    "Este punto de acceso está desactivado en este momento. Consulte con el personal.";
pub(super) const SERVER_FAILED: &str =
    "No pudimos atender la solicitud en este momento. Intente de nuevo en unos segundos.";
/// The code for `error_detalle` when the server itself failed.
pub(super) const INTERNAL_CODE: &str = "internal_error";
pub(super) const TOO_MANY: &str = "Demasiadas solicitudes de conexión seguidas.";
