//! The rows that a view shows.

use std::borrow::Cow;
use std::cmp::Ordering;

use routeros_proto::query::eval::{QueryItem, matches};
use routeros_proto::reply::ReplyKind;

use crate::command::targets;
use crate::item::Item;
use crate::policy::Policies;
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::router::Router;
use crate::schema::{Column, Menu};
use crate::value::number;
use crate::view::View;

/// Attributes that change how a print looks but not what it says here.
const SWITCHES: [&str; 11] = [
    ".proplist",
    "detail",
    "terse",
    "brief",
    "stats",
    "without-paging",
    "count-only",
    "follow",
    "follow-only",
    "interval",
    "once",
];

/// Reads what a command wants to see.
pub(super) fn view(
    router: &Router,
    policies: Policies,
    menu: &'static Menu,
    request: &Request,
) -> Result<View, Refusal> {
    for (name, _) in &request.attributes {
        let known = SWITCHES.iter().chain(&targets::NAMES);
        if !known.into_iter().any(|switch| switch.as_bytes() == name) {
            return Err(Refusal::unknown_parameter(router.version, name));
        }
    }
    let proplist = request.get(".proplist").map(|list| {
        list.split(|byte| *byte == b',')
            .filter(|name| !name.is_empty())
            .map(<[u8]>::to_vec)
            .collect()
    });
    Ok(View {
        menu,
        tag: request.tag.clone(),
        proplist,
        queries: request.queries.clone(),
        ids: targets::named(router, menu, request)?,
        sensitive: policies.sensitive,
    })
}

/// Ids of the items that a view shows, in order.
pub(super) fn select(router: &Router, view: &View) -> Result<Vec<u64>, Refusal> {
    let Some(table) = router.table(view.menu.path) else {
        return Ok(Vec::new());
    };
    let mut selected = Vec::new();
    for id in candidates(router, view) {
        if let Some(item) = table.get(id)
            && passes(router, view, item)?
        {
            selected.push(id);
        }
    }
    Ok(selected)
}

/// Whether the queries of a view let an item through.
pub(super) fn passes(router: &Router, view: &View, item: &Item) -> Result<bool, Refusal> {
    let words = view.queries.iter().map(Vec::as_slice);
    matches(words, &Queried::new(router, view, item))
        .map_err(|_unknown_operator| Refusal::new(1, "invalid query operator"))
}

/// Appends the row of an item. `section` numbers the round of a repeated print.
pub(super) fn push(
    router: &Router,
    view: &View,
    item: &Item,
    section: Option<u64>,
    replies: &mut Replies,
) {
    let wanted = |name: &str| match &view.proplist {
        Some(list) => list.iter().any(|known| known == name.as_bytes()),
        None => true,
    };
    let id = (!view.menu.single && wanted(".id"))
        .then(|| (".id", Cow::Owned(number::id_text(item.id).into_bytes())));
    let columns = view
        .menu
        .columns
        .iter()
        .filter(|column| wanted(column.name) && visible(router, view, column))
        .filter_map(|column| {
            let value = router.property(view.menu, item, column)?;
            Some((column.name, value))
        });
    let section = section.map(|number| (".section", Cow::Owned(number.to_string().into_bytes())));
    let attributes = id.into_iter().chain(columns).chain(section);
    replies.push(ReplyKind::Re, &view.tag, attributes);
}

/// Items worth testing: all, the ones asked for by id, or the ones of a name.
fn candidates(router: &Router, view: &View) -> Vec<u64> {
    if let Some(ids) = &view.ids {
        return ids.clone();
    }
    let Some(table) = router.table(view.menu.path) else {
        return Vec::new();
    };
    match wanted_name(view) {
        Some(name) => table.named(name).to_vec(),
        None => table.ids(),
    }
}

/// The name that every row must have, when the queries are plain equalities joined by AND.
fn wanted_name(view: &View) -> Option<&[u8]> {
    let key = view.menu.key?;
    if view.queries.iter().any(|word| word.starts_with(b"#")) {
        return None;
    }
    view.queries.iter().find_map(|word| {
        let word = word.strip_prefix(b"=").unwrap_or(word);
        word.strip_prefix(key.as_bytes())?.strip_prefix(b"=")
    })
}

/// Whether a session may see a property of this version.
fn visible(router: &Router, view: &View, column: &Column) -> bool {
    column.since <= router.version && (view.sensitive || !column.secret)
}

/// An item with the properties that the queries speak of.
struct Queried<'a> {
    router: &'a Router,
    menu: &'static Menu,
    properties: Vec<(&'a [u8], Cow<'a, [u8]>)>,
}

impl<'a> Queried<'a> {
    fn new(router: &'a Router, view: &'a View, item: &'a Item) -> Self {
        let properties = view
            .queries
            .iter()
            .filter_map(|word| {
                let name = queried_name(word)?;
                if name == b".id" {
                    let id = number::id_text(item.id).into_bytes();
                    return (!view.menu.single).then_some((name, Cow::Owned(id)));
                }
                let column = view.menu.column(router.version, name)?;
                let value = router.property(view.menu, item, column)?;
                visible(router, view, column).then_some((name, value))
            })
            .collect();
        Self {
            router,
            menu: view.menu,
            properties,
        }
    }
}

/// The property that a query word tests; `None` for operators.
fn queried_name(word: &[u8]) -> Option<&[u8]> {
    let word = match word {
        [b'#', ..] => return None,
        [b'-' | b'<' | b'>' | b'=', rest @ ..] => rest,
        _ => word,
    };
    word.split(|byte| *byte == b'=').next()
}

impl QueryItem for Queried<'_> {
    fn property(&self, name: &[u8]) -> Option<&[u8]> {
        self.properties
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_ref())
    }

    fn order(&self, name: &[u8], stored: &[u8], wanted: &[u8]) -> Ordering {
        if let (Some(stored), Some(wanted)) = (number::id(stored), number::id(wanted)) {
            return stored.cmp(&wanted);
        }
        match self.menu.column(self.router.version, name) {
            Some(column) => column.kind.order(stored, wanted),
            None => stored.cmp(wanted),
        }
    }

    fn equals(&self, name: &[u8], stored: &[u8], wanted: &[u8]) -> bool {
        if name == b".id" {
            return number::id(stored) == number::id(wanted);
        }
        let lenient = self.router.settings.lenient_booleans;
        match self.menu.column(self.router.version, name) {
            Some(column) => column.kind.equals(stored, wanted, lenient),
            None => stored == wanted,
        }
    }
}
