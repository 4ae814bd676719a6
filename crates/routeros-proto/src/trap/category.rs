//! The categories of the manual.

/// The number in a trap's `category`. Often absent; numbers not in the manual are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrapCategory {
    /// 0: missing item or command.
    Missing,
    /// 1: argument value failure.
    Argument,
    /// 2: execution of the command interrupted.
    Interrupted,
    /// 3: scripting failure.
    Script,
    /// 4: general failure.
    General,
    /// 5: API failure.
    Api,
    /// 6: TTY failure.
    Tty,
    /// 7: value produced by `:return`.
    Return,
    /// A number that the manual does not list.
    Other(u64),
}

impl TrapCategory {
    /// The category of a number.
    ///
    /// ```
    /// use routeros_proto::trap::TrapCategory;
    /// assert_eq!(TrapCategory::from_number(2), TrapCategory::Interrupted);
    /// assert_eq!(TrapCategory::from_number(8), TrapCategory::Other(8));
    /// ```
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        match number {
            0 => Self::Missing,
            1 => Self::Argument,
            2 => Self::Interrupted,
            3 => Self::Script,
            4 => Self::General,
            5 => Self::Api,
            6 => Self::Tty,
            7 => Self::Return,
            other => Self::Other(other),
        }
    }
}
