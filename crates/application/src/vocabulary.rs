//! Words of the ports that appear in answers of use cases, so that callers need not know the
//! ports.

pub use ports::hotspot::{
    DeviceConnection, HotspotError, NotConnected, ProfileInfoOutcome, ProfileRow, ReconnectOutcome,
    RouterProbe, SessionInfo, TlsTrouble, UserProfileInfo,
};
pub use ports::payments::{RawEvent, ReadError};
pub use ports::router_admin::{CustomerFacts, CustomerSession, UserFacts};
pub use ports::store::purchases::{Income, PurchaseFilter, PurchasePage, SalesTotals};
pub use ports::store::router_care::{CheckOutcome, RouterCheck};
pub use ports::store::routers::RouterUse;
pub use ports::store::tenants::{Logo, PlatformCounts, TenantCounts};
pub use ports::store::users::UserFilter;
