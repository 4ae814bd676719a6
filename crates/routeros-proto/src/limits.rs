//! How much a peer may send before it is refused.

/// Methods that give the same settings with one of them changed.
macro_rules! setters {
    ($($setter:ident $field:ident: $type:ty;)*) => {
        $(
            #[doc = concat!("The same with another [`", stringify!($field), "`](Self::", stringify!($field), ").")]
            #[must_use]
            pub const fn $setter(mut self, $field: $type) -> Self {
                self.$field = $field;
                self
            }
        )*
    };
}

pub(crate) use setters;

/// Whether a length that is not in its shortest form is accepted.
///
/// The manual is silent on such lengths; other decoders accept them, and so do we by default.
///
/// ```
/// use routeros_proto::decoder::Decoder;
/// use routeros_proto::limits::{LengthForm, Limits};
/// let stream = b"\x80\x05!done\x00"; // 5 in two bytes
/// let read = |length_form| {
///     let mut decoder = Decoder::new(Limits::client().with_length_form(length_form));
///     decoder.feed(stream);
///     decoder.next_sentence().is_ok()
/// };
/// assert!(read(LengthForm::Lenient) && !read(LengthForm::Strict));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LengthForm {
    /// Any of the five forms for any length.
    #[default]
    Lenient,
    /// Only the shortest form.
    Strict,
}

/// Caps on what one sentence may hold, checked as soon as a length is known and before memory is
/// taken for it.
///
/// ```
/// use routeros_proto::limits::Limits;
/// let limits = Limits::client().with_words(64);
/// assert!(limits.word_bytes > Limits::before_login().word_bytes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Content bytes of one word.
    pub word_bytes: usize,
    /// Wire bytes of one sentence, lengths included, terminator not.
    pub sentence_bytes: usize,
    /// Words in one sentence.
    pub words: usize,
    /// Whether long spellings of a length are accepted.
    pub length_form: LengthForm,
}

impl Limits {
    setters! {
        with_word_bytes word_bytes: usize;
        with_sentence_bytes sentence_bytes: usize;
        with_words words: usize;
        with_length_form length_form: LengthForm;
    }

    /// What a client accepts from a router it chose to talk to: words of 16 MiB.
    ///
    /// ```
    /// use routeros_proto::limits::Limits;
    /// assert_eq!(Limits::client().word_bytes, 16 << 20);
    /// ```
    #[must_use]
    pub const fn client() -> Self {
        Self {
            word_bytes: 16 << 20,
            sentence_bytes: 32 << 20,
            words: 1 << 18,
            length_form: LengthForm::Lenient,
        }
    }

    /// What a server accepts from a peer that has not logged in: words of 64 KiB.
    ///
    /// ```
    /// use routeros_proto::limits::Limits;
    /// assert_eq!(Limits::before_login().word_bytes, 64 << 10);
    /// ```
    #[must_use]
    pub const fn before_login() -> Self {
        Self {
            word_bytes: 64 << 10,
            sentence_bytes: 128 << 10,
            words: 256,
            length_form: LengthForm::Lenient,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::client()
    }
}
