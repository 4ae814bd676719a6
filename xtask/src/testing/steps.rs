//! The list of steps: what fails fast comes first.

use crate::testing::step::Step;
use crate::testing::{cargo, features, interop, leaks, licences, own, schemathesis, simulation};

/// Every step, in the order in which they run.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "formatting",
        counts_tests: false,
        run: cargo::fmt,
    },
    Step {
        name: "tidy",
        about: "small things in all files",
        counts_tests: false,
        run: own::tidy,
    },
    Step {
        name: "layers",
        about: "crate edges, third parties, import circles",
        counts_tests: false,
        run: own::layers,
    },
    Step {
        name: "deny",
        about: "licences, bans, sources",
        counts_tests: false,
        run: licences::deny,
    },
    Step {
        name: "advisories",
        about: "known weaknesses of third parties",
        counts_tests: false,
        run: licences::advisories,
    },
    Step {
        name: "clippy",
        about: "lints, all denied",
        counts_tests: false,
        run: cargo::clippy,
    },
    Step {
        name: "features",
        about: "every feature alone and none at all",
        counts_tests: false,
        run: features::check,
    },
    Step {
        name: "openapi",
        about: "docs/openapi.json is what the server prints",
        counts_tests: false,
        run: own::openapi,
    },
    Step {
        name: "docs",
        about: "documentation, private items included",
        counts_tests: false,
        run: cargo::docs,
    },
    Step {
        name: "doctests",
        about: "examples in the documentation",
        counts_tests: false,
        run: cargo::doctests,
    },
    Step {
        name: "tests",
        about: "all tests",
        counts_tests: true,
        run: cargo::tests,
    },
    Step {
        name: "interop",
        about: "clients of other languages against the simulators",
        counts_tests: false,
        run: interop::clients,
    },
    Step {
        name: "simulation",
        about: "sales under every fault, ten thousand seeds",
        counts_tests: false,
        run: simulation::seeds,
    },
    Step {
        name: "leaks",
        about: "no secret in the database, the log or an answer",
        counts_tests: false,
        run: leaks::run,
    },
    Step {
        name: "schemathesis",
        about: "the running server against its API description",
        counts_tests: false,
        run: schemathesis::run,
    },
];

#[cfg(test)]
mod tests {
    use super::STEPS;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
