//! Logos: what is taken, what is refused, and how they are served.

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::{World, text};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and the rest of a picture";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF and the rest";
const WEBP: &[u8] = b"RIFF\x10\0\0\0WEBPVP8 and the rest";
const UPLOAD: &str = "/api/v1/admin/mi-empresa/logo";
const MIB: usize = 1024 * 1024;

fn form(part: &str, file_name: &str, content: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--limit\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{file_name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    body
}

fn upload(world: &World, shop: &Shop, file_name: &str, content: &[u8]) -> Answer {
    world.post(UPLOAD).session(&shop.operator).bytes(
        "multipart/form-data; boundary=limit",
        form("file", file_name, content),
    )
}

fn logo_url(world: &World, shop: &Shop) -> Option<String> {
    let company = world
        .get("/api/v1/admin/mi-empresa")
        .session(&shop.operator)
        .send();
    company.expect(200)["logo_url"].as_str().map(str::to_owned)
}

#[test]
fn a_logo_is_stored_shown_and_served() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (name, content, ending, kind) in [
        ("Mi Logo.PNG", PNG, ".png", "image/png"),
        ("foto.jpeg", JPEG, ".jpg", "image/jpeg"),
        ("foto.jpg", JPEG, ".jpg", "image/jpeg"),
        ("x.webp", WEBP, ".webp", "image/webp"),
    ] {
        let answer = upload(&world, &shop, name, content);
        let saved = answer.expect(200);
        assert_eq!(saved["message"], "Logo actualizado correctamente");
        let url = text(saved, "logo_url");
        let start = format!("/static/logos/logo_{}_", shop.tenant);
        let mark = url
            .strip_prefix(&start)
            .unwrap()
            .strip_suffix(ending)
            .unwrap();
        assert!(
            mark.len() == 6
                && mark
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
            "{url}"
        );
        assert_eq!(logo_url(&world, &shop), Some(url.clone()));
        let config = world.get("/api/v1/config/public").key(&shop.key).send();
        assert_eq!(config.expect(200)["empresa"]["logo_url"], url);

        let served = world.get(&url).send();
        served.expect(200);
        assert_eq!(served.bytes, content);
        assert_eq!(served.header("content-type"), Some(kind));
        assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            served.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        assert_eq!(
            served.header("content-security-policy"),
            Some("default-src 'none'; sandbox")
        );
    }
}

#[test]
fn a_browser_that_has_the_logo_is_told_so() {
    let world = World::new();
    let shop = world.shop("cafe");
    let url = text(upload(&world, &shop, "a.png", PNG).expect(200), "logo_url");
    let served = world.get(&url).send();
    let tag = served.header("etag").unwrap().to_owned();
    assert!(tag.starts_with('"') && tag.len() > 10, "{tag}");
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let again = world.get(&url).header("If-None-Match", &known).send();
        assert_eq!(again.status, 304, "{known}");
        assert!(again.bytes.is_empty(), "{known}");
        assert_eq!(again.header("etag"), Some(tag.as_str()));
    }
    let other = world.get(&url).header("If-None-Match", "\"other\"").send();
    other.expect(200);
}

#[test]
fn a_new_logo_takes_the_place_of_the_old_one() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    let theirs = text(upload(&world, &other, "a.png", PNG).expect(200), "logo_url");
    let first = text(upload(&world, &shop, "a.png", PNG).expect(200), "logo_url");
    let second = text(
        upload(&world, &shop, "b.webp", WEBP).expect(200),
        "logo_url",
    );
    assert_ne!(first, second);
    world.get(&first).send().refused(404, "No encontrado");
    world.get(&second).send().expect(200);
    world.get(&theirs).send().expect(200);
}

#[test]
fn nothing_but_pictures_is_taken() {
    let world = World::new();
    let shop = world.shop("cafe");
    for (name, content) in [
        ("a.svg", &b"<svg onload=alert(1)>"[..]),
        ("a.png", b"<svg onload=alert(1)>"),
        ("a.png", JPEG),
        ("a.jpg", PNG),
        ("a.webp", b"RIFF\x10\0\0\0WAVEfmt "),
        ("a.gif", b"GIF89a"),
        ("a.png.exe", PNG),
        ("png", PNG),
        ("", PNG),
        ("a.png", b""),
    ] {
        let answer = upload(&world, &shop, name, content);
        answer.refused(400, "Formato de imagen no permitido");
    }
    assert_eq!(logo_url(&world, &shop), None);
}

#[test]
fn two_mebibytes_are_the_limit() {
    let world = World::new();
    let shop = world.shop("cafe");
    let mut content = PNG.to_vec();
    content.resize(2 * MIB, 7);
    upload(&world, &shop, "a.png", &content).expect(200);
    let taken = logo_url(&world, &shop);
    content.push(7);
    for size in [2 * MIB + 1, 5 * MIB] {
        content.resize(size, 7);
        let answer = upload(&world, &shop, "a.png", &content);
        answer.refused(413, "El logo no debe pesar más de 2 MiB");
    }
    assert_eq!(logo_url(&world, &shop), taken);
    // Other parts count as well: the limit cannot be passed beside the file.
    let mut body = form("otro", "b.bin", &content);
    body.truncate(body.len() - "--\r\n".len());
    body.extend_from_slice(b"\r\n");
    body.extend_from_slice(
        form("file", "a.png", PNG)
            .strip_prefix(b"--limit\r\n")
            .unwrap(),
    );
    let answer = world
        .post(UPLOAD)
        .session(&shop.operator)
        .bytes("multipart/form-data; boundary=limit", body);
    assert_eq!(answer.status, 413, "{}", answer.text());
}

#[test]
fn a_body_without_the_file_is_refused_with_the_field() {
    let world = World::new();
    let shop = world.shop("cafe");
    let send = |kind: &str, body: Vec<u8>| {
        let request = world.post(UPLOAD).session(&shop.operator);
        request.bytes(kind, body)
    };
    let multipart = "multipart/form-data; boundary=limit";
    let missing = send(multipart, form("imagen", "a.png", PNG));
    assert_eq!(
        missing.problems(),
        [("body.file".to_owned(), "missing".to_owned())]
    );
    for (kind, body) in [
        ("application/json", b"{}".to_vec()),
        ("multipart/form-data", form("file", "a.png", PNG)),
        (multipart, b"garbage".to_vec()),
        (multipart, form("file", "a.png", PNG)[..60].to_vec()),
        (multipart, Vec::new()),
    ] {
        send(kind, body).refuses_field("body.file");
    }
    assert_eq!(logo_url(&world, &shop), None);
}

#[test]
fn no_path_leads_out_of_the_logos() {
    let world = World::new();
    let shop = world.shop("cafe");
    let url = text(upload(&world, &shop, "a.png", PNG).expect(200), "logo_url");
    let name = url.rsplit('/').next().unwrap();
    for path in [
        "/static/".to_owned(),
        "/static/logos".to_owned(),
        "/static/logos/".to_owned(),
        "/static/logos/../../Cargo.toml".to_owned(),
        "/static/logos/..%2f..%2fCargo.toml".to_owned(),
        "/static/logos/%2e%2e/%2e%2e/Cargo.toml".to_owned(),
        "/static/logos/%2fetc%2fpasswd".to_owned(),
        "/static/logos/..%5c..%5cCargo.toml".to_owned(),
        format!("/static/logos/{name}%00.png"),
        format!("/static/logos/{}", name.to_uppercase()),
        format!("/static/logos/x/../{name}"),
        format!("/static/{name}"),
    ] {
        let answer = world.get(&path).send();
        answer.refused(404, "No encontrado");
    }
}
