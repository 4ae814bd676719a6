//! Statements on the server that tests may use.

use tokio_postgres::{Client, Config, NoTls};

/// Where the server is.
#[derive(Clone)]
pub(super) struct Admin {
    url: String,
    config: Config,
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Admin(..)")
    }
}

impl Admin {
    /// The server of `TEST_DATABASE_URL`.
    #[expect(
        clippy::disallowed_methods,
        clippy::panic,
        reason = "tests learn of their server from the environment, and without one they cannot run"
    )]
    pub(super) fn from_environment() -> Self {
        let Ok(url) = std::env::var("TEST_DATABASE_URL") else {
            panic!(
                "TEST_DATABASE_URL is not set: run `cargo xtask test`, which brings up Postgres"
            );
        };
        match url.parse() {
            Ok(config) => Self { url, config },
            Err(error) => panic!("TEST_DATABASE_URL is not a Postgres address: {error}"),
        }
    }

    /// The address of another database on this server.
    pub(super) fn url_of(&self, database: &str) -> String {
        let (address, query) = match self.url.split_once('?') {
            Some((address, query)) => (address, format!("?{query}")),
            None => (self.url.as_str(), String::new()),
        };
        let server = match address.split_once("://") {
            Some((scheme, rest)) => {
                let server = rest.split_once('/').map_or(rest, |(server, _)| server);
                format!("{scheme}://{server}")
            }
            None => address.to_owned(),
        };
        format!("{server}/{database}{query}")
    }

    /// A connection to a database of this server.
    #[expect(clippy::panic, reason = "a test without its database cannot go on")]
    pub(super) async fn connect(&self, database: &str) -> Client {
        let mut config = self.config.clone();
        config.dbname(database);
        match config.connect(NoTls).await {
            Ok((client, connection)) => {
                // Ends when the client is dropped; its error is the client's too.
                tokio::spawn(async move { drop(connection.await) });
                client
            }
            Err(error) => panic!("no connection to the tests' Postgres: {error}"),
        }
    }

    /// A connection to the database named in the address.
    pub(super) async fn connect_home(&self) -> Client {
        let home = self.config.get_dbname().unwrap_or("postgres").to_owned();
        self.connect(&home).await
    }

    /// Runs statements, each on its own (databases are not made in transactions).
    #[expect(clippy::panic, reason = "a test without its database cannot go on")]
    pub(super) async fn run(&self, statements: &str) {
        let client = self.connect_home().await;
        for statement in statements.split(';') {
            if let Err(error) = client.batch_execute(statement).await {
                panic!("{statement}: {error:?}");
            }
        }
    }

    /// Runs a statement from code that is not asynchronous, and waits for it. Failures stay
    /// silent: the statement only cleans up.
    pub(super) fn run_from_anywhere(&self, statement: String) {
        let admin = self.clone();
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    let client = admin.connect_home().await;
                    drop(client.batch_execute(&statement).await);
                });
            }
        });
        drop(cleaning.join());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_changes_in_the_address() {
        let url = "postgresql://u:p@127.0.0.1:5433/home?application_name=x";
        let admin = Admin {
            url: url.to_owned(),
            config: url.parse().unwrap(),
        };
        assert_eq!(
            admin.url_of("other"),
            "postgresql://u:p@127.0.0.1:5433/other?application_name=x"
        );
    }
}
