//! The second process that cleans up.

use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};

#[test]
fn stops_and_removes_what_was_left_when_the_pipe_closes() {
    let folder = tempfile::tempdir().unwrap();
    let (left, taken_back) = (folder.path().join("left"), folder.path().join("taken back"));
    std::fs::create_dir(&left).unwrap();
    std::fs::create_dir(&taken_back).unwrap();
    let mut child = Command::new("sleep")
        .arg("600")
        .process_group(0)
        .spawn()
        .unwrap();
    let mut janitor = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("janitor")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();

    let mut pipe = janitor.stdin.take().unwrap();
    writeln!(pipe, "+group {}", child.id()).unwrap();
    writeln!(pipe, "+folder {}", left.display()).unwrap();
    writeln!(pipe, "+folder {}", taken_back.display()).unwrap();
    writeln!(pipe, "-folder {}", taken_back.display()).unwrap();
    drop(pipe);

    // Reaped here first: to the janitor a dead child that nobody reaped is still there.
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert!(janitor.wait().unwrap().success());
    assert!(!left.exists());
    assert!(taken_back.exists());
}
