//! What an operator reads when a router does not do its part. Says what to check, never what
//! the other side said word for word.

use application::vocabulary::{HotspotError, TlsTrouble};

/// Why the router at `address` (`host:port`) could not be used.
pub(crate) fn router_trouble(error: &HotspotError, address: &str) -> String {
    let why = match error {
        HotspotError::TimedOut => format!("Timeout al conectar a {address}"),
        HotspotError::Unreachable => format!(
            "{address} no responde; revise la dirección, el puerto, y que el servicio API esté habilitado y acepte a este servidor"
        ),
        HotspotError::Suspended => {
            format!("{address} no respondía hace un momento; intente de nuevo")
        }
        HotspotError::AddressNotAllowed => {
            format!(
                "la dirección {address} no está permitida por el administrador de la plataforma"
            )
        }
        HotspotError::Tls(trouble) => {
            format!(
                "falló la conexión TLS con {address}: {}",
                tls_trouble(*trouble)
            )
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
        HotspotError::Unsupported(_) => format!(
            "{address} no parece un hotspot de RouterOS; revise el puerto y que el router tenga un hotspot"
        ),
        HotspotError::Refused(_) => {
            "el router rechazó la operación; revise su registro e intente de nuevo".to_owned()
        }
    };
    format!("No se pudo conectar al router: {why}")
}

const fn tls_trouble(trouble: TlsTrouble) -> &'static str {
    match trouble {
        TlsTrouble::SpeaksTls => {
            "ese puerto usa TLS (api-ssl, normalmente 8729); cambie tls_modo o el puerto"
        }
        TlsTrouble::SpeaksPlain => {
            "ese puerto no usa TLS (api, normalmente 8728); cambie el puerto o tls_modo"
        }
        TlsTrouble::NoCertificate => {
            "el servicio api-ssl no tiene certificado; asígnele uno en el router"
        }
        TlsTrouble::Untrusted => {
            "no se confía en su certificado; revise tls_ca_pem, tls_huella_sha256 o tls_modo"
        }
        TlsTrouble::Failed => "no hubo acuerdo; revise api-ssl en el router",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_said_in_english_is_not_repeated() {
        for error in [
            HotspotError::Unsupported("the command does not exist there".to_owned()),
            HotspotError::Refused("it is overloaded".to_owned()),
            HotspotError::Tls(TlsTrouble::NoCertificate),
        ] {
            let text = router_trouble(&error, "10.0.0.1:8729");
            assert!(!text.contains(" the ") && !text.contains("it is"), "{text}");
            assert!(
                text.starts_with("No se pudo conectar al router: "),
                "{text}"
            );
        }
    }
}
