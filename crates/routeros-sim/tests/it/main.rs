//! The simulator over real TCP, seen by a small raw client.

#[cfg(test)]
mod binary;
#[cfg(test)]
mod client;
#[cfg(test)]
mod control;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod first;
#[cfg(test)]
mod hotspot;
#[cfg(test)]
mod listening;
#[cfg(test)]
mod network;
#[cfg(test)]
mod port;
#[cfg(test)]
mod prints;
#[cfg(test)]
mod recipes;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod tls;
