//! The macro that makes a typed row.

/// Makes a view over a row: one method per property, and the rest in `unknown`.
macro_rules! typed_row {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $wire:literal,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<'a> {
            row: $crate::row::RowRef<'a>,
        }

        impl<'a> $name<'a> {
            /// The properties that this view knows, for a `.proplist`.
            pub const PROPERTIES: &'static [&'static str] = &[$($wire),*];

            /// Views a row. Never fails.
            #[must_use]
            pub const fn new(row: $crate::row::RowRef<'a>) -> Self {
                Self { row }
            }

            /// The row itself.
            #[must_use]
            pub const fn row(&self) -> $crate::row::RowRef<'a> {
                self.row
            }

            /// Names and values that this view does not know.
            pub fn unknown(
                &self,
            ) -> impl Iterator<Item = (&'a [u8], $crate::text::Value<'a>)> + use<'a> {
                self.row.attributes().filter(|(name, _)| {
                    !Self::PROPERTIES.iter().any(|known| known.as_bytes() == *name)
                })
            }

            $(
                $(#[$field_doc])*
                #[must_use]
                pub fn $field(&self) -> $crate::menu::field::Field<'a, $type> {
                    $crate::menu::field::Field::read(self.row.get($wire))
                }
            )*
        }
    };
}

pub(super) use typed_row;
