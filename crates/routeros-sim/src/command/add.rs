//! `add` and `make-binding`.

use crate::command::targets;
use crate::item::Facts;
use crate::menus::path;
use crate::refusal::Refusal;
use crate::request::Request;
use crate::router::Router;
use crate::rules;
use crate::schema::{Access, Menu};
use crate::value::number;

/// Adds an item and returns its id as text.
pub(super) fn add(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<String, Refusal> {
    let values = rules::settable_values(router, menu, &request.attributes)?;
    let given = |name: &str| values.iter().any(|(known, _)| *known == name);
    let missing: Vec<_> = menu
        .columns
        .iter()
        .filter(|column| column.access == Access::Required && !given(column.name))
        .map(|column| column.name)
        .collect();
    if !missing.is_empty() {
        return Err(Refusal::missing(&missing));
    }
    if let Some(table) = router.table(menu.path) {
        table.refuse_duplicate(None, &values)?;
    }
    let mut item = router
        .blank(menu.path)
        .ok_or_else(Refusal::no_such_prefix)?;
    for (name, value) in values {
        item.set(name, value);
    }
    if menu.path == path::COOKIE {
        let user = item.get("user").unwrap_or_default();
        let lifetime = rules::cookie_lifetime(router, user);
        item.facts = Facts::Expires(router.clock.now().saturating_add(lifetime));
    }
    Ok(number::id_text(router.put(menu.path, item)))
}

/// Turns a host into a binding.
pub(super) fn make_binding(
    router: &mut Router,
    menu: &'static Menu,
    request: &Request,
) -> Result<(), Refusal> {
    for id in targets::required(router, menu, request)? {
        let property = |name| router.text(menu.path, id, name);
        let pairs: Vec<_> = ["mac-address", "address", "to-address", "server"]
            .into_iter()
            .filter_map(|name| Some((name, property(name)?)))
            .collect();
        let mut pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        if let Some(kind) = request.get("type") {
            pairs.push(("type", kind));
        }
        router.insert(path::BINDING, &pairs)?;
    }
    Ok(())
}
