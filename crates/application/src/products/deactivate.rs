//! A product is taken off the catalogue.

use domain::ids::ProductId;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::company::update_profile::Edit;
use crate::products::error::ProductError;
use crate::products::update::{UpdateProduct, update_product};

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
