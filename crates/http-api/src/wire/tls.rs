//! TLS settings of a router, as callers write them.

use domain::router::{RouterTls, TlsMode, parse_fingerprint};

use crate::body::fields::Fields;

/// Longest certificate of an authority.
const MAX_PEM: usize = 16 * 1024;
/// What `tls_modo` may be.
const MODES: &[&str] = &[
    "ninguno",
    "primera_vez",
    "huella",
    "ca",
    "publico",
    "inseguro",
];

/// The TLS fields of a request.
pub(crate) struct TlsFields {
    pub(crate) mode: Option<TlsMode>,
    pub(crate) ca_pem: Option<String>,
    pub(crate) fingerprint: Option<String>,
}

/// Reads `tls_modo`, `tls_ca_pem` and `tls_huella_sha256`.
pub(crate) fn read_tls(fields: &mut Fields) -> TlsFields {
    let mode = fields
        .field(
            "tls_modo",
            "`ninguno`, `primera_vez`, `huella`, `ca`, `publico` o `inseguro`.",
        )
        .optional_choice(TlsMode::from_str_name, MODES);
    let ca_pem = fields
        .field("tls_ca_pem", "Certificado de la autoridad (PEM), con `ca`.")
        .limits_not_described()
        .optional_multiline(MAX_PEM);
    if ca_pem
        .as_ref()
        .is_some_and(|pem| !pem.contains("-----BEGIN CERTIFICATE-----"))
    {
        fields.problem(
            "tls_ca_pem",
            "value_error",
            "Debe ser un certificado en formato PEM",
        );
    }
    let sent = fields
        .field(
            "tls_huella_sha256",
            "Huella SHA-256 del certificado, con `huella`.",
        )
        .limits_not_described()
        .optional_text(128);
    let fingerprint = sent.as_deref().and_then(parse_fingerprint);
    if sent.is_some() && fingerprint.is_none() {
        fields.problem(
            "tls_huella_sha256",
            "value_error",
            "Debe ser una huella SHA-256 (64 dígitos hexadecimales)",
        );
    }
    TlsFields {
        mode,
        ca_pem,
        fingerprint,
    }
}

/// The settings of a router with these fields and this port, where `mode` is what the router has
/// or gets by default; reports what is missing for the mode.
pub(crate) fn complete(fields: &mut Fields, mode: TlsMode, sent: TlsFields) -> RouterTls {
    let mode = sent.mode.unwrap_or(mode);
    if mode == TlsMode::Pinned && sent.fingerprint.is_none() {
        fields.problem(
            "tls_huella_sha256",
            "missing",
            "Es obligatorio con tls_modo huella",
        );
    }
    if mode == TlsMode::Authority && sent.ca_pem.is_none() {
        fields.problem("tls_ca_pem", "missing", "Es obligatorio con tls_modo ca");
    }
    RouterTls {
        mode,
        ca_pem: sent.ca_pem,
        fingerprint: sent.fingerprint,
    }
}
