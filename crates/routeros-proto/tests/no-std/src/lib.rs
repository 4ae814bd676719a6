//! Compiles only while nothing beneath `routeros-proto` links `std`: `std` has a panic handler, and
//! a program may have one only.
#![no_std]

use core::panic::PanicInfo;
use core::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::{CallOptions, Config, Connection};

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// Uses the crate, so that it is linked and not only named.
pub fn submits() -> bool {
    let mut connection = Connection::new(Config::default());
    let command = Command::new("/system/identity/print");
    connection
        .submit(&command, CallOptions::default(), Duration::ZERO)
        .is_ok()
}
