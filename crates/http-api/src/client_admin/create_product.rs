//! `POST /api/v1/admin/products`.

use actix_web::{HttpResponse, web};
use application::operator::products::create_product;
use domain::ids::RouterId;
use domain::money::{Currency, Price};
use domain::product::ProductDraft;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::client_admin::product_error::refused;
use crate::client_admin::product_view::{ProductView, read_details, read_order, read_price};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/admin/products",
    Access::TenantAdmin,
    || web::post().to(handle),
);

pub(super) const FOREIGN_ROUTER: &str = "Router no encontrado o no pertenece a esta empresa";
/// Longest description.
pub(super) const MAX_DESCRIPTION: usize = 5000;

/// Un producto nuevo: un perfil del router con precio.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct CreateProductBody {
    /// Router que lo vende.
    #[schema(example = "RTR_3F7A1B2C")]
    router_id: String,
    /// `.id` del perfil en el router.
    #[schema(example = "*3", max_length = 100)]
    perfil_mikrotik_id: String,
    /// Nombre del perfil en el router.
    #[schema(example = "1hora", max_length = 100)]
    perfil_mikrotik_nombre: String,
    /// Nombre para el cliente.
    #[schema(example = "1 Hora de Internet", max_length = 100)]
    nombre_venta: String,
    /// Texto más largo.
    #[schema(max_length = 5000)]
    descripcion: Option<String>,
    /// Imagen.
    #[schema(max_length = 500)]
    imagen_url: Option<String>,
    /// Precio, mayor que cero, con hasta dos decimales.
    #[schema(example = 15.00)]
    precio: f64,
    /// `MXN`, `USD` o `EUR`.
    #[schema(example = "MXN")]
    moneda: Option<String>,
    /// Detalles: objetos `{label, value}` o `{texto}`, o textos.
    #[schema(value_type = Option<Vec<Object>>)]
    detalles: Option<Vec<Value>>,
    /// Si se vende.
    activo: Option<bool>,
    /// Posición en el catálogo.
    orden_visual: Option<i32>,
    /// Si se destaca.
    destacado: Option<bool>,
}

fn read(mut fields: Fields) -> Result<ProductDraft, ApiError> {
    let router = fields.text(&["router_id"], 50);
    let profile_id = fields.text(&["perfil_mikrotik_id"], 100);
    let profile_name = fields.text(&["perfil_mikrotik_nombre"], 100);
    let sale_name = fields.text(&["nombre_venta"], 100);
    let description = fields.optional_multiline("descripcion", MAX_DESCRIPTION);
    let image_url = fields.optional_text(&["imagen_url"], 500, true);
    if fields.json("precio").is_null() {
        fields.problem("precio", "missing", "Este campo es obligatorio");
    }
    let minor = read_price(&mut fields).unwrap_or(1);
    let currency = fields.optional_currency("moneda").unwrap_or(Currency::Mxn);
    let details_json = read_details(&mut fields).unwrap_or_else(|| "[]".to_owned());
    let is_active = fields.optional_bool(&["activo"]).unwrap_or(true);
    let display_order = read_order(&mut fields).unwrap_or(0);
    let is_featured = fields.optional_bool(&["destacado"]).unwrap_or(false);
    let price = Price::new(minor, currency);
    if price.is_err() {
        fields.problem("precio", "out_of_range", "El importe es demasiado grande");
    }
    fields.finish()?;
    let price = price.map_err(|_told| ApiError::bad_request("Precio no válido"))?;
    let router_id =
        RouterId::parse(&router).map_err(|_malformed| ApiError::not_found(FOREIGN_ROUTER))?;
    let draft = ProductDraft {
        router_id,
        profile_id,
        profile_name,
        sale_name,
        description,
        image_url,
        price,
        details_json,
        is_active,
        display_order,
        is_featured,
    };
    Ok(draft)
}

/// Añadir un producto al catálogo de un router.
#[utoipa::path(
    post, path = "/api/v1/admin/products", tag = "Productos", request_body = CreateProductBody,
    security(("sesion" = [])),
    responses(
        (status = 201, description = "Creado", body = ProductView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe el router", body = crate::wire::error::ErrorView),
        (status = 409, description = "El router ya vende este perfil", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let draft = read(body.fields()?)?;
    let product = create_product(&state.app, &admin.0, draft)
        .await
        .map_err(|error| refused(error, FOREIGN_ROUTER))?;
    Ok(HttpResponse::Created().json(ProductView::from(product)))
}
