//! Pages of lists that were always sent whole: who asks for no page gets all of it, as ever.

use actix_web::HttpResponse;
use actix_web::http::header::HeaderName;
use serde::Serialize;

use crate::body::fields::Fields;

/// Where the next page begins; absent on the last one.
const NEXT: HeaderName = HeaderName::from_static("x-next-cursor");
/// Between the position and the id in a cursor.
const SEPARATOR: char = '.';

/// Which part of a list was asked for.
pub(crate) struct Page {
    limit: Option<usize>,
    cursor: Option<String>,
}

/// A part of a list.
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    next: Option<String>,
}

impl Page {
    /// Reads `limit` and `cursor`.
    pub(crate) fn read(query: &mut Fields) -> Self {
        let limit = query
            .field("limit", "Cuántos como máximo, de 1 a 500; si falta, todos.")
            .optional_integer(1..=500);
        let cursor = query
            .field(
                "cursor",
                "El `X-Next-Cursor` de la página anterior; sin él, desde el principio.",
            )
            .optional_text(100);
        Self {
            limit: limit.and_then(|limit| usize::try_from(limit).ok()),
            cursor,
        }
    }

    /// The part of these items that was asked for. A cursor names the last item of the page
    /// before and where it was: so a page follows although that item has gone.
    pub(crate) fn of<T>(&self, items: Vec<T>, id: impl Fn(&T) -> String) -> Part<T> {
        let start = self.cursor.as_deref().map_or(0, |cursor| {
            let (position, last) = cursor.split_once(SEPARATOR).unwrap_or_default();
            match items.iter().position(|item| id(item) == last) {
                Some(index) => index + 1,
                None => position.parse().unwrap_or(0),
            }
        });
        let all = items.len();
        let limit = self.limit.unwrap_or(all);
        let items: Vec<T> = items.into_iter().skip(start).take(limit).collect();
        let end = start.saturating_add(items.len());
        let next = items
            .last()
            .filter(|_| end < all)
            .map(|last| format!("{end}{SEPARATOR}{}", id(last)));
        Part { items, next }
    }
}

impl<T> Part<T> {
    /// `200` with this body, made of the items, and where the next page begins.
    pub(crate) fn response<V: Serialize>(self, body: impl FnOnce(Vec<T>) -> V) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(next) = self.next {
            response.insert_header((NEXT, next));
        }
        response.json(body(self.items))
    }

    /// `200` with the items as a list.
    pub(crate) fn list<V: Serialize>(self, view: impl Fn(T) -> V) -> HttpResponse {
        self.response(|items| items.into_iter().map(view).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, cursor: Option<String>) -> Page {
        Page {
            limit: Some(limit),
            cursor,
        }
    }

    #[test]
    fn pages_follow_each_other_although_items_come_and_go() {
        let id = |item: &i32| item.to_string();
        let first = page(2, None).of(vec![1, 2, 3, 4, 5], id);
        assert_eq!(first.items, [1, 2]);
        // One came before the last item seen, or the last item went.
        let next = page(2, first.next.clone()).of(vec![0, 1, 2, 3, 4, 5], id);
        assert_eq!(next.items, [3, 4]);
        let next = page(2, first.next).of(vec![1, 3, 4, 5], id);
        assert_eq!(next.items, [4, 5]);
        assert_eq!(next.next, None);
    }

    #[test]
    fn without_a_page_it_is_all() {
        let all = Page {
            limit: None,
            cursor: None,
        };
        let part = all.of(vec![1, 2, 3], ToString::to_string);
        assert_eq!((part.items, part.next), (vec![1, 2, 3], None));
    }
}
