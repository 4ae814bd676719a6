//! A running server with a first sale made, for checks that need the real thing.

use std::path::Path;

use crate::console;
use crate::demo::environment::{
    Database, Environment, OWNER_EMAIL, OWNER_PASSWORD, Ports, ROUTER_PASSWORD,
};
use crate::demo::scenario::{self, Sold};
use crate::http::{By, Call, Client};
use crate::session::Session;

/// The running programs; all end when dropped.
pub(crate) struct Shop {
    environment: Environment,
    /// The server's port.
    pub(crate) server: u16,
    /// An operator who has sold something.
    pub(crate) sold: Sold,
}

impl Shop {
    /// Starts a private database and everything else on ports of its own, and runs the demo's scenario.
    /// The server writes its log to the file, if there is one.
    pub(crate) fn open(session: &Session, log: Option<&Path>) -> anyhow::Result<Self> {
        let ports = Ports::default();
        let mut environment = Environment::start(session, &ports, Database::Private, false, log)?;
        let sold = scenario::run(session, &mut environment)?;
        console::line("");
        Ok(Self {
            server: environment.ports.server,
            environment,
            sold,
        })
    }

    /// The database's address.
    pub(crate) fn database_url(&self) -> &str {
        self.environment.database_url()
    }

    /// What only its owner may read, with names for it.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        let secrets = &self.environment.secrets;
        let sealing = secrets.encryption.split_once(':');
        let sealing = sealing.map_or("", |(_, key)| key);
        [
            ("key that signs API keys", secrets.api_keys.as_str()),
            ("key that signs sessions", &secrets.sessions),
            ("key that seals secrets", sealing),
            ("owner's password", OWNER_PASSWORD),
            ("operator's password", &self.sold.operator_password),
            ("router's password", ROUTER_PASSWORD),
            ("router's API key", &self.sold.api_key),
        ]
        .map(|(name, secret)| (name, secret.to_owned()))
        .to_vec()
    }

    /// Fails if one of the programs has ended.
    pub(crate) fn expect_running(&mut self) -> anyhow::Result<()> {
        self.environment.expect_running()
    }

    /// A client of the server.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.server)
    }

    /// A session token of the platform owner.
    pub(crate) fn owner(&self) -> anyhow::Result<String> {
        self.login(OWNER_EMAIL, OWNER_PASSWORD)
    }

    /// A session token of this user.
    pub(crate) fn login(&self, email: &str, password: &str) -> anyhow::Result<String> {
        let answer = self.client().send(&Call {
            method: "POST",
            path: "/api/v1/auth/login".to_owned(),
            by: By::Anybody,
            body: Some(serde_json::json!({"email": email, "password": password})),
        })?;
        answer.text("/access_token")
    }
}
