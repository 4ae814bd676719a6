//! Rebuilds the crate when a migration comes, goes or changes: they are embedded.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
