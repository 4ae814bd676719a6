//! Planted bugs, for the simulation to find: a proof that it would find real ones. Each is a
//! decorator around a port; the application runs unchanged.

use async_trait::async_trait;
use fakes::fault::Lost;
use fakes::hotspot::{Command, Reply, RouterLink, RouterNetwork};
use ports::hotspot::RouterAccess;

/// After a lost answer of the router nobody looks whether the user was added.
pub(crate) struct NoLookup<N>(pub(crate) N);

struct NoLookupLink(Box<dyn RouterLink>);

impl<N: RouterNetwork> RouterNetwork for NoLookup<N> {
    fn open(&self, router: &RouterAccess) -> Box<dyn RouterLink> {
        Box::new(NoLookupLink(self.0.open(router)))
    }
}

#[async_trait]
impl RouterLink for NoLookupLink {
    async fn send(&self, command: Command) -> Result<Reply, Lost> {
        match command {
            Command::FindAdded(_) => Ok(Reply::Users(Vec::new())),
            command => self.0.send(command).await,
        }
    }
}
