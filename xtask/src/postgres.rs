//! A Postgres for the demo and the tests.
//!
//! In this order: the address in the environment; a private server from binaries on this machine; on
//! Debian and Ubuntu, as root, the distribution's package; else one line that says what to install.

pub(crate) mod binaries;
mod install;
mod server;

use std::process::ExitCode;

use anyhow::{Context, bail};
use url::Url;

use crate::console;
use crate::postgres::binaries::{Account, Binaries};
use crate::postgres::server::Server;
use crate::session::Session;

/// `cargo xtask postgres`: a private server until Ctrl-C.
pub(crate) fn run(session: &Session) -> anyhow::Result<ExitCode> {
    let database = private(session)?;
    console::line(&format!("DATABASE_URL={}", database.url()));
    console::line("Ctrl-C ends it and removes its data.");
    session.interrupt.wait();
    Ok(ExitCode::SUCCESS)
}

/// A database to work on.
pub(crate) enum Database {
    /// One that was there before, named in the environment.
    Given(String),
    /// Ours, gone when dropped.
    Private(Box<Server>),
}

impl Database {
    /// Its address, with the password.
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Given(url) => url,
            Self::Private(server) => server.url(),
        }
    }
}

/// The given database, else a private one.
pub(crate) fn find(session: &Session, given: Option<&str>) -> anyhow::Result<Database> {
    let Some(given) = given.filter(|given| !given.is_empty()) else {
        return private(session);
    };
    console::line(&format!(
        "Postgres: the one given in the environment, {}",
        shown(given)?
    ));
    Ok(Database::Given(given.to_owned()))
}

/// A private server.
pub(crate) fn private(session: &Session) -> anyhow::Result<Database> {
    let binaries = match Binaries::find(Account::choose()?) {
        Some(binaries) => binaries,
        None if install::possible() => {
            install::install(session)?;
            // The package may have brought the account along.
            Binaries::find(Account::choose()?).context(install::ADVICE)?
        }
        None => bail!(install::ADVICE),
    };
    let server = Server::start(session, &binaries, Account::choose()?)?;
    console::line(&format!(
        "Postgres: {}, private, {}",
        binaries.version(),
        shown(server.url())?
    ));
    Ok(Database::Private(Box::new(server)))
}

/// Host, port and name; neither user nor password.
fn shown(url: &str) -> anyhow::Result<String> {
    let Ok(url) = Url::parse(url) else {
        bail!("the given database address is not a URL");
    };
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    Ok(format!(
        "{}{port}{}",
        url.host_str().unwrap_or("local socket"),
        url.path()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_user_and_password() {
        assert_eq!(
            shown("postgresql://me:secret@db:5433/shop").unwrap(),
            "db:5433/shop"
        );
        assert!(
            !shown("not a url, secret")
                .unwrap_err()
                .to_string()
                .contains("secret")
        );
    }
}
