//! Logging in: the plain form, the challenge of old routers, and the two in one.

use alloc::vec::Vec;
use core::fmt;

use crate::command::Command;
use crate::md5::md5;
use crate::reply::{ReplyKind, ReplyRef};
use crate::secret::Secret;
use crate::trap::Trap;

/// Who logs in. The password is zeroed on drop and never shown.
///
/// ```
/// use routeros_proto::login::Credentials;
/// let credentials = Credentials::new("api", "hunter2");
/// assert_eq!(credentials.user(), b"api");
/// assert!(!format!("{credentials:?}").contains("hunter2"));
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    user: Vec<u8>,
    password: Secret,
}

impl Credentials {
    /// A user name and password, as bytes: old routers may hold them in a code page.
    #[must_use]
    pub fn new(user: impl AsRef<[u8]>, password: impl AsRef<[u8]>) -> Self {
        Self {
            user: Vec::from(user.as_ref()),
            password: Secret::new(password),
        }
    }

    /// The user name.
    #[must_use]
    pub fn user(&self) -> &[u8] {
        &self.user
    }
}

/// Which form of login to use.
///
/// ```
/// use routeros_proto::login::{Credentials, Login, LoginMethod};
/// // The password does not leave before a challenge came.
/// let (_, first) = Login::start(Credentials::new("api", "hunter2"), LoginMethod::ChallengeOnly);
/// assert_eq!(format!("{first:?}"), "[/login]");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoginMethod {
    /// Plain first; a challenge in the answer is responded to. Works with every version, but
    /// shows the password to whoever answers.
    #[default]
    Automatic,
    /// Plain only (6.43 and later). A challenge is a failure.
    Plain,
    /// Challenge only (before 6.43): the password never crosses the wire, not even towards an
    /// impostor. A router that sends no challenge is a failure.
    ChallengeOnly,
}

/// Why a login did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginError {
    /// The router said no. The connection stays open, and the router counts attempts.
    Refused(Trap),
    /// `ret` is not an even number of hex digits: not a router, or a broken one.
    BadChallenge,
    /// The router asked for a response although only the plain form is allowed, or asked twice.
    UnexpectedChallenge,
    /// The router sent no challenge although nothing else is allowed.
    NoChallenge,
    /// No answer in time.
    TimedOut,
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(trap) => write!(f, "login refused: {trap}"),
            Self::BadChallenge => f.write_str("login challenge is not hexadecimal"),
            Self::UnexpectedChallenge => f.write_str("router asked for a response to a challenge"),
            Self::NoChallenge => f.write_str("router sent no login challenge"),
            Self::TimedOut => f.write_str("no answer to the login in time"),
        }
    }
}

impl core::error::Error for LoginError {}

/// What to do after a reply during login.
#[derive(Debug)]
#[must_use]
pub enum LoginStep {
    /// Nothing yet: more replies follow.
    Wait,
    /// Send this, then go on.
    Send(Command),
    /// Logged in. The connection is the session; there is no token.
    Done,
    /// Not logged in.
    Failed(LoginError),
}

/// The login exchange, without I/O. [`Connection`](crate::connection::Connection) runs one for
/// you.
///
/// ```
/// use routeros_proto::{decoder::Decoder, limits::Limits, reply::ReplyRef};
/// use routeros_proto::login::{Credentials, Login, LoginMethod, LoginStep};
/// let (mut login, command) = Login::start(Credentials::new("admin", ""), LoginMethod::Automatic);
/// assert_eq!(format!("{command:?}"), "[/login, =name=admin, =password=***]");
/// let mut decoder = Decoder::new(Limits::client());
/// decoder.feed(b"\x05!done\x00");
/// let reply = ReplyRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
/// assert!(matches!(login.on_reply(&reply), LoginStep::Done));
/// # Ok::<(), routeros_proto::error::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Login {
    credentials: Credentials,
    method: LoginMethod,
    responded: bool,
    refused: Option<Trap>,
}

impl Login {
    /// Starts a login; the command is the first thing to send, untagged.
    ///
    /// ```
    /// use routeros_proto::login::{Credentials, Login, LoginMethod};
    /// let (_, first) = Login::start(Credentials::new("api", "x"), LoginMethod::Plain);
    /// assert_eq!(format!("{first:?}"), "[/login, =name=api, =password=***]");
    /// ```
    #[must_use]
    pub fn start(credentials: Credentials, method: LoginMethod) -> (Self, Command) {
        let command = match method {
            LoginMethod::ChallengeOnly => Command::new("/login"),
            LoginMethod::Automatic | LoginMethod::Plain => Command::new("/login")
                .attribute("name", credentials.user())
                .attribute("password", credentials.password.expose()),
        };
        (
            Self {
                credentials,
                method,
                responded: false,
                refused: None,
            },
            command,
        )
    }

    /// Takes a reply to the login.
    ///
    /// ```
    /// # use routeros_proto::{decoder::Decoder, limits::Limits, reply::ReplyRef};
    /// # use routeros_proto::login::{Credentials, Login, LoginMethod, LoginStep};
    /// let (mut login, _) = Login::start(Credentials::new("admin", "x"), LoginMethod::Automatic);
    /// let mut decoder = Decoder::new(Limits::client());
    /// // An old router asks for a response.
    /// decoder.feed(b"\x05!done\x25=ret=856780b7411eefd3abadee2058c149a3\x00");
    /// let reply = ReplyRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
    /// assert!(matches!(login.on_reply(&reply), LoginStep::Send(_)));
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub fn on_reply(&mut self, reply: &ReplyRef<'_>) -> LoginStep {
        match reply.kind() {
            ReplyKind::Trap => {
                // The first trap says why; a `!done` still follows.
                self.refused.get_or_insert_with(|| Trap::from(reply.row()));
                LoginStep::Wait
            }
            ReplyKind::Done => self.on_done(reply),
            _ => LoginStep::Wait,
        }
    }

    /// The refusal that was told, should its `!done` never come.
    pub(crate) const fn take_refusal(&mut self) -> Option<Trap> {
        self.refused.take()
    }

    fn on_done(&mut self, reply: &ReplyRef<'_>) -> LoginStep {
        if let Some(trap) = self.refused.take() {
            return LoginStep::Failed(LoginError::Refused(trap));
        }
        match reply.row().get("ret") {
            None if self.method == LoginMethod::ChallengeOnly && !self.responded => {
                LoginStep::Failed(LoginError::NoChallenge)
            }
            None => LoginStep::Done,
            Some(_) if self.responded || self.method == LoginMethod::Plain => {
                LoginStep::Failed(LoginError::UnexpectedChallenge)
            }
            Some(challenge) => {
                let password = self.credentials.password.expose();
                let Ok(response) = challenge_response(password, challenge.as_bytes()) else {
                    return LoginStep::Failed(LoginError::BadChallenge);
                };
                self.responded = true;
                let command = Command::new("/login")
                    .attribute("name", self.credentials.user())
                    .attribute("response", response);
                LoginStep::Send(command)
            }
        }
    }
}

/// A challenge that is not an even, non-zero number of hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadChallenge;

impl fmt::Display for BadChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("challenge is not an even number of hex digits")
    }
}

impl core::error::Error for BadChallenge {}

/// The response to a challenge given in hex: the text `00` and the MD5 of a zero byte, the
/// password and the challenge, in lower-case hex. Servers compare against it.
///
/// # Errors
/// [`BadChallenge`] when `challenge` is not an even, non-zero number of hex digits.
///
/// ```
/// use routeros_proto::login::challenge_response;
/// let response = challenge_response(b"", b"856780b7411eefd3abadee2058c149a3").unwrap();
/// assert_eq!(&response, b"005062f7a5ef124d34675bf3e81f56c556");
/// ```
pub fn challenge_response(password: &[u8], challenge: &[u8]) -> Result<[u8; 34], BadChallenge> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let challenge = unhex(challenge).ok_or(BadChallenge)?;
    let digest = md5(&[&[0], password, &challenge]);
    let mut response = [b'0'; 34];
    let nibbles = digest.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]);
    for (slot, nibble) in response.iter_mut().skip(2).zip(nibbles) {
        *slot = DIGITS.get(usize::from(nibble)).copied().unwrap_or_default();
    }
    Ok(response)
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    let pairs = text.chunks_exact(2);
    if text.is_empty() || !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| match *pair {
            [high, low] => Some(digit(high)? << 4 | digit(low)?),
            _ => None,
        })
        .collect()
}
