//! One field of a request: how it is described, and the readers of texts and secrets.

mod addresses;
mod hints;
mod numbers;

use application::edit::Edit;
use domain::text::{self, TextError};
use domain::user::{MAX_PASSWORD, MIN_PASSWORD, password_length_fits};
use serde_json::Value;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};

use crate::body::fields::{Described, Fields};

/// Longer than any password ever accepted, so that a long wrong one is wrong, not invalid.
const MAX_SUBMITTED_PASSWORD: usize = 1024;

/// A field that is about to be read. The reader called last says what it may hold, and describes
/// it by the same limits.
pub(crate) struct Field<'a> {
    fields: &'a mut Fields,
    name: &'static str,
    alias: Option<&'static str>,
    about: &'static str,
    example: Option<Value>,
    is_required: Option<bool>,
    format: Option<KnownFormat>,
    length: (Option<usize>, Option<usize>),
    hides_limits: bool,
    choices: &'static [&'static str],
}

/// What a value is, for its description.
struct Kind {
    schema_type: Type,
    format: Option<KnownFormat>,
    max_length: Option<usize>,
    range: (Option<i64>, Option<i64>),
}

impl Kind {
    const fn of(schema_type: Type) -> Self {
        Self {
            schema_type,
            format: None,
            max_length: None,
            range: (None, None),
        }
    }

    const fn text(max: usize) -> Self {
        Self {
            max_length: Some(max),
            ..Self::of(Type::String)
        }
    }

    const fn format(self, format: KnownFormat) -> Self {
        Self {
            format: Some(format),
            ..self
        }
    }
}

/// "a, b o c".
fn one_of(allowed: &[&str]) -> String {
    match allowed {
        [others @ .., last] if !others.is_empty() => format!("{} o {last}", others.join(", ")),
        _ => allowed.concat(),
    }
}

impl Fields {
    /// The next field to read: its name on the wire, and its text in the API description.
    pub(crate) fn field(&mut self, name: &'static str, about: &'static str) -> Field<'_> {
        Field {
            fields: self,
            name,
            alias: None,
            about,
            example: None,
            is_required: None,
            format: None,
            length: (None, None),
            hides_limits: false,
            choices: &[],
        }
    }
}

impl Field<'_> {
    /// Another name that is read if the first is not sent.
    pub(crate) fn alias(mut self, name: &'static str) -> Self {
        self.alias = Some(name);
        self
    }

    pub(crate) fn example(mut self, example: impl Into<Value>) -> Self {
        self.example = Some(example.into());
        self
    }

    pub(crate) fn example_unless(self, hides: bool, example: impl Into<Value>) -> Self {
        if hides { self } else { self.example(example) }
    }

    /// Described as a secret, though it is read as a text.
    pub(crate) fn shown_as_password(mut self) -> Self {
        self.format = Some(KnownFormat::Password);
        self
    }

    /// Described with this length, where its reader does not describe one.
    pub(crate) fn max_length(mut self, max: usize) -> Self {
        self.length.1 = Some(max);
        self
    }

    /// Described without the length or the range that its reader holds it to. The published
    /// description lacks them.
    pub(crate) fn limits_not_described(mut self) -> Self {
        self.hides_limits = true;
        self
    }

    /// Described as one of these, though its reader or the use case says which there are.
    pub(crate) fn one_of(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    /// Described as required, though its reader leaves the refusal to others.
    pub(crate) fn described_as_required(mut self) -> Self {
        self.is_required = Some(true);
        self
    }

    /// Refuses null, which is no value for what must exist.
    pub(crate) fn not_null(self) -> Self {
        self.fields.refuse_null(self.name);
        self
    }

    fn describe(&mut self, is_required: bool, kind: Kind) {
        let (min_length, max_length) = self.length;
        let shown = |limit| if self.hides_limits { None } else { limit };
        let object = ObjectBuilder::new()
            .schema_type(kind.schema_type)
            .format(
                self.format
                    .clone()
                    .or(kind.format)
                    .map(SchemaFormat::KnownFormat),
            )
            .min_length(min_length)
            .max_length(max_length.or(shown(kind.max_length)))
            .minimum(shown_number(self.hides_limits, kind.range.0))
            .maximum(shown_number(self.hides_limits, kind.range.1))
            .enum_values((!self.choices.is_empty()).then(|| self.choices.iter().copied()));
        self.note(is_required, Schema::Object(object.build()));
    }

    fn note(&mut self, is_required: bool, schema: Schema) {
        let (name, about, example) = (self.name, self.about, self.example.take());
        let is_required = self.is_required.unwrap_or(is_required);
        self.fields.note(|| Described {
            name,
            about,
            is_required,
            schema,
            example,
        });
    }

    fn present(&self) -> Option<Value> {
        match self.alias {
            Some(alias) => self.fields.present(&[self.name, alias]),
            None => self.fields.present(&[self.name]),
        }
    }

    pub(crate) fn problem(&mut self, kind: &'static str, msg: impl Into<String>) {
        self.fields.problem(self.name, kind, msg);
    }

    /// Reports a field that must be sent, and is not.
    fn require(&mut self) {
        if self.present().is_none() {
            self.fields.missing(self.name);
        }
    }

    /// The value read, or a problem.
    fn or_problem<T>(&mut self, read: Option<T>, kind: &'static str, msg: &str) -> Option<T> {
        if read.is_none() {
            self.problem(kind, msg);
        }
        read
    }

    /// A text as sent.
    fn plain(&mut self) -> Option<String> {
        let text = match self.present()? {
            Value::String(text) => Some(text),
            _ => None,
        };
        self.or_problem(text, "string_type", "Debe ser un texto")
    }

    /// A text as sent; numbers are taken as texts.
    fn plain_or_number(&mut self) -> Option<String> {
        let text = match self.present()? {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        self.or_problem(text, "string_type", "Debe ser un texto")
    }

    fn checked(&mut self, text: Result<String, TextError>) -> Option<String> {
        match text {
            Ok(text) => Some(text),
            Err(TextError::Empty) => {
                self.problem("string_too_short", "No puede estar vacío");
                None
            }
            Err(TextError::TooLong { max }) => {
                let msg = format!("Debe tener como máximo {max} caracteres");
                self.problem("string_too_long", msg);
                None
            }
            Err(TextError::Control) => {
                self.bad_characters();
                None
            }
        }
    }

    fn bad_characters(&mut self) {
        self.problem(
            "string_pattern_mismatch",
            "Contiene caracteres no permitidos",
        );
    }

    fn filled(&mut self, max: usize) -> Option<String> {
        let sent = self.plain()?;
        self.checked(text::required(&sent, max))
    }

    fn filled_unless_blank(&mut self, max: usize) -> Option<String> {
        let sent = self.plain()?;
        if sent.trim().is_empty() {
            return None;
        }
        self.checked(text::required(&sent, max))
    }

    /// A text of 1 to `max` characters, trimmed.
    pub(crate) fn text(mut self, max: usize) -> String {
        self.describe(true, Kind::text(max));
        self.require();
        self.filled(max).unwrap_or_default()
    }

    /// A text of 1 to `max` characters, trimmed; absent, null and blank are none.
    pub(crate) fn optional_text(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::text(max));
        self.filled_unless_blank(max)
    }

    /// A text of 1 to `max` characters, trimmed; absent and null are none, blank is refused.
    pub(crate) fn optional_filled_text(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::text(max));
        self.filled(max)
    }

    /// As [`Field::optional_text`], with numbers taken as texts.
    pub(crate) fn optional_text_or_number(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::text(max));
        let sent = self.plain_or_number()?;
        if sent.trim().is_empty() {
            return None;
        }
        self.checked(text::required(&sent, max))
    }

    /// A text of at most `max` characters in which line breaks are allowed.
    pub(crate) fn optional_multiline(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::text(max));
        let sent = self.plain()?;
        self.checked(text::multiline(&sent, max))
    }

    /// As [`Field::optional_multiline`] in an update: absent keeps, null clears.
    pub(crate) fn edit_multiline(self, max: usize) -> Edit<String> {
        let clears = self.fields.is_null(self.name);
        match self.optional_multiline(max) {
            Some(text) => Edit::Set(text),
            None if clears => Edit::Clear,
            None => Edit::Keep,
        }
    }

    /// A text that is kept when absent, cleared by null or blank, or set.
    pub(crate) fn edit_text(mut self, max: usize) -> Edit<String> {
        self.describe(false, Kind::text(max));
        if !self.fields.has(self.name) {
            return Edit::Keep;
        }
        self.filled_unless_blank(max).map_or(Edit::Clear, Edit::Set)
    }

    /// A mandatory text of a partial update: absent keeps it, null is refused.
    pub(crate) fn update_text(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::text(max));
        if self.fields.is_null(self.name) {
            self.problem("string_type", "No puede ser nulo");
            return None;
        }
        self.filled(max)
    }

    /// A text of visible ASCII characters, such as a token.
    pub(crate) fn token(mut self, max: usize) -> String {
        self.describe(true, Kind::text(max));
        self.require();
        let token = self.filled(max).unwrap_or_default();
        if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            self.bad_characters();
        }
        token
    }

    fn secret_sent(&mut self, max: usize) -> Option<String> {
        let sent = self.plain()?;
        if sent.is_empty() {
            return None;
        }
        if sent.len() > max {
            let msg = format!("Debe tener como máximo {max} caracteres");
            self.problem("string_too_long", msg);
            return None;
        }
        if sent.contains('\0') {
            self.bad_characters();
            return None;
        }
        Some(sent)
    }

    /// A secret: as sent, at most `max` bytes, any characters but NUL. The limit is not
    /// described, because descriptions count characters.
    pub(crate) fn secret(mut self, max: usize) -> String {
        self.describe(true, Kind::of(Type::String).format(KnownFormat::Password));
        self.require();
        self.secret_sent(max).unwrap_or_default()
    }

    /// As [`Field::secret`]; absent, null and empty are none.
    pub(crate) fn optional_secret(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::of(Type::String).format(KnownFormat::Password));
        self.secret_sent(max)
    }

    /// As [`Field::optional_secret`], described as an ordinary text.
    pub(crate) fn optional_bytes(mut self, max: usize) -> Option<String> {
        self.describe(false, Kind::text(max));
        self.secret_sent(max)
    }

    /// A secret of an update: absent and null keep it, a blank one clears it.
    pub(crate) fn edit_secret(mut self, max: usize) -> Edit<String> {
        self.describe(false, Kind::of(Type::String).format(KnownFormat::Password));
        self.edit_sent(max)
    }

    /// As [`Field::edit_secret`], described as an ordinary text.
    pub(crate) fn edit_bytes(mut self, max: usize) -> Edit<String> {
        self.describe(false, Kind::text(max));
        self.edit_sent(max)
    }

    fn edit_sent(&mut self, max: usize) -> Edit<String> {
        let sent = self.present();
        if sent.is_some_and(|sent| sent.as_str().is_some_and(|text| text.trim().is_empty())) {
            return Edit::Clear;
        }
        self.secret_sent(max)
            .map_or(Edit::Keep, |text| Edit::Set(text.trim().to_owned()))
    }

    /// A password as somebody types it to sign in.
    pub(crate) fn password(self) -> String {
        self.secret(MAX_SUBMITTED_PASSWORD)
    }

    /// A password to be set; empty only if an empty one was sent.
    pub(crate) fn new_password(mut self) -> String {
        self.length = (Some(MIN_PASSWORD), Some(MAX_PASSWORD));
        self.describe(true, Kind::of(Type::String).format(KnownFormat::Password));
        self.require();
        self.new_password_sent().unwrap_or_default()
    }

    /// As [`Field::new_password`], and an empty one is refused as missing.
    pub(crate) fn filled_new_password(mut self) -> String {
        self.length = (Some(MIN_PASSWORD), Some(MAX_PASSWORD));
        self.describe(true, Kind::of(Type::String).format(KnownFormat::Password));
        let sent = self.new_password_sent();
        if sent.is_none() && self.fields.is_fine() {
            self.fields.missing(self.name);
        }
        sent.unwrap_or_default()
    }

    fn new_password_sent(&mut self) -> Option<String> {
        let sent = self.secret_sent(MAX_SUBMITTED_PASSWORD)?;
        if !password_length_fits(&sent) {
            let msg = format!("Debe tener de {MIN_PASSWORD} a {MAX_PASSWORD} caracteres");
            self.problem("value_error", msg);
        }
        Some(sent)
    }

    /// One of a few words, if sent.
    pub(crate) fn optional_choice<T>(
        mut self,
        read: impl Fn(&str) -> Option<T>,
        allowed: &[&str],
    ) -> Option<T> {
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(allowed.iter().copied()));
        self.note(false, Schema::Object(object.build()));
        let sent = self.plain()?;
        let choice = read(sent.trim());
        self.or_problem(choice, "enum", &format!("Debe ser {}", one_of(allowed)))
    }

    /// A boolean.
    pub(crate) fn boolean(mut self) -> bool {
        self.describe(true, Kind::of(Type::Boolean));
        self.require();
        let sent = self.present();
        let value = sent.as_ref().and_then(Value::as_bool);
        if sent.is_some() {
            self.or_problem(value, "bool_type", "Debe ser verdadero o falso");
        }
        value.unwrap_or_default()
    }

    /// A boolean, if sent and not null.
    pub(crate) fn optional_bool(mut self) -> Option<bool> {
        self.describe(false, Kind::of(Type::Boolean));
        let value = self.present()?.as_bool();
        self.or_problem(value, "bool_type", "Debe ser verdadero o falso")
    }

    /// `true` or `false` as a text, as queries write it.
    pub(crate) fn optional_flag(mut self) -> Option<bool> {
        self.describe(false, Kind::of(Type::Boolean));
        let flag = match self.plain()?.trim() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        self.or_problem(flag, "enum", "Debe ser true o false")
    }

    /// Any JSON value, null if absent; described as a text.
    pub(crate) fn text_or_json(mut self) -> Value {
        self.describe(false, Kind::of(Type::String));
        self.fields.json(self.name)
    }

    /// Any JSON value, null if absent; described as a list of objects.
    pub(crate) fn list_or_json(mut self) -> Value {
        let item = ObjectBuilder::new().schema_type(Type::Object);
        let list = ArrayBuilder::new().items(item.build());
        self.note(false, Schema::Array(list.build()));
        self.fields.json(self.name)
    }

    /// A text that callers send and nobody uses.
    pub(crate) fn ignored(mut self) {
        self.describe(false, Kind::of(Type::String));
    }
}

fn shown_number(hides: bool, limit: Option<i64>) -> Option<isize> {
    let limit = limit.filter(|_| !hides)?;
    isize::try_from(limit).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(map) => Fields::new("body", map),
            _ => Fields::empty("body"),
        }
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let mut body =
            fields(json!({"nombre": "", "precio": 1.999, "puerto": 70000, "email": "x"}));
        body.field("nombre", "").text(100);
        body.field("precio", "").optional_positive_amount();
        body.field("puerto", "").integer(1..=65535);
        body.field("email", "").email();
        body.field("falta", "").text(10);
        let error = body.finish().unwrap_err().to_string();
        for part in [
            "nombre",
            "precio",
            "dos decimales",
            "puerto",
            "65535",
            "email",
            "falta",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn amounts_are_exact_and_both_names_are_read() {
        let mut body = fields(json!({"product_id": 7, "monto": 19.99}));
        let product = body.field("producto_id", "").alias("product_id");
        assert_eq!(product.integer(1..=i64::MAX), 7);
        assert_eq!(
            body.field("monto", "").optional_positive_amount(),
            Some(1999)
        );
        let amount = body.field("monto", "").alias("transaction_amount");
        assert_eq!(amount.compared_amount(), 1999);
        assert!(body.finish().is_ok());
    }

    #[test]
    fn null_and_absent_differ_in_updates() {
        let mut body = fields(json!({"a": null, "b": "x", "d": " "}));
        assert_eq!(body.field("a", "").edit_text(10), Edit::Clear);
        assert_eq!(body.field("b", "").edit_text(10), Edit::Set("x".to_owned()));
        assert_eq!(body.field("c", "").edit_text(10), Edit::Keep);
        assert_eq!(body.field("d", "").edit_text(10), Edit::Clear);
        assert_eq!(body.field("a", "").update_text(10), None);
        assert!(body.finish().is_err());
    }

    #[test]
    fn wrong_types_are_named() {
        let mut body = fields(json!({"nombre": 5, "activo": "si", "n": 7.5, "m": "12"}));
        body.field("nombre", "").text(10);
        body.field("activo", "").optional_bool();
        body.field("n", "").optional_integer(0..=10);
        assert_eq!(body.field("m", "").optional_integer(0..=100), Some(12));
        let error = body.finish().unwrap_err().to_string();
        assert!(
            error.contains("string_type")
                && error.contains("bool_type")
                && error.contains("int_type")
        );
    }

    #[test]
    fn a_reader_describes_what_it_accepts() {
        let described = Fields::describe("body", |fields| {
            fields.field("nombre", "Nombre.").example("Ana").text(100);
            fields.field("cuotas", "Cuotas.").optional_integer(1..=48);
            fields.field("rol", "Rol.").limits_not_described().text(50);
        });
        let schema = serde_json::to_value(described.into_object("Algo.")).unwrap();
        assert_eq!(
            schema,
            json!({
                "type": "object", "description": "Algo.", "required": ["nombre", "rol"],
                "properties": {
                    "nombre": {"type": "string", "description": "Nombre.", "example": "Ana",
                        "maxLength": 100},
                    "cuotas": {"type": ["integer", "null"], "format": "int64",
                        "description": "Cuotas.", "minimum": 1, "maximum": 48},
                    "rol": {"type": "string", "description": "Rol."},
                },
            })
        );
    }
}
