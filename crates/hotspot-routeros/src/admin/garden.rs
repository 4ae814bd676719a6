//! The walled garden.

use domain::garden::{GardenMenu, GardenRow};
use ports::hotspot::HotspotError;
use ports::router_admin::GardenChange;
use routeros_client::{Command, Row};

use crate::commands;
use crate::rows::{flag, id, text};
use crate::step::Step;

const PROPERTIES: [&str; 6] = [
    ".id",
    "action",
    "dst-host",
    "dst-address",
    "comment",
    "disabled",
];

/// Lists a menu.
pub(super) fn print(menu: GardenMenu) -> Command {
    Command::new(format!("{}/print", menu.path())).proplist(&PROPERTIES)
}

/// Reads a row; `None` for those that the router makes by itself from names, and for one without
/// an id.
pub(super) fn row(menu: GardenMenu, row: &Row) -> Option<GardenRow> {
    if flag(row, "dynamic") {
        return None;
    }
    let filled = |name| text(row, name).filter(|value| !value.is_empty());
    let action = text(row, "action");
    let opens = action.is_none_or(|action| action == menu.action());
    Some(GardenRow {
        id: id(row)?,
        menu,
        host: filled("dst-host")
            .or_else(|| filled("dst-address"))
            .unwrap_or_default(),
        comment: text(row, "comment").unwrap_or_default(),
        is_open: opens && !flag(row, "disabled"),
    })
}

pub(super) async fn rows(step: &mut Step<'_>) -> Result<Vec<GardenRow>, HotspotError> {
    let mut all = Vec::new();
    for menu in GardenMenu::ALL {
        let reply = step.repeatedly(print(menu)).await?;
        all.extend(reply.rows().iter().filter_map(|found| row(menu, found)));
    }
    Ok(all)
}

/// First adds, then removes: nobody who is paying is cut off in between.
pub(super) async fn change(step: &mut Step<'_>, change: &GardenChange) -> Result<(), HotspotError> {
    for entry in &change.add {
        let add = Command::new(format!("{}/add", entry.menu.path()))
            .attribute("action", entry.menu.action())
            .attribute(entry.property(), &entry.host)
            .attribute("comment", &change.comment);
        // A lost reply may leave it there twice; the next comparison takes one away.
        step.once(add).await?;
    }
    if change.remove.is_empty() {
        return Ok(());
    }
    let now = rows(step).await?;
    for menu in GardenMenu::ALL {
        let still_ours = |id: &String| {
            now.iter()
                .any(|row| row.menu == menu && row.id == *id && row.comment == change.comment)
        };
        let ids: Vec<String> = change
            .remove
            .iter()
            .filter(|(of, id)| *of == menu && still_ours(id))
            .map(|(_menu, id)| id.clone())
            .collect();
        if !ids.is_empty() {
            step.repeatedly(commands::remove(menu.path(), &ids)).await?;
        }
    }
    Ok(())
}
