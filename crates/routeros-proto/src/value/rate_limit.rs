//! The hotspot's `rate-limit` text.

use core::fmt;

use crate::value::duration::RouterDuration;
use crate::value::error::ValueError;
use crate::value::number::parse_rate;

/// One value per direction, from the router's view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair<T> {
    /// Received by the router: the client's upload.
    pub rx: T,
    /// Transmitted by the router: the client's download.
    pub tx: T,
}

/// A rate limit: rates, bursts, thresholds, burst times, priority and guaranteed rates.
///
/// `rx[/tx] [burst[/..] [threshold[/..] [time[/..] [priority [min[/..]]]]]]`. A missing second
/// part equals the first. Two limits are equal when they mean the same: routers may print
/// `1000k` back as `1M`, a missing threshold is the rate, and a missing burst time is one second.
///
/// ```
/// use routeros_proto::value::RateLimit;
/// let limit = RateLimit::parse(b"512k/1M").unwrap().unwrap();
/// assert_eq!((limit.rate.rx, limit.rate.tx), (512_000, 1_000_000));
/// assert_eq!(RateLimit::parse(b"1000k").unwrap(), RateLimit::parse(b"1M/1M").unwrap());
/// assert_eq!(RateLimit::parse(b"").unwrap(), None);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    /// Bits per second; 0 is no limit in that direction.
    pub rate: Pair<u64>,
    /// Bits per second during a burst.
    pub burst: Option<Pair<u64>>,
    /// Average bits per second below which a burst is allowed.
    pub threshold: Option<Pair<u64>>,
    /// Over what time the average is taken.
    pub burst_time: Option<Pair<RouterDuration>>,
    /// 1, the most important, to 8.
    pub priority: Option<u8>,
    /// Bits per second that are guaranteed.
    pub minimum: Option<Pair<u64>>,
}

impl RateLimit {
    /// A limit without bursts, in bits per second.
    ///
    /// ```
    /// use routeros_proto::value::RateLimit;
    /// assert_eq!(RateLimit::new(512_000, 1_000_000).to_string(), "512k/1M");
    /// ```
    #[must_use]
    pub const fn new(upload: u64, download: u64) -> Self {
        Self {
            rate: Pair {
                rx: upload,
                tx: download,
            },
            burst: None,
            threshold: None,
            burst_time: None,
            priority: None,
            minimum: None,
        }
    }

    /// Reads a limit; `None` for an empty text, which is no limit.
    ///
    /// # Errors
    /// [`ValueError`] for anything outside the grammar, such as a priority of 9.
    ///
    /// ```
    /// use routeros_proto::value::RateLimit;
    /// let limit = RateLimit::parse(b"1M/2M 2M/4M 1M/2M 10/10 5")?.unwrap();
    /// assert_eq!((limit.burst.unwrap().tx, limit.priority), (4_000_000, Some(5)));
    /// # Ok::<(), routeros_proto::value::ValueError>(())
    /// ```
    pub fn parse(text: &[u8]) -> Result<Option<Self>, ValueError> {
        let mut fields = text
            .split(u8::is_ascii_whitespace)
            .filter(|field| !field.is_empty());
        let Some(rate) = fields.next() else {
            return Ok(None);
        };
        let rate = pair(rate, parse_rate)?;
        let limit = Self {
            burst: fields
                .next()
                .map(|field| pair(field, parse_rate))
                .transpose()?,
            threshold: fields
                .next()
                .map(|field| pair(field, parse_rate))
                .transpose()?,
            burst_time: fields
                .next()
                .map(|field| pair(field, RouterDuration::parse))
                .transpose()?,
            priority: fields.next().map(priority).transpose()?,
            minimum: fields
                .next()
                .map(|field| pair(field, parse_rate))
                .transpose()?,
            ..Self::new(rate.rx, rate.tx)
        };
        match fields.next() {
            None => Ok(Some(limit)),
            Some(_) => Err(INVALID),
        }
    }

    /// What the text means, with everything filled in that it leaves out. Thresholds and times
    /// mean nothing without a burst, and a burst of zero is none.
    fn meaning(&self) -> impl PartialEq + use<> {
        let burst = self.burst.filter(|burst| *burst != NO_RATE).map(|burst| {
            let time = self.burst_time.unwrap_or(ONE_SECOND);
            (burst, self.threshold.unwrap_or(self.rate), time)
        });
        (
            self.rate,
            burst,
            self.priority.unwrap_or(LOWEST),
            self.minimum.unwrap_or(NO_RATE),
        )
    }
}

/// A field that must be written because a later one is, and sets nothing.
const NO_RATE: Pair<u64> = Pair { rx: 0, tx: 0 };
/// The burst time of a limit that names none.
const ONE_SECOND: Pair<RouterDuration> = Pair {
    rx: RouterDuration::from_secs(1),
    tx: RouterDuration::from_secs(1),
};
/// The priority of a limit that names none.
const LOWEST: u8 = 8;

const INVALID: ValueError = ValueError::new("rate limit");

fn pair<T: Copy>(
    field: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, ValueError>,
) -> Result<Pair<T>, ValueError> {
    let mut parts = field.splitn(2, |byte| *byte == b'/');
    let parse = |part| parse(part).ok().ok_or(INVALID);
    let rx = parse(parts.next().unwrap_or_default())?;
    let tx = parts.next().map_or(Ok(rx), parse)?;
    Ok(Pair { rx, tx })
}

fn priority(field: &[u8]) -> Result<u8, ValueError> {
    match field {
        [digit @ b'1'..=b'8'] => Ok(digit - b'0'),
        _ => Err(INVALID),
    }
}

impl PartialEq for RateLimit {
    fn eq(&self, other: &Self) -> bool {
        self.meaning() == other.meaning()
    }
}

impl Eq for RateLimit {}

/// Prints fields up to the last one that is set, with the defaults for those before it.
impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (burst, threshold) = (self.burst, self.threshold);
        let last = [
            burst.is_some(),
            threshold.is_some(),
            self.burst_time.is_some(),
            self.priority.is_some(),
            self.minimum.is_some(),
        ]
        .iter()
        .rposition(|set| *set)
        .map_or(0, |index| index + 1);
        write!(f, "{}/{}", Rate(self.rate.rx), Rate(self.rate.tx))?;
        let rates = |f: &mut fmt::Formatter<'_>, pair: Pair<u64>| {
            write!(f, " {}/{}", Rate(pair.rx), Rate(pair.tx))
        };
        if last >= 1 {
            rates(f, burst.unwrap_or(NO_RATE))?;
        }
        if last >= 2 {
            rates(f, threshold.unwrap_or(self.rate))?;
        }
        if last >= 3 {
            let time = self.burst_time.unwrap_or(ONE_SECOND);
            write!(f, " {}/{}", time.rx, time.tx)?;
        }
        if last >= 4 {
            write!(f, " {}", self.priority.unwrap_or(LOWEST))?;
        }
        if last >= 5 {
            rates(f, self.minimum.unwrap_or(NO_RATE))?;
        }
        Ok(())
    }
}

/// A rate with the largest suffix that loses nothing.
struct Rate(u64);

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, suffix) in [(1_000_000_000, 'G'), (1_000_000, 'M'), (1_000, 'k')] {
            if self.0 > 0 && self.0.is_multiple_of(unit) {
                return write!(f, "{}{suffix}", self.0 / unit);
            }
        }
        write!(f, "{}", self.0)
    }
}
