//! What a portal shows before anything is bought.

use actix_web::{HttpRequest, HttpResponse, web};
use application::portal::catalogue::{PortalRefusal, find_product, list_products, public_config};
use domain::gateway::GatewayKind;
use domain::ids::ProductId;
use domain::product::Product;
use domain::tenant::GatewaySettings;
use http_kit::etag::json_or_not_modified;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::body::fields::path_id;
use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::extract::AsPortal;
use crate::state::State;
use crate::texts::TENANT_NOT_ACTIVE;
use crate::wire::names::{CurrencyName, GatewayName, ModeName};
use crate::wire::values::{Amount, PLACEHOLDER_PUBLIC_KEY, iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Portal",
        [
            get("/api/v1/config/public", Access::Portal, config)
                .id("configuracionPublica")
                .summary("Configuración pública para la página del portal.")
                .ok::<PublicConfigView>("Configuración"),
            get("/api/v1/catalogo_perfiles_venta", Access::Portal, list)
                .id("listarPlanes")
                .summary("Planes a la venta en el router de esta llave.")
                .ok_list::<OfferView>("Planes, en el orden del catálogo")
                .responds_empty(304, "Los que ya tiene (`If-None-Match`)"),
            get(
                "/api/v1/catalogo_perfiles_venta/{producto_id}",
                Access::Portal,
                find,
            )
            .id("obtenerPlan")
            .summary("Un plan a la venta en el router de esta llave.")
            .path_number("producto_id", "Número del producto")
            .ok::<OfferView>("El plan")
            .responds_empty(304, "El que ya tiene (`If-None-Match`)")
            .refuses(404, "No existe o no se vende aquí"),
        ],
    )
}

/// Lo que la página del portal necesita.
#[derive(Serialize, ToSchema)]
struct PublicConfigView {
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: PublicTenantView,
    /// El router.
    router: PublicRouterView,
}

/// La empresa, sin nada secreto.
#[derive(Serialize, ToSchema)]
struct PublicTenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Llave pública de Conekta.
    #[schema(required = true)]
    conekta_public_key: Option<String>,
    /// Llave pública de Mercado Pago.
    #[serde(rename = "mercadopago_public_key")]
    #[schema(required = true)]
    mercado_pago_public_key: Option<String>,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
    conekta_mode: &'static str,
    /// Con dinero de prueba o real.
    #[schema(value_type = ModeName)]
    mercado_pago_mode: &'static str,
    /// Con qué se puede pagar aquí: solo las pasarelas con llave pública y privada.
    #[serde(rename = "pasarelas")]
    #[schema(value_type = Vec<GatewayName>)]
    gateways: Vec<&'static str>,
    /// Ruta del logotipo.
    #[schema(required = true)]
    logo_url: Option<String>,
}

/// El router de esta llave.
#[derive(Serialize, ToSchema)]
struct PublicRouterView {
    /// Identificador.
    #[schema(example = "RTR_51D0A2BC")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    #[schema(required = true)]
    location: Option<String>,
}

fn can_be_paid_with(settings: &GatewaySettings) -> bool {
    let key = settings.public_key.as_deref().unwrap_or_default();
    settings.secret.is_some() && !key.is_empty() && key != PLACEHOLDER_PUBLIC_KEY
}

async fn config(
    state: web::Data<State>,
    portal: AsPortal,
) -> Result<web::Json<PublicConfigView>, ApiError> {
    let (tenant, router) = public_config(&state.app, &portal.0).await?;
    let gateways = GatewayKind::ALL
        .map(|kind| tenant.gateway(kind))
        .into_iter()
        .filter(|settings| can_be_paid_with(settings))
        .map(|settings| settings.kind.as_str())
        .collect();
    Ok(web::Json(PublicConfigView {
        tenant: PublicTenantView {
            gateways,
            mercado_pago_mode: tenant.gateways.get(GatewayKind::MercadoPago).mode.as_str(),
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            conekta_public_key: tenant.gateways.get(GatewayKind::Conekta).public_key.clone(),
            mercado_pago_public_key: tenant
                .gateways
                .get(GatewayKind::MercadoPago)
                .public_key
                .clone(),
            conekta_mode: tenant.gateways.get(GatewayKind::Conekta).mode.as_str(),
            logo_url: tenant.logo_url,
        },
        router: PublicRouterView {
            id: router.id.as_str().to_owned(),
            name: router.name,
            location: router.location,
        },
    }))
}

/// Un plan a la venta.
#[derive(Serialize, ToSchema)]
struct OfferView {
    /// Número del producto.
    #[schema(example = 71)]
    id: i64,
    /// `.id` del perfil en el router.
    #[serde(rename = "perfil_mikrotik_id")]
    #[schema(example = "*3")]
    profile_id: String,
    /// Nombre del perfil en el router.
    #[serde(rename = "perfil_mikrotik_nombre")]
    #[schema(example = "1hora")]
    profile_name: String,
    /// Nombre para el cliente.
    #[serde(rename = "nombre_venta")]
    #[schema(example = "1 hora")]
    sale_name: String,
    /// Texto más largo.
    #[serde(rename = "descripcion")]
    #[schema(required = true)]
    description: Option<String>,
    /// Imagen.
    #[serde(rename = "imagen_url")]
    #[schema(required = true)]
    image_url: Option<String>,
    /// Precio, con hasta dos decimales.
    #[serde(rename = "precio")]
    price: Amount,
    /// `MXN`, `USD` o `EUR`.
    #[serde(rename = "moneda")]
    #[schema(value_type = CurrencyName)]
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
            profile_id: product.profile_id,
            profile_name: product.profile_name,
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

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    let products = list_products(&state.app, &portal.0).await?;
    let offers: Vec<OfferView> = products.into_iter().map(OfferView::from).collect();
    Ok(json_or_not_modified(&request, &offers)?)
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    // The original's dump of everything; there is no such plan.
    if request.match_info().get("producto_id") == Some("debug") {
        return Err(PortalRefusal::NotFound.into());
    }
    let id = ProductId::new(path_id(&request, "producto_id")?);
    let offer = OfferView::from(find_product(&state.app, &portal.0, id).await?);
    Ok(json_or_not_modified(&request, &offer)?)
}

impl From<PortalRefusal> for ApiError {
    fn from(error: PortalRefusal) -> Self {
        match error {
            PortalRefusal::TenantInactive => Self::unauthorized(TENANT_NOT_ACTIVE),
            PortalRefusal::NotFound => Self::not_found("Producto no encontrado o no disponible"),
            PortalRefusal::Failure(failure) => failure.into(),
        }
    }
}
