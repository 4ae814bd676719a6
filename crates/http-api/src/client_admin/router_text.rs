//! What an operator reads when a router does not do its part. Says what to check, never what
//! the other side said word for word.

use application::vocabulary::HotspotError;

/// Why the router at `address` (`host:port`) could not be used.
pub(crate) fn router_trouble(error: &HotspotError, address: &str) -> String {
    let why = match error {
        HotspotError::TimedOut => format!("Timeout al conectar a {address}"),
        HotspotError::Unreachable => format!(
            "{address} no responde; revise la dirección, el puerto y que el servicio API esté habilitado"
        ),
        HotspotError::Suspended => {
            format!("{address} no respondía hace un momento; intente de nuevo")
        }
        HotspotError::AddressNotAllowed => {
            format!(
                "la dirección {address} no está permitida por el administrador de la plataforma"
            )
        }
        HotspotError::Tls(diagnosis) => {
            format!("falló la conexión TLS con {address} ({diagnosis})")
        }
        HotspotError::CertificateChanged => format!(
            "el certificado de {address} cambió; si es correcto, guarde el router con tls_modo primera_vez"
        ),
        HotspotError::LoginRefused => "usuario o contraseña incorrectos".to_owned(),
        HotspotError::NotPermitted => {
            "al usuario de RouterOS le faltan permisos (read, write, api)".to_owned()
        }
        HotspotError::ProfileMissing => "el perfil no existe en el router".to_owned(),
        HotspotError::NamesTaken => "los nombres de usuario elegidos ya existen".to_owned(),
        HotspotError::Unsupported(diagnosis) => {
            format!("{address} no parece un hotspot de RouterOS ({diagnosis})")
        }
        HotspotError::Refused(diagnosis) => format!("el router rechazó la operación ({diagnosis})"),
    };
    format!("No se pudo conectar al router: {why}")
}
