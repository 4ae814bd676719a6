//! A fresh database for each test, cloned from a migrated template.
//!
//! The server is the one of `TEST_DATABASE_URL`, which `cargo xtask test` sets; its user needs
//! `CREATEDB` and should not be a superuser, because superusers pass through row-level security.
//! The template is made once for each state of the migrations and shared by all test binaries.

mod admin;
mod template;

use std::fmt::Debug;
use std::sync::atomic::{AtomicU32, Ordering};

use self::admin::Admin;

/// A database of one test's own; dropped with it.
#[derive(Debug)]
pub struct TestDatabase {
    admin: Admin,
    name: String,
}

impl TestDatabase {
    /// Makes a database. `migrate` is called with the address of an empty one when no test has
    /// run on this state of the migrations before.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` is not set, the server does not answer, or migrating fails.
    pub async fn new<E: Debug>(migrate: impl AsyncFnOnce(&str) -> Result<(), E>) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let admin = Admin::from_environment();
        let template = template::ready(&admin, migrate).await;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}{}_{number}", template::TEST_PREFIX, std::process::id());
        admin
            .run(&format!(
                "DROP DATABASE IF EXISTS {name} WITH (FORCE);\
                 CREATE DATABASE {name} TEMPLATE {template}"
            ))
            .await;
        Self { admin, name }
    }

    /// An empty database, not migrated.
    ///
    /// # Panics
    /// As [`TestDatabase::new`].
    pub async fn empty() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let admin = Admin::from_environment();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!(
            "{}{}_empty_{number}",
            template::TEST_PREFIX,
            std::process::id()
        );
        admin
            .run(&format!(
                "DROP DATABASE IF EXISTS {name} WITH (FORCE);CREATE DATABASE {name}"
            ))
            .await;
        Self { admin, name }
    }

    /// The address, with user and password.
    #[must_use]
    pub fn url(&self) -> String {
        self.admin.url_of(&self.name)
    }

    /// A plain connection, for looking behind the code under test.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn connect(&self) -> tokio_postgres::Client {
        self.admin.connect(&self.name).await
    }
}

impl Drop for TestDatabase {
    /// Closes whatever is still connected. What a killed process leaves behind is swept by the
    /// next one.
    fn drop(&mut self) {
        self.admin.run_from_anywhere(format!(
            "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            self.name
        ));
    }
}
