//! One bounded HTTP exchange, classified by what is known of it afterwards.

pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod client;
pub(crate) mod deadline;
