//! The client against routers that the tests play themselves, byte by byte where it matters.

#[cfg(test)]
mod blocking;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod login;
#[cfg(test)]
mod menus;
#[cfg(test)]
mod misuse;
#[cfg(test)]
mod pool;
#[cfg(test)]
mod router;
#[cfg(test)]
mod spans;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tls;
