//! From the name of an item to its id and back.

use crate::kind::Kind;
use crate::refusal::Refusal;
use crate::router::Router;
use crate::schema::Column;
use crate::value::number;

impl Router {
    /// The stored form of an input, or why it is none.
    pub(crate) fn stored_form(&self, column: &Column, input: &[u8]) -> Result<Vec<u8>, Refusal> {
        match column.kind {
            Kind::Reference(menu, words) => {
                if words.iter().any(|word| word.as_bytes() == input) {
                    return Ok(input.to_vec());
                }
                self.reference(menu, column.name, input)
                    .map(|id| number::id_text(id).into_bytes())
            }
            kind => kind.canonical(column.name, input),
        }
    }

    /// The id that an input names: by id, by name, or by the start of one name only.
    fn reference(&self, menu: &str, argument: &str, input: &[u8]) -> Result<u64, Refusal> {
        let table = self
            .table(menu)
            .ok_or_else(|| Refusal::no_match(argument))?;
        if let Some(id) = number::id(input).filter(|id| table.get(*id).is_some()) {
            return Ok(id);
        }
        if let [id, ..] = table.named(input) {
            return Ok(*id);
        }
        if input.is_empty() {
            return Err(Refusal::no_match(argument));
        }
        match table.starting_with(input).as_slice() {
            [id] if self.settings.shortened_references => Ok(*id),
            [] | [_] => Err(Refusal::no_match(argument)),
            _ => Err(Refusal::ambiguous(argument)),
        }
    }

    /// The printed form of a reference. One whose item is gone prints as the id.
    pub(super) fn reference_text(&self, menu: &str, stored: &[u8]) -> Vec<u8> {
        number::id(stored)
            .and_then(|id| self.item(menu, id)?.get("name"))
            .unwrap_or(stored)
            .to_vec()
    }
}
