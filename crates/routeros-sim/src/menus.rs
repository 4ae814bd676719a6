//! All menus. Adding one is adding data here and in the list below.

mod hotspot_server;
mod hotspot_session;
mod hotspot_user;
mod network;
pub(crate) mod path;
mod services;
mod system;
mod walled_garden;

use crate::schema::Menu;
use crate::version::Version;

/// The menus of a version and board.
pub(crate) fn of(version: Version, routerboard: bool) -> impl Iterator<Item = &'static Menu> {
    const ALL: [&[Menu]; 7] = [
        hotspot_user::MENUS,
        hotspot_session::MENUS,
        hotspot_server::MENUS,
        walled_garden::MENUS,
        system::MENUS,
        network::MENUS,
        services::MENUS,
    ];
    ALL.into_iter()
        .flatten()
        .filter(move |menu| menu.since <= version)
        .filter(move |menu| routerboard || menu.path != path::ROUTERBOARD)
}
