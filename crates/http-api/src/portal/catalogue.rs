//! `GET /api/v1/catalogo_perfiles_venta`.

use actix_web::{HttpRequest, HttpResponse, web};
use application::portal::catalogue::list_products;
use domain::product::Product;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsPortal;
use crate::state::State;
use crate::wire::etag::json_or_not_modified;
use crate::wire::json::Amount;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/catalogo_perfiles_venta",
    Access::Portal,
    || web::get().to(handle),
);

/// Un plan a la venta.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// Número del producto.
    #[schema(example = 71)]
    id: i64,
    /// `.id` del perfil en el router.
    #[schema(example = "*3")]
    perfil_mikrotik_id: String,
    /// Nombre del perfil en el router.
    #[schema(example = "1hora")]
    perfil_mikrotik_nombre: String,
    /// Nombre para el cliente.
    #[serde(rename = "nombre_venta")]
    #[schema(example = "1 hora")]
    sale_name: String,
    /// Texto más largo.
    #[serde(rename = "descripcion")]
    description: Option<String>,
    /// Imagen.
    #[serde(rename = "imagen_url")]
    image_url: Option<String>,
    /// Precio, con hasta dos decimales.
    #[serde(rename = "precio")]
    price: Amount,
    /// `MXN`, `USD` o `EUR`.
    #[serde(rename = "moneda")]
    #[schema(example = "MXN")]
    currency: &'static str,
    /// Detalles, como se guardaron.
    #[serde(rename = "detalles")]
    #[schema(value_type = Vec<Object>)]
    details: Vec<Value>,
    /// Si se destaca.
    #[serde(rename = "destacado")]
    is_featured: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creado_en")]
    #[schema(example = "2026-03-04T10:00:00")]
    created_at: String,
}

/// Stored details as objects; an old plain text `s` becomes `{"value": s}`.
fn details(stored: &str) -> Vec<Value> {
    let items: Vec<Value> = serde_json::from_str(stored).unwrap_or_default();
    items
        .into_iter()
        .map(|item| {
            if item.is_object() {
                item
            } else {
                json!({ "value": item })
            }
        })
        .collect()
}

impl From<Product> for OfferView {
    fn from(product: Product) -> Self {
        let price = product.price.money();
        Self {
            id: product.id.get(),
            perfil_mikrotik_id: product.profile_id,
            perfil_mikrotik_nombre: product.profile_name,
            sale_name: product.sale_name,
            description: product.description,
            image_url: product.image_url,
            price: Amount::of(price),
            currency: price.currency().code(),
            details: details(&product.details_json),
            is_featured: product.is_featured,
            created_at: iso(product.created_at),
        }
    }
}

/// Planes a la venta en el router de esta llave.
#[utoipa::path(
    get, path = "/api/v1/catalogo_perfiles_venta", tag = "Portal", security(("api_key" = [])),
    responses(
        (status = 200, description = "Planes, en el orden del catálogo", body = Vec<OfferView>),
        (status = 304, description = "Los que ya tiene (`If-None-Match`)"),
        (status = 401, description = "API Key no válida", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    let products = list_products(&state.app, &portal.0).await?;
    let offers: Vec<OfferView> = products.into_iter().map(OfferView::from).collect();
    json_or_not_modified(&request, &offers)
}
