//! The reference page: complete without the internet, and with no script but its own.

use crate::harness::world::World;

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let world = World::new();
    let page = world.get("/docs").send();
    page.expect(200);
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let html = page.text();
    assert!(
        !html.contains("http:") && !html.contains("https:"),
        "{html}"
    );
    assert!(
        !html.contains("<script>") && !html.contains("<style"),
        "{html}"
    );

    // Everything that the page names is there, and comes from this server.
    let names: Vec<&str> = html
        .split('"')
        .filter(|part| part.starts_with('/'))
        .collect();
    assert!(names.len() >= 5, "{html}");
    for name in names {
        let asset = world.get(name).send();
        asset.expect(200);
        assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
    }
    for (name, kind) in [
        ("swagger-ui-bundle.js", "javascript"),
        ("swagger-ui.css", "text/css"),
    ] {
        let asset = world.get(&format!("/docs/{name}")).send();
        let found = asset.header("content-type").unwrap();
        assert!(found.contains(kind), "{name}: {found}");
    }
    let initializer = world.get("/docs/swagger-initializer.js").send();
    let script = initializer.text();
    assert!(
        script.contains("/openapi.json") && !script.contains("petstore"),
        "{script}"
    );
}

#[test]
fn other_names_under_docs_are_not_found() {
    let world = World::new();
    for name in [
        "index.html",
        "page.html",
        "swagger-ui.css.map",
        "..%2fpage.rs",
        "%2e%2e",
    ] {
        let answer = world.get(&format!("/docs/{name}")).send();
        answer.refused(404, "No encontrado");
    }
}

#[test]
fn the_older_address_leads_to_the_page() {
    let world = World::new();
    let answer = world.get("/redoc").send();
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("location"), Some("/docs"));
}
