//! What can be chosen.

use crate::demo::ports::PortArgs;

/// Options of the demo.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Ends after the sale, with exit code 0, instead of serving on.
    #[arg(long)]
    pub(crate) once: bool,
    /// Prints what the programs print, too.
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Ports to listen on.
    #[command(flatten)]
    pub(crate) ports: PortArgs,
    /// Postgres to use; without one a private server is started and removed at the end.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// The same, when there is no `DATABASE_URL`.
    #[arg(
        long,
        env = "TEST_DATABASE_URL",
        hide_env_values = true,
        hide = true,
        value_name = "URL"
    )]
    other_database_url: Option<String>,
}

impl DemoArgs {
    /// The database that was given, if any.
    pub(crate) fn database_url(&self) -> Option<&str> {
        self.database_url
            .as_deref()
            .or(self.other_database_url.as_deref())
    }
}
