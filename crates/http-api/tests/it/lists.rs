//! Filters of the short lists: they narrow, and without them everything is there.

use serde_json::Value;

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
