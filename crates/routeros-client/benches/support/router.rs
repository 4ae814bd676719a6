//! A router that answers every command with one row, on threads of its own.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use routeros_client::proto::decoder::Decoder;
use routeros_client::proto::limits::Limits;
use routeros_client::proto::reply::{ReplyKind, write};
use routeros_client::proto::request::CommandRef;

/// Starts it and returns its port.
pub(crate) fn start() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Ends with the connection, with or without an error.
            thread::Builder::new()
                .stack_size(256 << 10)
                .spawn(move || serve(stream))
                .map(drop)
                .unwrap_or_default();
        }
    });
    Ok(port)
}

fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut decoder = Decoder::new(Limits::client());
    let mut chunk = vec![0; 16 << 10];
    let mut out = Vec::new();
    loop {
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        decoder.feed(chunk.get(..count).unwrap_or_default());
        while let Some(sentence) = decoder.next_sentence().map_err(io::Error::other)? {
            let command = CommandRef::parse(sentence).map_err(io::Error::other)?;
            let tag = command.tag().unwrap_or_default();
            if command.path() != b"/login" {
                let row = write(&mut out, ReplyKind::Re, tag);
                let row = row.attribute(".id", "*1F").attribute("name", "PT-K7Q2M");
                row.finish().map_err(io::Error::other)?;
            }
            let done = write(&mut out, ReplyKind::Done, tag);
            done.finish().map_err(io::Error::other)?;
        }
        stream.write_all(&out)?;
        out.clear();
    }
}
