//! The blocking client as a Python module; see the README.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyInt, PyString};
use routeros_client::blocking::{self, Rows};
use routeros_client::{
    CallError, CallOptions, Command, ConnectOptions, Effect, Query, Row, Timeouts, Tls, Trust,
};

pyo3::create_exception!(routeros, ConnectError, pyo3::exceptions::PyConnectionError);
pyo3::create_exception!(routeros, ApiError, pyo3::exceptions::PyException);
pyo3::create_exception!(routeros, TrapError, ApiError);

/// Connects and logs in.
#[pyfunction]
#[pyo3(signature = (host, port, user, password, *, tls=None, timeout=30.0))]
fn connect(
    py: Python<'_>,
    host: &str,
    port: u16,
    user: &str,
    password: &str,
    tls: Option<&str>,
    timeout: f64,
) -> PyResult<Api> {
    let timeout = seconds(timeout)?;
    let tls = match tls {
        None => Tls::Off,
        Some("first-use") => Tls::On(Trust::FirstUse),
        Some("insecure") => Tls::On(Trust::Insecure),
        Some("public") => Tls::On(Trust::PublicRoots),
        Some(pin) => {
            let unknown = "tls is neither a known word nor a SHA-256";
            let pin = pin.parse();
            Tls::On(Trust::Pinned(pin.map_err(|_error| PyValueError::new_err(unknown))?))
        }
    };
    let options = ConnectOptions::new(host, port, user, password)
        .tls(tls)
        .timeouts(Timeouts::default().with_command(timeout));
    let client = open(py, &options)?;
    Ok(Api {
        fingerprint: client.fingerprint().map(|one| one.to_string()),
        options,
        client: Mutex::new(Some(client)),
    })
}

fn open(py: Python<'_>, options: &ConnectOptions) -> PyResult<blocking::Client> {
    py.detach(|| blocking::connect(options))
        .map_err(|error| ConnectError::new_err(error.to_string()))
}

fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A connection to a router. Calls of several threads wait for each other.
#[pyclass(frozen)]
struct Api {
    options: ConnectOptions,
    client: Mutex<Option<blocking::Client>>,
    /// SHA-256 of the certificate that the router showed; `None` without TLS.
    #[pyo3(get)]
    fingerprint: Option<String>,
}

impl Api {
    fn execute(&self, py: Python<'_>, command: &Command) -> PyResult<routeros_client::Reply> {
        // Waited for without the interpreter's lock: whoever holds this one may want that one.
        let outcome = py.detach(|| {
            let mut client = lock(&self.client);
            client.as_mut().map(|client| client.execute(command))
        });
        let closed = || PyRuntimeError::new_err("the connection was closed");
        outcome
            .ok_or_else(closed)?
            .map_err(|error| failed(py, &error))
    }
}

/// A panic elsewhere spoils nothing: a client is consistent between any two calls.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl Api {
    /// A menu such as `/ppp/secret`.
    fn menu(slf: Py<Self>, path: String) -> Menu {
        Menu { api: slf, path }
    }

    /// Runs any command; returns its rows and the attributes of its end.
    #[pyo3(signature = (path, attributes=None))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        path: &str,
        attributes: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<(Vec<Bound<'py, PyDict>>, Bound<'py, PyDict>)> {
        let command = with(Command::new(path), attributes)?;
        let reply = self.execute(py, &command)?;
        Ok((rows(py, reply.rows())?, dict(py, reply.done())?))
    }

    /// Closes the connection.
    fn close(&self) {
        lock(&self.client).take();
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __exit__(&self, _kind: Py<PyAny>, _value: Py<PyAny>, _trace: Py<PyAny>) {
        self.close();
    }
}

/// The items under one path.
#[pyclass(frozen)]
struct Menu {
    api: Py<Api>,
    path: String,
}

impl Menu {
    fn command(&self, verb: &str) -> Command {
        Command::new(format!("{}/{verb}", self.path.trim_end_matches('/')))
    }

    fn reading(
        &self,
        verb: &str,
        condition: Option<&Bound<'_, PyDict>>,
        properties: Option<Vec<String>>,
    ) -> PyResult<Command> {
        let mut command = self.command(verb);
        if let Some(properties) = properties {
            command = command.proplist(&properties);
        }
        for (name, value) in condition.into_iter().flatten() {
            let name: String = name.extract()?;
            command = match value.cast::<PyBool>() {
                Ok(value) if value.is_true() => command.query(&Query::is_true(name)),
                Ok(_) => command.query(&Query::is_false(name)),
                Err(_) => match bytes(&value)? {
                    Some(value) => command.query_equal(name, value),
                    None => command.query(&Query::lacks(name)),
                },
            };
        }
        Ok(command)
    }
}

#[pymethods]
impl Menu {
    /// The items that match all of `where`.
    #[pyo3(signature = (r#where=None, properties=None))]
    fn list<'py>(
        &self,
        py: Python<'py>,
        r#where: Option<&Bound<'py, PyDict>>,
        properties: Option<Vec<String>>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let command = self.reading("print", r#where, properties)?;
        let reply = self.api.get().execute(py, &command)?;
        rows(py, reply.rows())
    }

    /// Adds an item and returns its id.
    fn add(&self, py: Python<'_>, item: &Bound<'_, PyDict>) -> PyResult<String> {
        let command = with(self.command("add"), Some(item))?;
        let reply = self.api.get().execute(py, &command)?;
        let id = reply.id().map(str::to_owned);
        id.ok_or_else(|| ApiError::new_err("the router named no id"))
    }

    /// Changes properties of the item with this id; with `None`, of a menu of one row.
    #[pyo3(signature = (id, changes))]
    fn set(&self, py: Python<'_>, id: Option<&str>, changes: &Bound<'_, PyDict>) -> PyResult<()> {
        let mut command = self.command("set");
        if let Some(id) = id {
            command = command.attribute(".id", id);
        }
        let command = with(command, Some(changes))?;
        self.api.get().execute(py, &command).map(drop)
    }

    /// Removes the item with this id.
    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        let command = self.command("remove").attribute(".id", id);
        self.api.get().execute(py, &command).map(drop)
    }

    /// Changes as they happen, on a connection of its own. With `timeout` it ends with an error
    /// when nothing came for so many seconds.
    #[pyo3(signature = (*, r#where=None, timeout=None))]
    fn listen(
        &self,
        py: Python<'_>,
        r#where: Option<&Bound<'_, PyDict>>,
        timeout: Option<f64>,
    ) -> PyResult<Listener> {
        let command = self.reading("listen", r#where, None)?;
        let options = match timeout {
            None => CallOptions::unbounded(),
            Some(timeout) => CallOptions::idle_timeout(seconds(timeout)?),
        };
        let client = open(py, &self.api.get().options)?;
        let rows = py.detach(|| client.into_rows(&command, options));
        Ok(Listener {
            rows: Mutex::new(Some(rows.map_err(|error| failed(py, &error))?)),
        })
    }
}

/// An iterator over changes.
#[pyclass(frozen)]
struct Listener {
    rows: Mutex<Option<Rows<blocking::Client>>>,
}

#[pymethods]
impl Listener {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let row = py.detach(|| lock(&self.rows).as_mut().and_then(Iterator::next));
        match row {
            None => Ok(None),
            Some(Ok(row)) => dict(py, &row).map(Some),
            Some(Err(error)) => Err(failed(py, &error)),
        }
    }

    /// Stops listening.
    fn close(&self) {
        lock(&self.rows).take();
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __exit__(&self, _kind: Py<PyAny>, _value: Py<PyAny>, _trace: Py<PyAny>) {
        self.close();
    }
}

/// The bytes of a value; `None` for None.
fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
    if value.is_none() {
        return Ok(None);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        let word = if flag.is_true() { "yes" } else { "no" };
        return Ok(Some(word.into()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Some(text.to_cow()?.as_bytes().to_vec()));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes().to_vec()));
    }
    if value.cast::<PyInt>().is_ok() {
        return Ok(Some(value.str()?.to_cow()?.as_bytes().to_vec()));
    }
    let message = "values are str, bytes, bool, int or None";
    Err(PyTypeError::new_err(message))
}

fn with(mut command: Command, attributes: Option<&Bound<'_, PyDict>>) -> PyResult<Command> {
    for (name, value) in attributes.into_iter().flatten() {
        if let Some(value) = bytes(&value)? {
            command = command.attribute(name.extract::<String>()?, value);
        }
    }
    Ok(command)
}

fn rows<'py>(py: Python<'py>, rows: &[Row]) -> PyResult<Vec<Bound<'py, PyDict>>> {
    rows.iter().map(|row| dict(py, row)).collect()
}

fn dict<'py>(py: Python<'py>, row: &Row) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in row.attributes() {
        let name = routeros_client::Value::new(name).text();
        dict.set_item(name, value.text())?;
    }
    Ok(dict)
}

fn failed(py: Python<'_>, error: &CallError) -> PyErr {
    let text = error.to_string();
    let raised = match error.refusal() {
        Some(_) => TrapError::new_err(text),
        None => ApiError::new_err(text),
    };
    let effect = match error.effect() {
        Effect::None => "none",
        Effect::Refused => "refused",
        Effect::Unknown => "unknown",
    };
    // Setting attributes of an exception that was just made cannot fail.
    let value = raised.value(py);
    drop(value.setattr("effect", effect));
    drop(value.setattr("command", error.command()));
    raised
}

/// A client for the API of MikroTik routers.
#[pymodule]
mod routeros {
    #[pymodule_export]
    use super::{Api, ApiError, ConnectError, Listener, Menu, TrapError, connect};
}
