//! `GET /api/v1/config/public`.

use actix_web::web;
use application::portal::catalogue::public_config;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsPortal;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/api/v1/config/public", Access::Portal, || {
        web::get().to(handle)
    });

/// Lo que la página del portal necesita.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicConfigView {
    /// La empresa.
    empresa: PublicTenantView,
    /// El router.
    router: PublicRouterView,
}

/// La empresa, sin nada secreto.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicTenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Llave pública de Conekta.
    conekta_public_key: Option<String>,
    /// Llave pública de Mercado Pago.
    #[serde(rename = "mercadopago_public_key")]
    mercado_pago_public_key: Option<String>,
    /// `test` o `live`.
    #[schema(example = "test")]
    conekta_mode: &'static str,
    /// Ruta del logotipo.
    logo_url: Option<String>,
}

/// El router de esta llave.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublicRouterView {
    /// Identificador.
    #[schema(example = "RTR_51D0A2BC")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    location: Option<String>,
}

/// Configuración pública para la página del portal.
#[utoipa::path(
    get, path = "/api/v1/config/public", tag = "Portal", security(("api_key" = [])),
    responses(
        (status = 200, description = "Configuración", body = PublicConfigView),
        (status = 401, description = "API Key no válida", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    portal: AsPortal,
) -> Result<web::Json<PublicConfigView>, ApiError> {
    let (tenant, router) = public_config(&state.app, &portal.0).await?;
    Ok(web::Json(PublicConfigView {
        empresa: PublicTenantView {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            conekta_public_key: tenant.conekta.public_key,
            mercado_pago_public_key: tenant.mercado_pago.public_key,
            conekta_mode: tenant.conekta.mode.as_str(),
            logo_url: tenant.logo_url,
        },
        router: PublicRouterView {
            id: router.id.as_str().to_owned(),
            name: router.name,
            location: router.location,
        },
    }))
}
