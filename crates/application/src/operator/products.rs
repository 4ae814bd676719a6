//! The operator's catalogue: list, find, create, change, deactivate.

use domain::ids::{ProductId, RouterId};
use domain::money::{Currency, Price};
use domain::product::{Product, ProductDraft};
use ports::store::Scope;
use ports::store::error::{StoreError, constraints};

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::edit::Edit;
use crate::error::{Failure, failures_into};

/// Why nothing was done to a product.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// No such product, or another tenant's.
    #[error("no such product")]
    NotFound,
    /// No such router, or another tenant's.
    #[error("no such router")]
    RouterNotFound,
    /// The router sells this profile already.
    #[error("the router sells this profile already")]
    Duplicate,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ProductError);

/// All products, or one router's; inactive ones included.
///
/// # Errors
/// [`ProductError::RouterNotFound`].
pub async fn list_products(
    app: &App,
    admin: &TenantAdmin,
    router: Option<&RouterId>,
) -> Result<Vec<Product>, ProductError> {
    let tenant = admin.tenant_id();
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        if let Some(id) = router
            && uow.routers().find(tenant, id).await?.is_none()
        {
            return Err(ProductError::RouterNotFound);
        }
        let products = uow.products().list(tenant, router).await?;
        Ok(products)
    })
    .await
}

/// One of the operator's products.
///
/// # Errors
/// [`ProductError::NotFound`].
pub async fn find_product(
    app: &App,
    admin: &TenantAdmin,
    id: ProductId,
) -> Result<Product, ProductError> {
    let tenant = admin.tenant_id();
    let product = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.products().find(tenant, id).await
        })
        .await?;
    product.ok_or(ProductError::NotFound)
}

/// Adds a product to a router's catalogue. The router is not contacted.
///
/// # Errors
/// [`ProductError::RouterNotFound`] and [`ProductError::Duplicate`].
pub async fn create_product(
    app: &App,
    admin: &TenantAdmin,
    draft: ProductDraft,
) -> Result<Product, ProductError> {
    let tenant = admin.tenant_id();
    let now = app.now();
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        if uow
            .routers()
            .find(tenant, &draft.router_id)
            .await?
            .is_none()
        {
            return Err(ProductError::RouterNotFound);
        }
        let product = match uow.products().insert(tenant, &draft, now).await {
            Ok(product) => product,
            Err(error) if error.is_conflict_on(constraints::PRODUCT_PROFILE) => {
                return Err(ProductError::Duplicate);
            }
            Err(StoreError::Reference { .. }) => return Err(ProductError::RouterNotFound),
            Err(error) => return Err(error.into()),
        };
        let subject = ("product", product.id.to_string());
        let entry =
            admin
                .session()
                .audit(now, "product.create", Some(tenant), (subject.0, &subject.1));
        uow.audit().append(&entry).await?;
        Ok(product)
    })
    .await
}

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
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        let Some(mut product) = uow.products().find_for_update(tenant, id).await? else {
            return Err(ProductError::NotFound);
        };
        apply(&mut product, change)?;
        uow.products().update(&product).await?;
        let subject = ("product", id.to_string());
        let entry = admin.session().audit(
            app.now(),
            "product.update",
            Some(tenant),
            (subject.0, &subject.1),
        );
        uow.audit().append(&entry).await?;
        Ok(product)
    })
    .await
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

/// Stops selling a product; its history stays. Repeating changes nothing.
///
/// # Errors
/// [`ProductError::NotFound`].
pub async fn deactivate_product(
    app: &App,
    admin: &TenantAdmin,
    id: ProductId,
) -> Result<(), ProductError> {
    let change = UpdateProduct {
        sale_name: None,
        description: Edit::Keep,
        image_url: Edit::Keep,
        price_minor: None,
        currency: None,
        details_json: None,
        is_active: Some(false),
        display_order: None,
        is_featured: None,
    };
    update_product(app, admin, id, change)
        .await
        .map(|_product| ())
}
