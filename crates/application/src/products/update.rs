//! A product changes.

use domain::ids::ProductId;
use domain::money::{Currency, Price};
use domain::product::Product;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::company::update_profile::Edit;
use crate::error::Failure;
use crate::products::error::ProductError;

/// What changes. Router and profile never do.
#[derive(Debug, Clone)]
pub struct UpdateProduct {
    /// What the customer reads.
    pub sale_name: Option<String>,
    /// Longer text.
    pub description: Edit<String>,
    /// Picture.
    pub image_url: Edit<String>,
    /// Price in minor units; positive.
    pub price_minor: Option<i64>,
    /// Currency.
    pub currency: Option<Currency>,
    /// Details as a JSON array.
    pub details_json: Option<String>,
    /// Whether it is sold.
    pub is_active: Option<bool>,
    /// Position in the catalogue.
    pub display_order: Option<i32>,
    /// Shown first among equals.
    pub is_featured: Option<bool>,
}

/// Writes the fields that were sent; sales made before keep what they were sold as.
///
/// # Errors
/// [`ProductError::NotFound`].
pub async fn update_product(
    app: &App,
    admin: &TenantAdmin,
    id: ProductId,
    change: UpdateProduct,
) -> Result<Product, ProductError> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let Some(mut product) = work.products().find_for_update(tenant, id).await? else {
        work.rollback().await?;
        return Err(ProductError::NotFound);
    };
    apply(&mut product, change)?;
    work.products().update(&product).await?;
    let subject = ("product", id.to_string());
    let entry = admin.session().audit(
        app.now(),
        "product.update",
        Some(tenant),
        (subject.0, &subject.1),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(product)
}

fn apply(product: &mut Product, change: UpdateProduct) -> Result<(), Failure> {
    let price = product.price.money();
    let minor = change.price_minor.unwrap_or(price.minor());
    let currency = change.currency.unwrap_or(price.currency());
    product.price = Price::new(minor, currency)
        .map_err(|_checked| Failure::Inconsistent("a price that was checked before"))?;
    if let Some(name) = change.sale_name {
        product.sale_name = name;
    }
    product.description = change.description.apply(product.description.take());
    product.image_url = change.image_url.apply(product.image_url.take());
    if let Some(details) = change.details_json {
        product.details_json = details;
    }
    product.is_active = change.is_active.unwrap_or(product.is_active);
    product.display_order = change.display_order.unwrap_or(product.display_order);
    product.is_featured = change.is_featured.unwrap_or(product.is_featured);
    Ok(())
}
