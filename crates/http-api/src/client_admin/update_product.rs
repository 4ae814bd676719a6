//! `PUT /api/v1/admin/products/{producto_id}`.

use actix_web::{HttpRequest, web};
use application::edit::Edit;
use application::operator::products::{UpdateProduct, update_product};
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::fields::{Change, Fields};
use crate::body::raw::RawBody;
use crate::client_admin::create_product::MAX_DESCRIPTION;
use crate::client_admin::find_product::product_id;
use crate::client_admin::product_error::refused;
use crate::client_admin::product_view::{ProductView, read_details, read_order, read_price};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/api/v1/admin/products/{producto_id}",
    Access::TenantAdmin,
    || web::put().to(handle),
);

/// Lo que cambia. Router y perfil no se pueden cambiar.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct UpdateProductBody {
    /// Nombre para el cliente.
    #[schema(max_length = 100)]
    nombre_venta: Option<String>,
    /// Texto más largo; nulo lo borra.
    descripcion: Option<String>,
    /// Imagen; nulo la borra.
    #[schema(max_length = 500)]
    imagen_url: Option<String>,
    /// Precio, mayor que cero, con hasta dos decimales.
    #[schema(example = 15.00)]
    precio: Option<f64>,
    /// `MXN`, `USD` o `EUR`.
    moneda: Option<String>,
    /// Detalles.
    #[schema(value_type = Option<Vec<Object>>)]
    detalles: Option<Vec<Value>>,
    /// Si se vende.
    activo: Option<bool>,
    /// Posición en el catálogo.
    orden_visual: Option<i32>,
    /// Si se destaca.
    destacado: Option<bool>,
}

/// Null is no value for what a product must have.
fn refuse_nulls(fields: &mut Fields) {
    for name in [
        "precio",
        "moneda",
        "detalles",
        "activo",
        "orden_visual",
        "destacado",
    ] {
        if fields.has(name) && fields.json(name).is_null() {
            fields.problem(name, "null_value", "No puede ser nulo");
        }
    }
}

fn read(mut fields: Fields) -> Result<UpdateProduct, ApiError> {
    refuse_nulls(&mut fields);
    let description = match fields.json("descripcion") {
        Value::Null if fields.has("descripcion") => Edit::Clear,
        _ => fields
            .optional_multiline("descripcion", MAX_DESCRIPTION)
            .map_or(Edit::Keep, Edit::Set),
    };
    let image_url = match fields.change_text("imagen_url", 500) {
        Change::Keep => Edit::Keep,
        Change::Clear => Edit::Clear,
        Change::Set(url) => Edit::Set(url),
    };
    let change = UpdateProduct {
        sale_name: fields.update_text("nombre_venta", 100),
        description,
        image_url,
        price_minor: read_price(&mut fields),
        currency: fields.optional_currency("moneda"),
        details_json: read_details(&mut fields),
        is_active: fields.optional_bool(&["activo"]),
        display_order: read_order(&mut fields),
        is_featured: fields.optional_bool(&["destacado"]),
    };
    fields.finish()?;
    Ok(change)
}

/// Cambiar un producto. Lo ya vendido conserva su precio.
#[utoipa::path(
    put, path = "/api/v1/admin/products/{producto_id}", tag = "Productos",
    params(("producto_id" = i64, Path, description = "Producto")),
    request_body = UpdateProductBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Cambiado", body = ProductView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<ProductView>, ApiError> {
    let id = product_id(&request)?;
    let change = read(body.fields()?)?;
    let product = update_product(&state.app, &admin.0, id, change)
        .await
        .map_err(|error| refused(error, ""))?;
    Ok(web::Json(product.into()))
}
