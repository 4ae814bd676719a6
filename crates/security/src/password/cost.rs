//! How much work a password is.

use argon2::Params;

/// Cost of a new argon2id hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB, at least 8 for each lane.
    pub memory_kib: u32,
    /// Passes over the memory, at least 1.
    pub passes: u32,
    /// Lanes, at least 1.
    pub lanes: u32,
}

impl Default for PasswordCost {
    /// 19 MiB, 2 passes, 1 lane: OWASP's recommendation, some 20 to 50 ms on a server.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

/// A cost that argon2 does not know, or that a stored hash must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("memory: 8 KiB for each lane up to 256 MiB; passes and lanes: 1 to 16")]
pub struct InvalidCost;

/// Most memory of one hash; a stored hash that asks for more is not computed.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
/// Most passes and most lanes.
const MAX_FACTOR: u32 = 16;

impl PasswordCost {
    /// The cost as the library takes it.
    ///
    /// # Errors
    /// [`InvalidCost`] outside of the limits.
    pub(super) fn to_params(self) -> Result<Params, InvalidCost> {
        let is_bounded = self.memory_kib <= MAX_MEMORY_KIB
            && self.passes <= MAX_FACTOR
            && self.lanes <= MAX_FACTOR;
        if !is_bounded {
            return Err(InvalidCost);
        }
        Params::new(self.memory_kib, self.passes, self.lanes, None)
            .map_err(|_out_of_range| InvalidCost)
    }

    /// The cost of a stored hash.
    pub(super) const fn of_params(params: &Params) -> Self {
        Self {
            memory_kib: params.m_cost(),
            passes: params.t_cost(),
            lanes: params.p_cost(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn costs_are_bounded_both_ways() {
        let cost = PasswordCost::default();
        assert!(cost.to_params().is_ok());
        for bad in [
            PasswordCost {
                memory_kib: 7,
                ..cost
            },
            PasswordCost {
                memory_kib: 256 * 1024 + 1,
                ..cost
            },
            PasswordCost { passes: 0, ..cost },
            PasswordCost { passes: 17, ..cost },
            PasswordCost { lanes: 0, ..cost },
            PasswordCost { lanes: 17, ..cost },
        ] {
            assert_eq!(bad.to_params().err(), Some(InvalidCost), "{bad:?}");
        }
    }
}
