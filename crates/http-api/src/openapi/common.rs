//! What any endpoint may answer, described once.

use utoipa::Modify;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr};

/// Adds the answers that no endpoint has of its own: those to bodies that are too large or too
/// slow, and those when something of ours fails.
pub(super) struct Answers;

const WITH_BODY: [(&str, &str); 2] = [
    ("408", "El cuerpo tardó demasiado en llegar"),
    ("413", "El cuerpo es demasiado grande"),
];
const ALWAYS: [(&str, &str); 2] = [
    ("500", "Error interno"),
    ("503", "El servicio no está disponible por un momento"),
];

impl Modify for Answers {
    fn modify(&self, document: &mut OpenApi) {
        for item in document.paths.paths.values_mut() {
            let operations = [
                &mut item.get,
                &mut item.post,
                &mut item.put,
                &mut item.delete,
            ];
            for operation in operations.into_iter().flatten() {
                complete(operation);
            }
        }
    }
}

fn complete(operation: &mut Operation) {
    let with_body = WITH_BODY
        .iter()
        .filter(|_| operation.request_body.is_some());
    let added: Vec<_> = with_body.chain(&ALWAYS).collect();
    for (status, about) in added {
        operation
            .responses
            .responses
            .entry((*status).to_owned())
            .or_insert_with(|| RefOr::T(refusal(about)));
    }
}

fn refusal(about: &str) -> Response {
    let error = Content::new(Some(Ref::from_schema_name("ErrorView")));
    ResponseBuilder::new()
        .description(about)
        .content("application/json", error)
        .build()
}
