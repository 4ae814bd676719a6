//! The adapter against the simulated router.

#[cfg(test)]
mod access;
#[cfg(test)]
mod admin;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod cost;
#[cfg(test)]
mod cut;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod reconnect;
#[cfg(test)]
mod users;
#[cfg(test)]
mod world;
