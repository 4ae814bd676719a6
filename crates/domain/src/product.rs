//! What a router sells.

use crate::ids::{ProductId, RouterId, TenantId};
use crate::money::Price;
use crate::time::Timestamp;

/// A plan of a router's catalogue: a hotspot profile with a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Row number.
    pub id: ProductId,
    /// Owner.
    pub tenant_id: TenantId,
    /// The one router that sells it.
    pub router_id: RouterId,
    /// RouterOS `.id` of the profile as the operator gave it; unique per router.
    pub profile_id: String,
    /// The profile's name: what the router is told.
    pub profile_name: String,
    /// What the customer reads.
    pub sale_name: String,
    /// Longer text.
    pub description: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Price.
    pub price: Price,
    /// Details as a JSON array, stored as sent and opaque here.
    pub details_json: String,
    /// Switched-off products are not sold.
    pub is_active: bool,
    /// Position in the catalogue, ascending.
    pub display_order: i32,
    /// Shown first among equals.
    pub is_featured: bool,
    /// When it was created.
    pub created_at: Timestamp,
}

/// The fields of a product that its owner may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductDraft {
    /// The router.
    pub router_id: RouterId,
    /// RouterOS `.id` of the profile.
    pub profile_id: String,
    /// The profile's name.
    pub profile_name: String,
    /// What the customer reads.
    pub sale_name: String,
    /// Longer text.
    pub description: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Price.
    pub price: Price,
    /// Details as a JSON array.
    pub details_json: String,
    /// Whether it is sold.
    pub is_active: bool,
    /// Position in the catalogue.
    pub display_order: i32,
    /// Shown first among equals.
    pub is_featured: bool,
}
