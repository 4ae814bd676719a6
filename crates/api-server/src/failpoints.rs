//! Crash points for tests: `FAILPOINTS="purchase-charged=panic"` makes the process die there.

use fail::FailScenario;

/// Arms the points named in `FAILPOINTS`. A point that panics ends the whole process at once, as
/// a power cut would: nothing is unwound, nothing is flushed.
pub(crate) fn arm() -> FailScenario<'static> {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        report(info);
        std::process::abort();
    }));
    FailScenario::setup()
}
