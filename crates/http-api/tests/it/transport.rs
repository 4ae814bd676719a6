//! Methods that a path does not have, and clients that take their time.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use http_api::state::Timeouts;

use crate::harness::world::{Options, World};

/// Short, so that nobody waits for long; whatever they are, a stalled client meets them.
const SHORT: Duration = Duration::from_millis(500);

fn world(timeouts: Timeouts) -> World {
    World::build(Options {
        timeouts: Some(timeouts),
        ..Options::default()
    })
}

/// A server that soon has enough of a body.
fn impatient() -> World {
    world(Timeouts {
        body: SHORT,
        ..Timeouts::default()
    })
}

/// Sends what the client has to say and then nothing more.
fn say(world: &World, said: &str) -> TcpStream {
    let mut stream = TcpStream::connect(world.address()).unwrap();
    stream.write_all(said.as_bytes()).unwrap();
    stream
}

/// What the server says until it hangs up.
fn listen(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn stalled(world: &World, said: &str) -> String {
    listen(say(world, said))
}

/// Sends a little now and then, until the server hangs up.
fn dribble(mut stream: TcpStream, little: &[u8]) {
    let pace = Duration::from_millis(20);
    stream.set_read_timeout(Some(pace)).unwrap();
    while stream.write_all(little).is_ok() {
        // Waits for as long, unless there is something to read.
        if matches!(stream.read(&mut [0; 1024]), Ok(0)) {
            return;
        }
    }
}

#[test]
fn a_head_that_never_ends_is_cut() {
    let world = world(Timeouts {
        head: SHORT,
        ..Timeouts::default()
    });
    for said in ["", "G", "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let answer = stalled(&world, said);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
}

#[test]
fn a_body_that_never_ends_is_cut() {
    let world = impatient();
    let shop = world.shop("cafe");
    let credentials = format!(
        "Authorization: Bearer {}\r\nX-API-Key: {}\r\n",
        shop.operator, shop.key
    );
    for path in [
        "/api/v1/auth/login",
        "/api/v1/payments/pagar-conekta",
        "/api/v1/webhook/mercado-pago",
        "/api/v1/admin/products",
    ] {
        let said = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\n{credentials}Content-Type: application/json\r\n\
             Content-Length: 1000\r\n\r\n{{"
        );
        let answer = stalled(&world, &said);
        assert!(answer.starts_with("HTTP/1.1 408"), "{path}: {answer}");
        assert!(answer.contains("tardó demasiado"), "{path}: {answer}");
    }
    let logo = format!(
        "POST /api/v1/admin/mi-empresa/logo HTTP/1.1\r\nHost: x\r\n{credentials}\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n"
    );
    let answer = stalled(&world, &logo);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn a_connection_that_is_not_used_is_cut() {
    let world = world(Timeouts {
        unused: SHORT,
        ..Timeouts::default()
    });
    let mut stream = say(&world, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    let mut seen = Vec::new();
    while !seen.ends_with(b"}") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        seen.extend(byte);
    }
    // The head of a second request dribbles in.
    stream
        .write_all(b"GET /health HTTP/1.1\r\nX-Slow: ")
        .unwrap();
    dribble(stream, b"a");
}

#[test]
fn a_body_that_dribbles_in_chunks_is_cut() {
    let world = world(Timeouts {
        body: SHORT,
        unused: SHORT,
        ..Timeouts::default()
    });
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    dribble(say(&world, head), b"1\r\n \r\n");
}

#[test]
fn a_body_that_nobody_wants_does_not_hold_the_connection() {
    let world = impatient();
    let shop = world.shop("cafe");
    let said = format!(
        "POST /api/v1/auth/logout HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Length: 1000\r\n\r\n{{",
        shop.operator
    );
    let answer = stalled(&world, &said);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_path_names_the_methods_that_it_has() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (method, path, allowed) in [
        ("POST", "/health", "GET, HEAD"),
        ("DELETE", "/api/v1/auth/login", "POST"),
        ("PATCH", "/admin/empresas", "POST, GET, HEAD"),
        ("PUT", "/api/v1/payments/pagar-conekta", "POST"),
    ] {
        let answer = world.call(method, path).session(&shop.operator).send();
        answer.refused(405, "Método no permitido");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        assert!(answer.header("x-request-id").is_some());
    }
}

#[test]
fn a_head_request_is_answered_without_a_body() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (path, status) in [
        ("/health", 200),
        ("/docs", 200),
        ("/api/v1/catalogo_perfiles_venta", 200),
        ("/api/v1/catalogo_perfiles_venta/999", 404),
        ("/nada", 404),
    ] {
        let answer = world.call("HEAD", path).key(&shop.key).send();
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.bytes.is_empty(), "{path}");
    }
    let unknown = world.call("HEAD", "/api/v1/config/public").send();
    assert_eq!(unknown.status, 401);
}

#[test]
fn an_address_has_so_many_connections_and_gets_them_back() {
    let world = World::build(Options {
        max_connections_per_address: 8,
        ..Options::default()
    });
    // One is spoken over, so that the server has accepted the ones before it.
    let spoken = |world: &World| {
        let mut stream = say(world, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        let mut start = [0; 12];
        stream.read_exact(&mut start).map(|()| (stream, start))
    };
    let mut open = Vec::new();
    while let Ok((stream, start)) = spoken(&world) {
        assert_eq!(&start, b"HTTP/1.1 200");
        open.push(stream);
        assert!(open.len() <= 8, "more than the address may have");
    }
    assert!(open.len() >= 6, "{}", open.len());
    open.clear();
    // Their places come back.
    loop {
        if spoken(&world).is_ok() {
            break;
        }
    }
}
