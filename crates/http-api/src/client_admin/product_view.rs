//! A product as its operator sees it.

use domain::product::Product;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::wire::json::Amount;
use crate::wire::time::iso;

/// Items of `detalles` at most.
const MAX_DETAILS: usize = 50;
/// Bytes of `detalles` at most.
const MAX_DETAILS_BYTES: usize = 16 * 1024;

/// Un producto.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProductView {
    /// Número.
    #[schema(example = 71)]
    id: i64,
    /// Router que lo vende.
    #[schema(example = "RTR_51D0A2BC")]
    router_id: String,
    /// `.id` del perfil en el router.
    #[schema(example = "*3")]
    perfil_mikrotik_id: String,
    /// Nombre del perfil en el router.
    #[schema(example = "1hora")]
    perfil_mikrotik_nombre: String,
    /// Nombre para el cliente.
    #[serde(rename = "nombre_venta")]
    sale_name: String,
    /// Texto más largo.
    #[serde(rename = "descripcion")]
    description: Option<String>,
    /// Imagen.
    #[serde(rename = "imagen_url")]
    image_url: Option<String>,
    /// Precio.
    #[serde(rename = "precio")]
    price: Amount,
    /// Moneda.
    #[serde(rename = "moneda")]
    #[schema(example = "MXN")]
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
            perfil_mikrotik_id: product.profile_id,
            perfil_mikrotik_nombre: product.profile_name,
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
pub(super) fn read_details(fields: &mut Fields) -> Option<String> {
    let sent = fields.json("detalles");
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

/// A price in minor units, if sent: more than zero.
pub(super) fn read_price(fields: &mut Fields) -> Option<i64> {
    let minor = fields.optional_amount(&["precio"])?;
    if minor < 1 {
        fields.problem("precio", "greater_than", "Debe ser mayor que cero");
        return None;
    }
    Some(minor)
}

/// `orden_visual`, if sent.
pub(super) fn read_order(fields: &mut Fields) -> Option<i32> {
    let range = i64::from(i32::MIN)..=i64::from(i32::MAX);
    fields
        .optional_integer(&["orden_visual"], range)
        .and_then(|order| i32::try_from(order).ok())
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
