//! Menus: what can be done with the items under one path.

#[cfg(feature = "async")]
use std::{future::Future, net::SocketAddr, time::Duration};

use routeros_proto::command::Command;
use routeros_proto::query::Query;
#[cfg(feature = "async")]
use routeros_proto::{connection::CallOptions, row::Row};

#[cfg(feature = "async")]
use crate::{
    error::{CallError, CallErrorKind},
    reply::Reply,
};

/// A path and what is wanted of the items under it; makes the commands of both kinds of client.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    path: String,
    query: Option<Query>,
    properties: Vec<String>,
}

impl Selection {
    pub(crate) fn new(path: &str) -> Self {
        Self {
            path: path.trim_end_matches('/').to_owned(),
            query: None,
            properties: Vec::new(),
        }
    }

    pub(crate) fn filter(mut self, query: Query) -> Self {
        self.query = Some(match self.query.take() {
            Some(before) => before.and(query),
            None => query,
        });
        self
    }

    pub(crate) fn properties<N: AsRef<str>>(mut self, names: &[N]) -> Self {
        self.properties = names.iter().map(|name| name.as_ref().to_owned()).collect();
        self
    }

    pub(crate) fn command(&self, verb: &str) -> Command {
        Command::new(format!("{}/{verb}", self.path))
    }

    /// `print`, `listen` and their kin, with what is wanted.
    pub(crate) fn reading(&self, verb: &str) -> Command {
        let mut command = self.command(verb);
        if !self.properties.is_empty() {
            command = command.proplist(&self.properties);
        }
        match &self.query {
            Some(query) => command.query(query),
            None => command,
        }
    }

    pub(crate) fn with<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        verb: &str,
        id: Option<&[u8]>,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Command {
        let mut command = self.command(verb);
        if let Some(id) = id {
            command = command.attribute(".id", id);
        }
        attributes
            .into_iter()
            .fold(command, |command, (name, value)| {
                command.attribute(name, value)
            })
    }
}

/// No attributes.
pub(crate) const NONE: [(&str, &str); 0] = [];

/// Whoever runs commands: a connection, a lease on one, a handle that reconnects.
#[cfg(feature = "async")]
pub trait Execute: Sync {
    /// Runs a command and gathers its answer, within the given time.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    fn execute_with(
        &self,
        command: Command,
        options: CallOptions,
    ) -> impl Future<Output = Result<Reply, CallError>> + Send;

    /// How long a command may take for which the caller gives no time of its own.
    fn command_timeout(&self) -> Duration;

    /// The address of the router, where it is known.
    fn peer(&self) -> Option<SocketAddr>;
}

/// Runs an `add` and returns the new id.
#[cfg(feature = "async")]
pub(crate) async fn new_id<E: Execute + ?Sized>(
    router: &E,
    command: Command,
) -> Result<String, CallError> {
    let path = command.path().to_vec();
    let options = CallOptions::timeout(router.command_timeout());
    let reply = router.execute_with(command, options).await?;
    let missing = || CallError::new(CallErrorKind::NoId, &path, router.peer());
    reply.id().map(str::to_owned).ok_or_else(missing)
}

/// The items of one menu, or those of them that pass a filter.
///
/// Ids are what `add` and the property `.id` give. What is not here is a
/// [`Command`] away: [`call`](Self::call), or the client's `execute`.
#[cfg(feature = "async")]
#[derive(Debug)]
#[must_use]
pub struct Menu<'a, E: ?Sized> {
    pub(crate) router: &'a E,
    pub(crate) selection: Selection,
}

#[cfg(feature = "async")]
impl<E: ?Sized> Clone for Menu<'_, E> {
    fn clone(&self) -> Self {
        Self {
            router: self.router,
            selection: self.selection.clone(),
        }
    }
}

#[cfg(feature = "async")]
impl<'a, E: Execute + ?Sized> Menu<'a, E> {
    pub(crate) fn new(router: &'a E, path: &str) -> Self {
        Self {
            router,
            selection: Selection::new(path),
        }
    }

    /// Only the items that match; several filters must all match.
    pub fn filter(&self, query: Query) -> Self {
        Self {
            router: self.router,
            selection: self.selection.clone().filter(query),
        }
    }

    /// Only these properties of the items. Rows may hold others too.
    pub fn properties<N: AsRef<str>>(&self, names: &[N]) -> Self {
        Self {
            router: self.router,
            selection: self.selection.clone().properties(names),
        }
    }

    /// The items.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn list(&self) -> Result<Vec<Row>, CallError> {
        let reply = self.run(self.selection.reading("print")).await?;
        Ok(reply.into_rows())
    }

    /// The items as a type of the caller's; see [`typed`](routeros_proto::typed).
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::UnexpectedRow`] for a row of another type.
    #[cfg(feature = "serde")]
    pub async fn list_as<T: serde_core::de::DeserializeOwned>(&self) -> Result<Vec<T>, CallError> {
        let command = self.selection.reading("print");
        let path = command.path().to_vec();
        let reply = self.run(command).await?;
        reply.rows_as().map_err(|error| {
            let kind = CallErrorKind::UnexpectedRow(error);
            CallError::new(kind, &path, self.router.peer())
        })
    }

    /// The first of the items; `None` when there is none.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn find(&self) -> Result<Option<Row>, CallError> {
        Ok(self.list().await?.into_iter().next())
    }

    /// How many items there are; rows are not sent.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn count(&self) -> Result<u64, CallError> {
        let command = self.selection.reading("print").flag("count-only");
        let reply = self.run(command).await?;
        let count = reply.done().parse("ret");
        // A router that does not know the switch sends the rows.
        Ok(count.unwrap_or_else(|_none| u64::try_from(reply.rows().len()).unwrap_or(u64::MAX)))
    }

    /// Adds an item and returns its id.
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::NoId`] when the router named none.
    pub async fn add<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<String, CallError> {
        new_id(self.router, self.selection.with("add", None, attributes)).await
    }

    /// Adds an item from a type of the caller's and returns its id; see
    /// [`typed`](routeros_proto::typed).
    ///
    /// # Errors
    /// As [`add`](Self::add); of the kind [`CallErrorKind::Invalid`] for what no attribute can hold.
    #[cfg(feature = "serde")]
    pub async fn add_as<T: serde_core::Serialize + ?Sized>(
        &self,
        item: &T,
    ) -> Result<String, CallError> {
        let command = self.selection.command("add").attributes(item);
        new_id(self.router, command).await
    }

    /// Changes properties of the item with this id.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn set<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        id: impl AsRef<[u8]>,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), CallError> {
        let command = self.selection.with("set", Some(id.as_ref()), attributes);
        self.run(command).await.map(drop)
    }

    /// Changes properties of a menu of one row, such as `/system/identity`.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn configure<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), CallError> {
        let command = self.selection.with("set", None, attributes);
        self.run(command).await.map(drop)
    }

    /// Removes the item with this id.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn remove(&self, id: impl AsRef<[u8]>) -> Result<(), CallError> {
        self.call_on("remove", id).await
    }

    /// Enables the item with this id.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn enable(&self, id: impl AsRef<[u8]>) -> Result<(), CallError> {
        self.call_on("enable", id).await
    }

    /// Disables the item with this id.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn disable(&self, id: impl AsRef<[u8]>) -> Result<(), CallError> {
        self.call_on("disable", id).await
    }

    /// Runs any other command of the menu.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &self,
        verb: &str,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Reply, CallError> {
        self.run(self.selection.with(verb, None, attributes)).await
    }

    async fn call_on(&self, verb: &str, id: impl AsRef<[u8]>) -> Result<(), CallError> {
        let command = self.selection.with(verb, Some(id.as_ref()), NONE);
        self.run(command).await.map(drop)
    }

    async fn run(&self, command: Command) -> Result<Reply, CallError> {
        let options = CallOptions::timeout(self.router.command_timeout());
        self.router.execute_with(command, options).await
    }
}
