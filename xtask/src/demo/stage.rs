//! Everything running, with a first sale made: for checks that need the real server.

use std::path::Path;

use crate::console;
use crate::demo::build;
use crate::demo::http::{By, Call, Client};
use crate::demo::ports::{PortArgs, Ports};
use crate::demo::secrets::{self, Secrets};
use crate::demo::services::{OWNER_EMAIL, OWNER_PASSWORD, ROUTER_PASSWORD, Services};
use crate::demo::setting::{Setting, Sold};
use crate::demo::walk::{self, Walk};
use crate::postgres::source::{self, Database};
use crate::session::Session;

/// The running programs; all end when dropped.
pub(crate) struct Stage {
    services: Services,
    /// Ends after the server, which would complain.
    database: Database,
    secrets: Secrets,
    /// The server's port.
    pub(crate) server: u16,
    /// An operator who has sold something.
    pub(crate) sold: Sold,
}

impl Stage {
    /// Starts a private database and everything else on ports of its own, and walks to the first
    /// sale. The server writes its log to the file, if there is one.
    pub(crate) fn open(session: &Session, log: Option<&Path>) -> anyhow::Result<Self> {
        let ports = Ports::reserve(&PortArgs::any())?;
        let database = source::private(session)?;
        let programs = build::build(session)?;
        let secrets = Secrets::random()?;
        let mut services = Services::start(
            session,
            &programs,
            &ports,
            &secrets,
            database.url(),
            false,
            log,
        )?;
        let setting = Setting {
            ports: ports.clone(),
            kept_database: false,
            run: secrets::run_id()?,
        };
        let walk = Walk::start(session.console, setting);
        let sold = walk::finish(walk, session, &mut services)?;
        console::line("");
        Ok(Self {
            services,
            database,
            secrets,
            server: ports.server,
            sold,
        })
    }

    /// The database's address.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// What nobody but its owner may ever read, with names for it.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        let sealing = self.secrets.encryption.split_once(':');
        let sealing = sealing.map_or("", |(_, key)| key);
        [
            ("key that signs API keys", self.secrets.api_keys.as_str()),
            ("key that signs sessions", &self.secrets.sessions),
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
        self.services.expect_running()
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
