//! Scripts and pages: parsed, run on a simulated router, and sold through.

#[cfg(test)]
mod interpreter;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod parser;
#[cfg(test)]
mod quotes;
#[cfg(test)]
mod run;
#[cfg(test)]
mod scripts;
#[cfg(test)]
mod world;
