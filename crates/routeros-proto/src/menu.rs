//! Rows of menus that we know, as typed views over a [`RowRef`](crate::row::RowRef).
//!
//! A view copies nothing and refuses nothing: a property that is missing, empty or unreadable is
//! told apart by [`Field`], and properties that the view does not know stay at hand in `unknown`.

mod field;
mod hotspot;
mod session;
mod system;
mod typed;

pub use field::{Field, SharedUsers, Size};
pub use hotspot::{HotspotProfileRow, HotspotUserRow, IpBindingRow};
pub use session::{ActiveRow, CookieRow, HostRow};
pub use system::{IdentityRow, ResourceRow};
