//! A change of one optional field.

/// A field that may be kept, cleared or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit<T> {
    /// As it is.
    Keep,
    /// None.
    Clear,
    /// This.
    Set(T),
}

impl<T> Edit<T> {
    /// The field after the edit.
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
