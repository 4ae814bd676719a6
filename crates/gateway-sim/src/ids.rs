//! Identifiers that are different each time and the same in each run with the same seed.

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Source of identifiers: a counter, scrambled with the seed.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: u64,
    counter: u64,
}

impl Ids {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }

    const fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// `prefix` and 17 letters and digits, as in `ord_2tMtQQpDvfnNjiuFG`.
    pub(crate) fn tagged(&mut self, prefix: &str) -> String {
        let mut word = String::from(prefix);
        let n = self.next();
        let mut bits = [mix(self.seed ^ mix(n)), mix(self.seed.wrapping_add(n))];
        for position in 0..17 {
            let half = usize::from(position >= 9);
            let Some(slot) = bits.get_mut(half) else {
                continue;
            };
            let digit = usize::try_from(*slot % 58).unwrap_or(0);
            *slot /= 58;
            word.push(BASE58.get(digit).map_or('1', |byte| char::from(*byte)));
        }
        word
    }

    /// 24 hexadecimal digits, as Conekta's charges, events and logs have.
    pub(crate) fn hex24(&mut self) -> String {
        let n = self.next();
        let low = u32::try_from(n & 0xffff_ffff).unwrap_or(0);
        format!("{:016x}{low:08x}", mix(self.seed ^ mix(n)))
    }

    /// 32 hexadecimal digits, as Mercado Pago's card tokens have.
    pub(crate) fn hex32(&mut self) -> String {
        let n = self.next();
        format!(
            "{:016x}{:016x}",
            mix(self.seed ^ mix(n)),
            mix(self.seed.wrapping_add(mix(n)))
        )
    }

    /// A UUID in version 4 shape.
    pub(crate) fn uuid(&mut self) -> String {
        let word = self.hex32();
        let part = |from: usize, to: usize| word.get(from..to).unwrap_or("0");
        format!(
            "{}-{}-4{}-8{}-{}",
            part(0, 8),
            part(8, 12),
            part(13, 16),
            part(17, 20),
            part(20, 32)
        )
    }

    /// A positive number of 12 digits, always above 2^32, as Mercado Pago's payments have.
    pub(crate) fn number(&mut self) -> i64 {
        let n = self.next();
        let base = 100_000 + mix(self.seed) % 800_000;
        i64::try_from(base * 1_000_000 + n % 1_000_000).unwrap_or(i64::MAX)
    }

    /// Six digits, as an authorisation code has.
    pub(crate) fn six_digits(&mut self) -> String {
        let n = self.next();
        format!("{:06}", mix(self.seed ^ mix(n)) % 1_000_000)
    }
}

/// The finaliser of `SplitMix64`: every bit of the input changes half of the output.
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn same_seed_gives_the_same_ids_and_another_seed_others() {
        let draw = |seed| {
            let mut ids = Ids::new(seed);
            (
                ids.tagged("ord_"),
                ids.hex24(),
                ids.hex32(),
                ids.uuid(),
                ids.number(),
            )
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn ids_have_the_shapes_of_the_vendors_and_do_not_repeat() {
        let mut ids = Ids::new(1);
        let mut seen = BTreeSet::new();
        for _ in 0..2_000 {
            let order = ids.tagged("ord_");
            assert_eq!(order.len(), 21);
            assert!(seen.insert(order));
            let charge = ids.hex24();
            assert_eq!(charge.len(), 24);
            assert!(seen.insert(charge));
            let uuid = ids.uuid();
            assert_eq!(uuid.len(), 36);
            assert!(seen.insert(uuid));
            let payment = ids.number();
            assert!(payment > i64::from(u32::MAX));
            assert!(seen.insert(payment.to_string()));
        }
    }
}
