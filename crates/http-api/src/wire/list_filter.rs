//! Filters that every short list takes: whether something is active, when it came, and a text.

use domain::time::Timestamp;
use utoipa::IntoParams;

use crate::body::fields::Fields;
use crate::wire::moment::read_moment;

/// The filters as the API description shows them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; it is read field by field")]
pub(crate) struct ListParams {
    /// `true`: solo lo activo; `false`: solo lo desactivado.
    activo: Option<bool>,
    /// Desde este día o momento, incluido (UTC).
    #[param(example = "2026-03-04")]
    desde: Option<String>,
    /// Hasta este día o momento, incluido (UTC).
    #[param(example = "2026-03-04T10:00:00")]
    hasta: Option<String>,
    /// Parte del nombre o de lo que identifica, sin distinguir mayúsculas.
    #[param(max_length = 100)]
    q: Option<String>,
}

/// What was asked for; all of it narrows.
pub(crate) struct ListFilter {
    is_active: Option<bool>,
    from: Option<Timestamp>,
    /// The first instant that is too late.
    to: Option<Timestamp>,
    /// In lower case.
    text: Option<String>,
}

/// Reads `activo`, `desde`, `hasta` and `q`.
pub(crate) fn read_list_filter(query: &mut Fields) -> ListFilter {
    let read_flag = |text: &str| match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    ListFilter {
        is_active: query.optional_choice(&["activo"], read_flag, "true o false"),
        from: read_moment(query, "desde").map(|moment| moment.start),
        to: read_moment(query, "hasta").map(|moment| moment.end),
        text: query
            .optional_text(&["q"], 100, true)
            .map(|text| text.to_lowercase()),
    }
}

impl ListFilter {
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
