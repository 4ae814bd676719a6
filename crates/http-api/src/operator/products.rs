//! Products.

use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::products::{
    ProductError, UpdateProduct, create_product, deactivate_product, find_product, list_products,
    update_product,
};
use domain::ids::{ProductId, RouterId};
use domain::money::{Currency, Price};
use domain::product::{Product, ProductDraft};
use serde::Serialize;
use serde_json::Value;
use std::ops::RangeInclusive;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::{Fields, path_id};
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, delete, get, post, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::texts::{PRODUCT_NOT_FOUND, ROUTER_NOT_FOUND};
use crate::wire::filters::ListFilter;
use crate::wire::names::CurrencyName;
use crate::wire::values::{Amount, iso};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Productos",
        [
            post("/api/v1/admin/products", Access::TenantAdmin, create)
                .id("crearProducto")
                .summary("Añadir un producto al catálogo de un router.")
                .body(&NEW_PRODUCT)
                .responds::<ProductView>(201, "Creado")
                .refuses(404, "No existe el router")
                .refuses(409, "El router ya vende este perfil"),
            get("/api/v1/admin/products", Access::TenantAdmin, list)
                .id("listarProductos")
                .summary("Los productos, también los desactivados, en el orden del catálogo.")
                .query(read_filter)
                .ok_list::<ProductView>("Productos")
                .with_next_page()
                .refuses(404, "No existe el router"),
            get(
                "/api/v1/admin/products/{producto_id}",
                Access::TenantAdmin,
                find,
            )
            .id("obtenerProducto")
            .summary("Un producto.")
            .path_number("producto_id", "Producto")
            .ok::<ProductView>("El producto")
            .refuses(404, "No existe"),
            put(
                "/api/v1/admin/products/{producto_id}",
                Access::TenantAdmin,
                update,
            )
            .id("cambiarProducto")
            .summary("Cambiar un producto. Lo ya vendido conserva su precio.")
            .path_number("producto_id", "Producto")
            .body(&CHANGE)
            .ok::<ProductView>("Cambiado")
            .refuses(404, "No existe"),
            delete(
                "/api/v1/admin/products/{producto_id}",
                Access::TenantAdmin,
                deactivate,
            )
            .id("retirarProducto")
            .summary("Dejar de vender un producto. Su historia se conserva.")
            .path_number("producto_id", "Producto")
            .ok::<DeactivatedProductView>("Desactivado")
            .refuses(404, "No existe"),
        ],
    )
}

/// Items of `detalles` at most.
const MAX_DETAILS: usize = 50;
/// Bytes of `detalles` at most.
const MAX_DETAILS_BYTES: usize = 16 * 1024;

/// Un producto.
#[derive(Serialize, ToSchema)]
struct ProductView {
    /// Número.
    #[schema(example = 71)]
    id: i64,
    /// Router que lo vende.
    #[schema(example = "RTR_51D0A2BC")]
    router_id: String,
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
    sale_name: String,
    /// Texto más largo.
    #[serde(rename = "descripcion")]
    #[schema(required = true)]
    description: Option<String>,
    /// Imagen.
    #[serde(rename = "imagen_url")]
    #[schema(required = true)]
    image_url: Option<String>,
    /// Precio.
    #[serde(rename = "precio")]
    price: Amount,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(value_type = CurrencyName)]
    currency: &'static str,
    /// Detalles, como textos.
    #[serde(rename = "detalles")]
    #[schema(example = json!(["Velocidad: 10 Mbps"]))]
    details: Vec<String>,
    /// Si se vende.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Posición en el catálogo.
    #[serde(rename = "orden_visual")]
    display_order: i32,
    /// Si se destaca.
    #[serde(rename = "destacado")]
    is_featured: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creado_en")]
    created_at: String,
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// One detail as a text: `texto`, else `label: value`, else the plain text.
fn detail_text(item: &Value) -> String {
    let Some(object) = item.as_object() else {
        return text_of(item);
    };
    if let Some(text) = object.get("texto") {
        return text_of(text);
    }
    match (object.get("label"), object.get("value")) {
        (Some(label), Some(value)) => format!("{}: {}", text_of(label), text_of(value)),
        (Some(one), None) | (None, Some(one)) => text_of(one),
        (None, None) => String::new(),
    }
}

impl From<Product> for ProductView {
    fn from(product: Product) -> Self {
        let price = product.price.money();
        let items: Vec<Value> = serde_json::from_str(&product.details_json).unwrap_or_default();
        Self {
            id: product.id.get(),
            router_id: product.router_id.as_str().to_owned(),
            profile_id: product.profile_id,
            profile_name: product.profile_name,
            sale_name: product.sale_name,
            description: product.description,
            image_url: product.image_url,
            price: Amount::of(price),
            currency: price.currency().code(),
            details: items.iter().map(detail_text).collect(),
            is_active: product.is_active,
            display_order: product.display_order,
            is_featured: product.is_featured,
            created_at: iso(product.created_at),
        }
    }
}

/// `detalles` as a JSON array to be stored as sent; `None` if not sent.
fn read_details(fields: &mut Fields, about: &'static str) -> Option<String> {
    let sent = fields.field("detalles", about).list_or_json();
    let items = match sent {
        Value::Null => return None,
        Value::Array(items) => items,
        _ => {
            fields.problem("detalles", "list_type", "Debe ser una lista");
            return None;
        }
    };
    if !items
        .iter()
        .all(|item| item.is_object() || item.is_string())
    {
        fields.problem(
            "detalles",
            "dict_type",
            "Cada elemento debe ser un objeto o un texto",
        );
        return None;
    }
    let text = Value::Array(items.clone()).to_string();
    // Postgres keeps no NUL in jsonb.
    if items.len() > MAX_DETAILS || text.len() > MAX_DETAILS_BYTES || text.contains("\\u0000") {
        let msg = format!(
            "Debe tener como máximo {MAX_DETAILS} elementos y 16 KiB, sin caracteres nulos"
        );
        fields.problem("detalles", "too_long", msg);
        return None;
    }
    Some(text)
}

const FOREIGN_ROUTER: &str = "Router no encontrado o no pertenece a esta empresa";
/// Longest description.
const MAX_DESCRIPTION: usize = 5000;
/// Positions in the catalogue.
const ORDERS: RangeInclusive<i64> = -0x8000_0000..=0x7fff_ffff;

static NEW_PRODUCT: Body<Result<ProductDraft, ApiError>> = Body::new(
    "CreateProductBody",
    "Un producto nuevo: un perfil del router con precio.",
    |fields| {
        let router = fields
            .field("router_id", "Router que lo vende.")
            .example("RTR_3F7A1B2C")
            .limits_not_described()
            .text(50);
        let profile_id = fields
            .field("perfil_mikrotik_id", "`.id` del perfil en el router.")
            .example("*3")
            .text(100);
        let profile_name = fields
            .field("perfil_mikrotik_nombre", "Nombre del perfil en el router.")
            .example("1hora")
            .text(100);
        let sale_name = fields
            .field("nombre_venta", "Nombre para el cliente.")
            .example("1 Hora de Internet")
            .text(100);
        let description = fields
            .field("descripcion", "Texto más largo.")
            .optional_multiline(MAX_DESCRIPTION);
        let image_url = fields.field("imagen_url", "Imagen.").optional_text(500);
        let minor = fields
            .field("precio", "Precio, mayor que cero, con hasta dos decimales.")
            .example(15.0)
            .positive_amount();
        let currency = fields
            .field("moneda", "Moneda.")
            .one_of(&["MXN", "USD", "EUR"])
            .example("MXN")
            .optional_currency()
            .unwrap_or(Currency::Mxn);
        let details_json = read_details(
            fields,
            "Detalles: objetos `{label, value}` o `{texto}`, o textos.",
        );
        let is_active = fields.field("activo", "Si se vende.").optional_bool();
        let display_order = fields
            .field("orden_visual", "Posición en el catálogo.")
            .limits_not_described()
            .optional_small(ORDERS);
        let is_featured = fields.field("destacado", "Si se destaca.").optional_bool();
        let price = Price::new(minor, currency);
        if price.is_err() {
            fields.problem("precio", "out_of_range", "El importe es demasiado grande");
        }
        let router_id = RouterId::parse(&router).map_err(|_malformed| {
            ApiError::not_found(FOREIGN_ROUTER).code(ErrorCode::RouterNotFound)
        });
        Ok(ProductDraft {
            router_id: router_id?,
            profile_id,
            profile_name,
            sale_name,
            description,
            image_url,
            price: price.map_err(|_reported| ApiError::bad_request("Precio no válido"))?,
            details_json: details_json.unwrap_or_else(|| "[]".to_owned()),
            is_active: is_active.unwrap_or(true),
            display_order: display_order.unwrap_or(0),
            is_featured: is_featured.unwrap_or(false),
        })
    },
);

async fn create(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<HttpResponse, ApiError> {
    let draft = NEW_PRODUCT.read(body)??;
    let product = create_product(&state.app, &admin.0, draft)
        .await
        .map_err(|error| refused(error, FOREIGN_ROUTER))?;
    Ok(HttpResponse::Created().json(ProductView::from(product)))
}

/// Reads `router_id`, and what every list takes.
fn read_filter(query: &mut Fields) -> (Option<String>, ListFilter) {
    let router = query
        .field("router_id", "Solo los de este router")
        .limits_not_described()
        .optional_text(100);
    (router, ListFilter::read(query))
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let (router, filter) = read_filter(&mut query);
    query.finish()?;
    let router = router
        .map(|text| RouterId::parse(&text))
        .transpose()
        .map_err(|_malformed| {
            ApiError::not_found(ROUTER_NOT_FOUND).code(ErrorCode::RouterNotFound)
        })?;
    let mut products = list_products(&state.app, &admin.0, router.as_ref())
        .await
        .map_err(|error| refused(error, ROUTER_NOT_FOUND))?;
    products.retain(|product| {
        let texts = [product.sale_name.as_str(), product.profile_name.as_str()];
        filter.fits(product.is_active, product.created_at, &texts)
    });
    Ok(filter
        .page
        .of(products, |product| product.id.to_string())
        .list(ProductView::from))
}

/// The product in the path.
fn product_id(request: &HttpRequest) -> Result<ProductId, ApiError> {
    Ok(ProductId::new(path_id(request, "producto_id")?))
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<ProductView>, ApiError> {
    let id = product_id(&request)?;
    let product = find_product(&state.app, &admin.0, id)
        .await
        .map_err(|error| refused(error, ""))?;
    Ok(web::Json(product.into()))
}

static CHANGE: Body<UpdateProduct> = Body::new(
    "UpdateProductBody",
    "Lo que cambia. Router y perfil no se pueden cambiar.",
    |fields| UpdateProduct {
        sale_name: fields
            .field("nombre_venta", "Nombre para el cliente.")
            .update_text(100),
        description: fields
            .field("descripcion", "Texto más largo; nulo lo borra.")
            .limits_not_described()
            .edit_multiline(MAX_DESCRIPTION),
        image_url: fields
            .field("imagen_url", "Imagen; nulo la borra.")
            .edit_text(500),
        price_minor: fields
            .field("precio", "Precio, mayor que cero, con hasta dos decimales.")
            .example(15.0)
            .not_null()
            .optional_positive_amount(),
        currency: fields
            .field("moneda", "Moneda.")
            .one_of(&["MXN", "USD", "EUR"])
            .not_null()
            .optional_currency(),
        details_json: {
            fields.refuse_null("detalles");
            read_details(fields, "Detalles.")
        },
        is_active: fields
            .field("activo", "Si se vende.")
            .not_null()
            .optional_bool(),
        display_order: fields
            .field("orden_visual", "Posición en el catálogo.")
            .limits_not_described()
            .not_null()
            .optional_small(ORDERS),
        is_featured: fields
            .field("destacado", "Si se destaca.")
            .not_null()
            .optional_bool(),
    },
);

async fn update(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<ProductView>, ApiError> {
    let id = product_id(&request)?;
    let change = CHANGE.read(body)?;
    let product = update_product(&state.app, &admin.0, id, change)
        .await
        .map_err(|error| refused(error, ""))?;
    Ok(web::Json(product.into()))
}

/// El producto ya no se vende.
#[derive(Serialize, ToSchema)]
struct DeactivatedProductView {
    /// Texto para personas.
    message: &'static str,
    /// El producto.
    #[serde(rename = "producto_id")]
    product_id: i64,
    /// Siempre `false`.
    #[serde(rename = "activo")]
    is_active: bool,
}

async fn deactivate(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<DeactivatedProductView>, ApiError> {
    let id = product_id(&request)?;
    deactivate_product(&state.app, &admin.0, id)
        .await
        .map_err(|error| refused(error, ""))?;
    Ok(web::Json(DeactivatedProductView {
        message: "Producto desactivado",
        product_id: id.get(),
        is_active: false,
    }))
}

pub(super) fn refused(error: ProductError, router_not_found: &str) -> ApiError {
    match error {
        ProductError::NotFound => {
            ApiError::not_found(PRODUCT_NOT_FOUND).code(ErrorCode::ProductNotFound)
        }
        ProductError::RouterNotFound => {
            ApiError::not_found(router_not_found).code(ErrorCode::RouterNotFound)
        }
        ProductError::Duplicate => {
            ApiError::conflict("Ya existe un producto para este perfil en este router")
        }
        ProductError::Failure(failure) => failure.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn details_become_texts_in_every_shape() {
        assert_eq!(
            detail_text(&json!({"label": "Velocidad", "value": "10 Mbps"})),
            "Velocidad: 10 Mbps"
        );
        assert_eq!(
            detail_text(&json!({"texto": "Hasta 10 Mbps"})),
            "Hasta 10 Mbps"
        );
        assert_eq!(detail_text(&json!("simple")), "simple");
        assert_eq!(detail_text(&json!({"value": 5})), "5");
        assert_eq!(detail_text(&json!({"otro": 5})), "");
    }
}
