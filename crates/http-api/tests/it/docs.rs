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

    // Everything that the page names is there.
    let mut named = 0;
    for part in html.split(['"']) {
        if part.starts_with('/') {
            let asset = world.get(part).send();
            asset.expect(200);
            assert!(!asset.text().contains("https://"), "{part}");
            assert_eq!(asset.header("x-content-type-options"), Some("nosniff"));
            named += 1;
        }
    }
    assert!(named >= 4, "{html}");
    let script = world.get("/docs/reference.js").send();
    assert_eq!(
        script.header("content-type"),
        Some("text/javascript; charset=utf-8")
    );
    assert!(
        !script.text().contains("innerHTML"),
        "descriptions must reach the page as text"
    );
    let style = world.get("/docs/reference.css").send();
    assert_eq!(
        style.header("content-type"),
        Some("text/css; charset=utf-8")
    );
}

#[test]
fn other_names_under_docs_are_not_found() {
    let world = World::new();
    for name in ["page.html", "reference.js.map", "..%2fpage.rs", "%2e%2e"] {
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
