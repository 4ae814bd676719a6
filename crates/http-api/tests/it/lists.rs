//! Filters of the short lists: they narrow, and without them everything is there.

use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::world::World;

fn names(answer: &Answer, list: &str, field: &str) -> Vec<String> {
    let body = answer.expect(200);
    let items = if list.is_empty() { body } else { &body[list] };
    let items = items.as_array().unwrap();
    items
        .iter()
        .map(|item| item[field].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_list_is_narrowed_by_state_day_and_text() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.shop("hotel");
    let owner = world.owner();
    let tenant_routers = format!("/admin/empresas/{}/routers", shop.tenant);
    let second = world.router_of(&shop.tenant, "Azotea");
    let second = second["id"].as_str().unwrap();
    let toggle = format!("{tenant_routers}/{second}/toggle-activo");
    world.put(&toggle).session(&owner).send().expect(200);
    let lists = [
        ("/admin/empresas", "", "nombre", &owner, "hotel"),
        ("/admin/usuarios", "", "email", &owner, "hotel@x.test"),
        (tenant_routers.as_str(), "", "nombre", &owner, "Azotea"),
        (
            "/api/v1/admin/mi-empresa/routers",
            "routers",
            "nombre",
            &shop.operator,
            "Azotea",
        ),
        (
            "/api/v1/admin/products",
            "",
            "nombre_venta",
            &shop.operator,
            "1 Hora de Internet",
        ),
    ];
    for (path, list, field, token, wanted) in lists {
        let ask = |query: &str| world.get(&format!("{path}?{query}")).session(token).send();
        let all = names(&ask(""), list, field);
        assert!(all.contains(&wanted.to_owned()), "{path}");
        assert_eq!(names(&ask("desde=2026-03-04"), list, field), all, "{path}");
        assert_eq!(names(&ask("hasta=2026-03-04"), list, field), all, "{path}");
        let nothing = Vec::<String>::new();
        for query in ["desde=2026-03-05", "hasta=2026-03-03", "q=nadie-se-llama"] {
            assert_eq!(names(&ask(query), list, field), nothing, "{path}?{query}");
        }
        let text = wanted.to_uppercase().replace(' ', "%20");
        let found = names(&ask(&format!("q={text}")), list, field);
        assert_eq!(found, [wanted], "{path}");
        let active = names(&ask("activo=true"), list, field);
        let inactive = names(&ask("activo=false"), list, field);
        assert_eq!(active.len() + inactive.len(), all.len(), "{path}");
        for (query, told) in [
            ("activo=quizas", "query.activo"),
            ("desde=ayer", "query.desde"),
            ("hasta=2026-13-01", "query.hasta"),
            ("q=%00", "query.q"),
        ] {
            ask(query).refuses_field(told);
        }
    }
    let off = world
        .get(&format!("{tenant_routers}?activo=false"))
        .session(&owner)
        .send();
    assert_eq!(names(&off, "", "nombre"), ["Azotea"]);
    let total = world
        .get("/api/v1/admin/mi-empresa/routers?activo=false")
        .session(&shop.operator)
        .send();
    assert_eq!(total.expect(200)["total"], Value::from(1));
}

#[test]
fn lists_come_in_pages_for_who_asks_for_pages() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.shop("hotel");
    world.shop("plaza");
    let owner = world.owner();
    let ask = |query: &str| {
        let request = world.get(&format!("/admin/empresas{query}"));
        request.session(&owner).send()
    };
    let all = names(&ask(""), "", "nombre");
    assert_eq!(all.len(), 3);
    assert_eq!(ask("").header("x-next-cursor"), None);
    let first = ask("?limit=2");
    assert_eq!(names(&first, "", "nombre"), all[..2]);
    let cursor = first.header("x-next-cursor").unwrap();
    let last = ask(&format!("?limit=2&cursor={cursor}"));
    assert_eq!(names(&last, "", "nombre"), all[2..]);
    assert_eq!(last.header("x-next-cursor"), None);
    ask("?limit=0").refuses_field("query.limit");
    // Inside an object it is the same, and the total is of all.
    let path = "/api/v1/admin/mi-empresa/routers";
    world.router_of(&shop.tenant, "Azotea");
    let routers = world.get(&format!("{path}?limit=1"));
    let routers = routers.session(&shop.operator).send();
    assert_eq!(routers.expect(200)["total"], 2);
    assert_eq!(routers.body["routers"].as_array().unwrap().len(), 1);
    assert!(routers.header("x-next-cursor").is_some());
}

#[test]
fn a_state_is_set_however_often_it_is_asked_for() {
    let world = World::new();
    let shop = world.shop("cafe");
    let owner = world.owner();
    let of_tenant = format!("/admin/empresas/{}", shop.tenant);
    let of_router = format!("{of_tenant}/routers/{}/estado", shop.router);
    let of_user = format!("/admin/usuarios/{}/estado", shop.operator_id);
    let paths = [
        (format!("{of_tenant}/estado"), "activa"),
        (of_router, "activo"),
        (of_user, "activo"),
    ];
    for (path, field) in paths {
        for wanted in [false, false, true, true] {
            let request = world.put(&path).session(&owner);
            let answer = request.json(&json!({"activo": wanted}));
            assert_eq!(answer.expect(200)[field], wanted, "{path}");
        }
        let nothing = world.put(&path).session(&owner).json(&json!({}));
        nothing.refuses_field("body.activo");
    }
    // What changed nothing is not in the log.
    let log = world
        .get("/admin/auditoria?limit=500")
        .session(&owner)
        .send();
    let log = log.expect(200)["entradas"].as_array().unwrap().clone();
    for action in ["tenant", "router", "user"] {
        for change in ["activate", "deactivate"] {
            let action = format!("{action}.{change}");
            let entries = log.iter().filter(|entry| entry["accion"] == *action);
            assert_eq!(entries.count(), 1, "{action}");
        }
    }
}
