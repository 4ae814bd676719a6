//! Filters that every short list takes: whether something is active, when it came, and a text.

use domain::time::Timestamp;

use crate::body::fields::Fields;
use crate::wire::page::Page;

/// What was asked for; all of it narrows.
pub(crate) struct ListFilter {
    is_active: Option<bool>,
    from: Option<Timestamp>,
    /// The first instant that is too late.
    to: Option<Timestamp>,
    /// In lower case.
    text: Option<String>,
    /// Which part of what fits.
    pub(crate) page: Page,
}

impl ListFilter {
    /// Reads `activo`, `desde`, `hasta`, `q`, `limit` and `cursor`.
    pub(crate) fn read(query: &mut Fields) -> Self {
        let is_active = query
            .field(
                "activo",
                "`true`: solo lo activo; `false`: solo lo desactivado.",
            )
            .optional_flag();
        let from = query
            .field("desde", "Desde este día o momento, incluido (UTC).")
            .example("2026-03-04")
            .optional_moment();
        let to = query
            .field("hasta", "Hasta este día o momento, incluido (UTC).")
            .example("2026-03-04T10:00:00")
            .optional_moment();
        let text = query
            .field(
                "q",
                "Parte del nombre o de lo que identifica, sin distinguir mayúsculas.",
            )
            .optional_text(100);
        Self {
            is_active,
            from: from.map(|moment| moment.start),
            to: to.map(|moment| moment.end),
            text: text.map(|text| text.to_lowercase()),
            page: Page::read(query),
        }
    }

    /// Whether an item with these texts was asked for.
    pub(crate) fn fits(&self, is_active: bool, created_at: Timestamp, texts: &[&str]) -> bool {
        self.is_active.is_none_or(|wanted| wanted == is_active)
            && self.from.is_none_or(|from| created_at >= from)
            && self.to.is_none_or(|to| created_at < to)
            && self.text.as_ref().is_none_or(|wanted| {
                texts
                    .iter()
                    .any(|text| text.to_lowercase().contains(wanted))
            })
    }
}
