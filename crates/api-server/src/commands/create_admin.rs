//! Creates a super admin from the command line.

use application::platform::users::ensure_super_admin;
use domain::contact::Email;
use domain::secret::Secret;
use domain::user::{MAX_PASSWORD, MIN_PASSWORD, password_length_fits};

use crate::commands::{Failed, migrated};
use crate::config::Config;
use crate::telemetry::say;
use crate::wiring::Wired;

pub(crate) async fn run(config: &Config, email: &str, name: &str) -> Result<(), Failed> {
    let email = Email::parse(email)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a password does not belong on a command line"
    )]
    let password = std::env::var("ADMIN_PASSWORD").unwrap_or_default();
    if !password_length_fits(&password) {
        return Err(
            format!("ADMIN_PASSWORD must have {MIN_PASSWORD} to {MAX_PASSWORD} bytes").into(),
        );
    }
    migrated(config).await?;
    let wired = Wired::new(config)?;
    if ensure_super_admin(&wired.app, &email, Secret::new(password), name).await? {
        say("Super admin created.");
        Ok(())
    } else {
        Err("this e-mail address is taken".into())
    }
}
