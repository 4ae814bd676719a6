//! Commands that change items that are there.

use crate::command::targets;
use crate::hotspot::session;
use crate::item::{Facts, Item, Usage};
use crate::menus::path;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::router::Router;
use crate::rules;
use crate::schema::Menu;

/// Sets properties; `=!name=` makes one as if never set.
pub(super) fn set(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<(), Refusal> {
    let ids = targets::required(router, menu, request)?;
    let mut unset = Vec::new();
    let mut rest = Vec::new();
    for (name, value) in &request.attributes {
        if targets::NAMES
            .iter()
            .any(|target| target.as_bytes() == name)
        {
            continue;
        }
        match name.strip_prefix(b"!") {
            Some(name) => unset.push(settable(router, menu, name)?),
            None => rest.push((name.clone(), value.clone())),
        }
    }
    let values = rules::settable_values(router, menu, &rest)?;
    for (taken, id) in ids.iter().enumerate() {
        if let Some(table) = router.table(menu.path) {
            table.refuse_duplicate(Some(*id), &values)?;
        }
        let renames = menu
            .key
            .is_some_and(|key| values.iter().any(|(name, _)| *name == key));
        if taken > 0 && renames {
            // One name for two items.
            return Err(Refusal::plain(
                "failure: item with such name already exists",
            ));
        }
    }
    change(router, menu, &ids, |item| {
        for (name, value) in &values {
            item.set(name, value.clone());
        }
        for name in &unset {
            item.unset(name);
        }
    });
    Ok(())
}

/// Makes one property as if never set.
pub(super) fn unset(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<(), Refusal> {
    let ids = targets::required(router, menu, request)?;
    let name = request
        .get("value-name")
        .ok_or_else(|| Refusal::missing(&["value-name"]))?;
    let name = settable(router, menu, name)?;
    change(router, menu, &ids, |item| item.unset(name));
    Ok(())
}

/// Sets `disabled`.
pub(super) fn switch(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
    disabled: &[u8],
) -> Result<(), Refusal> {
    let ids = targets::required(router, menu, request)?;
    change(router, menu, &ids, |item| {
        item.set("disabled", disabled.to_vec());
    });
    Ok(())
}

/// Removes items. What a session leaves behind goes to its user.
pub(super) fn remove(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<(), Refusal> {
    let ids = targets::required(router, menu, request)?;
    let built_in = |id: &u64| router.text(menu.path, *id, "default").as_deref() == Some("true");
    if ids.iter().any(built_in) {
        return Err(Refusal::plain("failure: default item can not be removed"));
    }
    for id in ids {
        match menu.path {
            path::ACTIVE => session::end(router, id),
            path::HOST => session::forget_host(router, id),
            _ => {
                router.take(menu.path, id);
            }
        }
    }
    Ok(())
}

/// Moves items in front of another one, or to the end.
pub(super) fn reorder(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<(), Refusal> {
    let ids = targets::required(router, menu, request)?;
    let before = match request.get("destination") {
        Some(text) => {
            let id = targets::one(router, menu, text).ok_or_else(Refusal::no_such_item)?;
            Some(id)
        }
        None => None,
    };
    if let Some(table) = router.table_mut(menu.path) {
        for id in ids {
            table.reorder(id, before);
        }
    }
    Ok(())
}

/// Forgets what users used up; of all of them when none is named.
pub(super) fn reset_counters(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<(), Refusal> {
    let ids = match targets::named(router, menu, request)? {
        Some(ids) => ids,
        None => router.items(menu.path).map(|item| item.id).collect(),
    };
    change(router, menu, &ids, |item| {
        item.facts = Facts::Used(Usage::default());
    });
    Ok(())
}

fn settable(router: &Router, menu: &Menu, name: &[u8]) -> Result<&'static str, Refusal> {
    menu.column(router.version, name)
        .filter(|column| column.settable())
        .map(|column| column.name)
        .ok_or_else(|| Refusal::unknown_parameter(router.version, name))
}

/// Changes items that are known to be there.
fn change(router: &mut Router, menu: &'static Menu, ids: &[u64], edit: impl Fn(&mut Item)) {
    for id in ids {
        if let Some(mut item) = router.item(menu.path, *id).cloned() {
            edit(&mut item);
            router.put(menu.path, item);
        }
    }
}
