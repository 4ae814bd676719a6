//! Setting routers up and looking after them, as operators see it.

use application::settings::Settings;
use ports::hotspot::HotspotError;
use ports::router_admin::{HotspotServer, Inspection};
use serde_json::json;

use crate::harness::shop::Shop;
use crate::harness::world::World;

fn world() -> (World, Shop) {
    let world = World::with(Settings {
        public_base_url: Some("https://wifi.example.com".to_owned()),
        ..Settings::default()
    });
    let shop = world.shop("cafe");
    (world, shop)
}

fn path(shop: &Shop, end: &str) -> String {
    format!("/api/v1/admin/routers/{}/{end}", shop.router)
}

#[test]
fn a_script_is_a_file_that_nobody_keeps() {
    let (world, shop) = world();
    for (token, query) in [
        (shop.operator.clone(), ""),
        (world.owner(), "?paso=usuario"),
        (shop.operator.clone(), "?paso=jardin&desde=203.0.113.7"),
    ] {
        let answer = world
            .get(&path(&shop, &format!("setup.rsc{query}")))
            .session(&token)
            .send();
        answer.expect(200);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let name = format!("attachment; filename=\"setup-{}.rsc\"", shop.router);
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        let text = answer.text();
        assert!(text.starts_with("# RouterOS 7.17"), "{text}");
        assert_eq!(
            text.contains("password="),
            !query.contains("jardin"),
            "{text}"
        );
    }
    let wrong = world
        .get(&path(&shop, "setup.rsc?paso=todo&desde=x"))
        .session(&shop.operator);
    let problems = wrong.send().problems();
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn the_pages_are_an_archive() {
    let (world, shop) = world();
    let answer = world
        .get(&path(&shop, "hotspot.zip"))
        .session(&shop.operator)
        .send();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert!(answer.bytes.starts_with(b"PK\x03\x04"));
}

#[test]
fn without_a_public_address_there_is_nothing_to_set_up() {
    let world = World::new();
    let shop = world.shop("cafe");
    for end in ["setup.rsc", "hotspot.zip", "jardin"] {
        let answer = world.get(&path(&shop, end)).session(&shop.operator).send();
        let detail = answer.expect(409)["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("PUBLIC_BASE_URL"), "{detail}");
    }
}

#[test]
fn a_garden_is_shown_and_applied() {
    let (world, shop) = world();
    let shown = world
        .get(&path(&shop, "jardin"))
        .session(&shop.operator)
        .send();
    let body = shown.expect(200);
    assert_eq!(body["al_dia"], false);
    let missing = body["faltan"].as_array().unwrap().len();
    assert!(missing > 10, "{body}");
    let applied = world
        .post(&path(&shop, "jardin"))
        .session(&shop.operator)
        .send();
    let body = applied.expect(200);
    assert_eq!(body["al_dia"], true);
    assert_eq!(body["presentes"].as_array().unwrap().len(), missing);
    world.router_admin.fail(Some(HotspotError::TimedOut));
    world
        .get(&path(&shop, "jardin"))
        .session(&shop.operator)
        .send()
        .expect(400);
}

#[test]
fn a_diagnosis_says_what_to_do() {
    let (world, shop) = world();
    world.router_admin.show(Inspection {
        may_write: true,
        hotspot_is_allowed: Some(false),
        profiles: vec!["1hora".to_owned()],
        version: Some("7.19.4 (stable)".to_owned()),
        servers: vec![HotspotServer {
            name: "hotspot1".to_owned(),
            interface: Some("bridge".to_owned()),
            interface_is_running: true,
            is_running: true,
        }],
        ..Inspection::default()
    });
    world
        .post(&path(&shop, "jardin"))
        .session(&shop.operator)
        .send()
        .expect(200);
    let answer = world
        .get(&path(&shop, "diagnostico"))
        .session(&shop.operator)
        .send();
    let body = answer.expect(200);
    assert_eq!(body["estado"], "avisos");
    assert_eq!(body["hallazgos"].as_array().unwrap().len(), 1, "{body}");
    let finding = &body["hallazgos"][0];
    assert_eq!(finding["codigo"], "modo_dispositivo");
    assert_eq!(finding["severidad"], "error");
    let command = "/system/device-mode/update hotspot=yes scheduler=yes fetch=yes";
    assert_eq!(finding["comando"], command);
    world.router_admin.fail(Some(HotspotError::Unreachable));
    let answer = world
        .get(&path(&shop, "diagnostico"))
        .session(&world.owner())
        .send();
    let body = answer.expect(200);
    assert_eq!(body["estado"], "caido");
    assert_eq!(body["hallazgos"][0]["codigo"], "inalcanzable");
}

#[test]
fn a_customers_case_ends_in_a_verdict() {
    let (world, shop) = world();
    world.buy(&shop, "tok_1").expect(200);
    let sales = world.sales(&shop);
    let id = sales["transacciones"][0]["id"].as_i64().unwrap();
    let path = format!("/api/v1/admin/mi-empresa/transacciones/{id}/diagnostico");
    let answer = world.get(&path).session(&shop.operator).send();
    let body = answer.expect(200);
    assert_eq!(body["codigo"], "usuario_no_esta");
    assert_eq!(body["hechos"]["usuario_en_router"], false);
    assert_eq!(body["hechos"]["estado_pago"], "paid");
    assert!(body["siguiente_paso"].is_string());
}

#[test]
fn lists_show_how_routers_were() {
    let (world, shop) = world();
    let list = || {
        let answer = world
            .get("/api/v1/admin/mi-empresa/routers")
            .session(&shop.operator);
        answer.send().expect(200)["routers"][0].clone()
    };
    assert_eq!(list()["estado"], json!(null));
    world.router_admin.fail(Some(HotspotError::TimedOut));
    let checked = application::jobs::router_checks::check_routers(&world.app);
    futures::executor::block_on(checked).unwrap();
    assert_eq!(list()["estado"], "caido");
    assert!(list()["estado_desde"].is_string());
    let numbers = world
        .get("/api/v1/admin/mi-empresa/dashboard")
        .session(&shop.operator);
    let numbers = numbers.send().expect(200)["estadisticas"].clone();
    assert_eq!(
        (&numbers["routers_caidos"], &numbers["routers_con_avisos"]),
        (&json!(1), &json!(0))
    );
}
