//! Which items a command is about.

use crate::refusal::Refusal;
use crate::request::Request;
use crate::router::Router;
use crate::schema::Menu;
use crate::value::number;

/// Attributes that name the target.
pub(super) const NAMES: [&str; 2] = [".id", "numbers"];

/// The items named by `.id` or `numbers`; `None` when neither is given.
///
/// Several are separated by commas. Each is an id or, where the menu has names, a name.
pub(super) fn named(
    router: &Router,
    menu: &Menu,
    request: &Request,
) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(list) = NAMES.iter().find_map(|name| request.get(name)) else {
        return Ok(None);
    };
    let mut ids = Vec::new();
    for part in list
        .split(|byte| *byte == b',')
        .filter(|part| !part.is_empty())
    {
        ids.push(one(router, menu, part).ok_or_else(Refusal::no_such_item)?);
    }
    if ids.is_empty() {
        return Err(Refusal::no_such_item());
    }
    Ok(Some(ids))
}

/// As [`named`], for commands that need a target.
pub(super) fn required(
    router: &Router,
    menu: &Menu,
    request: &Request,
) -> Result<Vec<u64>, Refusal> {
    if menu.single {
        return Ok(vec![0]);
    }
    named(router, menu, request)?.ok_or_else(|| Refusal::missing(&["numbers"]))
}

/// The id that a text names.
pub(super) fn one(router: &Router, menu: &Menu, text: &[u8]) -> Option<u64> {
    let table = router.table(menu.path)?;
    match number::id(text) {
        Some(id) => table.get(id).map(|item| item.id),
        None => table.named(text).first().copied(),
    }
}
