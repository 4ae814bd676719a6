//! Products.

use bigdecimal::BigDecimal;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{ProductId, RouterId, TenantId};
use domain::money::{Currency, Price};
use domain::product::{Product, ProductDraft};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use serde_json::Value;

use crate::rows::convert::{RowName, from_sql_time, to_minor, to_numeric, to_sql_time};
use crate::schema::productos;

/// A product as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = productos, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ProductRow {
    id: i64,
    empresa_id: String,
    router_id: String,
    perfil_mikrotik_id: String,
    perfil_mikrotik_nombre: String,
    nombre_venta: String,
    descripcion: Option<String>,
    imagen_url: Option<String>,
    precio: BigDecimal,
    moneda: String,
    detalles: Value,
    activo: bool,
    orden_visual: i32,
    destacado: bool,
    creado_en: NaiveDateTime,
}

impl ProductRow {
    /// The product.
    pub(crate) fn into_domain(self) -> Result<Product, StoreError> {
        let name = RowName::new("productos", &self.id);
        let currency = name.need(Currency::from_code(&self.moneda))?;
        let minor = name.need(to_minor(&self.precio))?;
        Ok(Product {
            id: ProductId::new(self.id),
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            router_id: name.id(RouterId::parse(&self.router_id))?,
            profile_id: self.perfil_mikrotik_id,
            profile_name: self.perfil_mikrotik_nombre,
            sale_name: self.nombre_venta,
            description: self.descripcion,
            image_url: self.imagen_url,
            price: name.need(Price::new(minor, currency).ok())?,
            details_json: self.detalles.to_string(),
            is_active: self.activo,
            display_order: self.orden_visual,
            is_featured: self.destacado,
            created_at: from_sql_time(self.creado_en),
        })
    }
}

/// Details that are not a JSON text.
#[derive(Debug, thiserror::Error)]
#[error("the product's details are not JSON")]
pub(crate) struct InvalidDetails(#[source] serde_json::Error);

fn details(text: &str) -> Result<Value, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Internal(Box::new(InvalidDetails(error))))
}

/// A product to be stored.
#[derive(Insertable)]
#[diesel(table_name = productos)]
pub(crate) struct NewProductRow<'a> {
    empresa_id: &'a str,
    router_id: &'a str,
    perfil_mikrotik_id: &'a str,
    perfil_mikrotik_nombre: &'a str,
    nombre_venta: &'a str,
    descripcion: Option<&'a str>,
    imagen_url: Option<&'a str>,
    precio: BigDecimal,
    moneda: &'static str,
    detalles: Value,
    activo: bool,
    orden_visual: i32,
    destacado: bool,
    creado_en: NaiveDateTime,
}

impl<'a> NewProductRow<'a> {
    /// A draft of this tenant's.
    pub(crate) fn new(
        tenant: &'a TenantId,
        draft: &'a ProductDraft,
        at: Timestamp,
    ) -> Result<Self, StoreError> {
        let price = draft.price.money();
        Ok(Self {
            empresa_id: tenant.as_str(),
            router_id: draft.router_id.as_str(),
            perfil_mikrotik_id: &draft.profile_id,
            perfil_mikrotik_nombre: &draft.profile_name,
            nombre_venta: &draft.sale_name,
            descripcion: draft.description.as_deref(),
            imagen_url: draft.image_url.as_deref(),
            precio: to_numeric(price.minor()),
            moneda: price.currency().code(),
            detalles: details(&draft.details_json)?,
            activo: draft.is_active,
            orden_visual: draft.display_order,
            destacado: draft.is_featured,
            creado_en: to_sql_time(at),
        })
    }
}

/// The fields of a product that may change; absent ones are emptied.
#[derive(AsChangeset)]
#[diesel(table_name = productos, treat_none_as_null = true)]
pub(crate) struct ProductChanges<'a> {
    nombre_venta: &'a str,
    descripcion: Option<&'a str>,
    imagen_url: Option<&'a str>,
    precio: BigDecimal,
    moneda: &'static str,
    detalles: Value,
    activo: bool,
    orden_visual: i32,
    destacado: bool,
}

impl<'a> TryFrom<&'a Product> for ProductChanges<'a> {
    type Error = StoreError;

    fn try_from(product: &'a Product) -> Result<Self, StoreError> {
        let price = product.price.money();
        Ok(Self {
            nombre_venta: &product.sale_name,
            descripcion: product.description.as_deref(),
            imagen_url: product.image_url.as_deref(),
            precio: to_numeric(price.minor()),
            moneda: price.currency().code(),
            detalles: details(&product.details_json)?,
            activo: product.is_active,
            orden_visual: product.display_order,
            destacado: product.is_featured,
        })
    }
}
