//! The platform owner's and public endpoints (docs/reference/http-contract.md, section 6):
//! bodies and refusals.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::{OPERATOR_PASSWORD, Shop};
use crate::harness::world::{NOW_TEXT, OWNER_EMAIL, World, text};

const NO_COMPANY: &str = "Empresa no encontrada";
const NO_ROUTER: &str = "Router no encontrado o no pertenece a la empresa";

fn get(world: &World, path: &str) -> Answer {
    world.get(path).session(&world.owner()).send()
}

fn put(world: &World, path: &str) -> Answer {
    world.put(path).session(&world.owner()).send()
}

fn post(world: &World, path: &str, body: &Value) -> Answer {
    world.post(path).session(&world.owner()).json(body)
}

fn router_path(shop: &Shop) -> String {
    format!("/admin/empresas/{}/routers/{}", shop.tenant, shop.router)
}

#[test]
fn the_service_tells_that_it_is_there() {
    let world = World::new();
    assert_eq!(
        *world.get("/").send().expect(200),
        json!({
            "message": "MikroTik Payment API", "version": "2.0.0", "status": "running",
            "timestamp": NOW_TEXT, "docs": "/docs"
        })
    );
    assert_eq!(
        *world.get("/health").send().expect(200),
        json!({"status": "healthy"})
    );
    let ready = world.get("/ready").send();
    assert_eq!(*ready.expect(200), json!({"status": "ready"}));
    assert_eq!(ready.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(ready.header("x-frame-options"), Some("DENY"));
    assert!(ready.header("x-request-id").is_some());
    let policy = ready.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    // Numbers are for this machine, not for whom a proxy on it asks.
    world.get("/metrics").send().expect(200);
    let proxied = world.get("/metrics").header("X-Forwarded-For", "127.0.0.1");
    proxied.send().refused(404, "No encontrado");
    let sent = world.get("/health").header("X-Request-Id", "abc-1").send();
    assert_eq!(sent.header("x-request-id"), Some("abc-1"));
    let harmful = world.get("/health").header("X-Request-Id", "a b").send();
    assert_ne!(harmful.header("x-request-id"), Some("a b"));
}

#[test]
fn browsers_may_call_from_the_portals_origin_only() {
    let world = World::new();
    let preflight = |origin: &str| {
        world
            .call("OPTIONS", "/api/v1/payments/pagar-conekta")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header(
                "Access-Control-Request-Headers",
                "x-api-key, content-type, idempotency-key",
            )
            .send()
    };
    let allowed = preflight("https://portal.tuempresa.test");
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(
        allowed.header("access-control-allow-origin"),
        Some("https://portal.tuempresa.test")
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let methods = allowed.header("access-control-allow-methods").unwrap();
    assert!(!methods.contains("TRACE"), "{methods}");
    let headers = allowed.header("access-control-allow-headers").unwrap();
    assert!(headers.to_lowercase().contains("x-api-key"), "{headers}");
    // A page of the hotspot is on another network than this server.
    let private = world
        .call("OPTIONS", "/api/v1/config/public")
        .header("Origin", "https://portal.tuempresa.test")
        .header("Access-Control-Request-Method", "GET")
        .header("Access-Control-Request-Private-Network", "true")
        .send();
    let allowed = private.header("access-control-allow-private-network");
    assert_eq!(allowed, Some("true"));
    let other = preflight("https://otro.test");
    assert_eq!(other.header("access-control-allow-origin"), None);
    other.refused(400, "Este origen no está permitido");
}

#[test]
fn logging_in_tells_four_fields_and_refuses_alike() {
    let world = World::new();
    let shop = world.shop("cafe");
    let login = |email: &str, password: &str| {
        let body = json!({"email": email, "password": password});
        world.post("/api/v1/auth/login").json(&body)
    };
    let answer = login(" CAFE@X.test ", OPERATOR_PASSWORD);
    let session = answer.expect(200);
    assert_eq!(
        *session,
        json!({
            "access_token": session["access_token"], "token_type": "bearer",
            "expires_at": "2026-03-05T10:00:00",
            "user": {
                "id": shop.operator_id, "email": "cafe@x.test", "nombre": "Carlos Ramírez",
                "rol": "cliente_admin", "empresa_id": shop.tenant, "activo": true
            }
        })
    );
    let owner = login(OWNER_EMAIL, "ClaveAdminFichas123!");
    assert_eq!(owner.expect(200)["user"]["empresa_id"], Value::Null);
    let wrong = "Credenciales incorrectas";
    login("cafe@x.test", "otra").refused(401, wrong);
    login("nadie@x.test", OPERATOR_PASSWORD).refused(401, wrong);
    login("cafe@x.test", &"x".repeat(1000)).refused(401, wrong);
    put(
        &world,
        &format!("/admin/usuarios/{}/toggle-activo", shop.operator_id),
    );
    // Only who knows the password is told that the account is switched off.
    login("cafe@x.test", "otra").refused(401, wrong);
    login("cafe@x.test", OPERATOR_PASSWORD)
        .refused(401, "Usuario inactivo. Contacta al administrador.");
    let current = json!({"current_password": "falsa", "new_password": "OtraClave789!"});
    post(&world, "/api/v1/auth/change-password", &current)
        .refused(400, "Contraseña actual incorrecta");
    let logout = post(&world, "/api/v1/auth/logout", &json!({}));
    assert_eq!(
        *logout.expect(200),
        json!({"message": "Sesión cerrada exitosamente"})
    );
}

#[test]
fn companies_are_listed_counted_and_switched() {
    let world = World::new();
    let first = world.tenant("Plaza Sol WiFi");
    world.clock.advance(Duration::from_secs(1));
    let second = world.tenant("Otra");
    let listed = get(&world, "/admin/empresas");
    let companies = listed.expect(200).as_array().unwrap();
    assert_eq!(companies.len(), 2);
    assert_eq!(
        companies[0],
        json!({
            "id": first, "nombre": "Plaza Sol WiFi", "contacto_email": "contacto@cafe.test",
            "contacto_telefono": null, "conekta_mode": "test", "activa": true,
            "creada_en": NOW_TEXT
        })
    );
    assert_eq!(companies[1]["id"], second);

    let path = format!("/admin/empresas/{second}/toggle-activo");
    assert_eq!(
        *put(&world, &path).expect(200),
        json!({"message": "Empresa desactivada", "empresa_id": second, "activa": false})
    );
    let dashboard = get(&world, "/admin/dashboard");
    assert_eq!(
        *dashboard.expect(200),
        json!({
            "estadisticas": {"total_empresas": 2, "empresas_activas": 1, "total_usuarios": 1},
            "timestamp": "2026-03-04T10:00:01"
        })
    );
    put(&world, &path).expect(200);

    world.operator_of(&first, "a@x.test");
    let router = text(&world.router_of(&first, "R"), "id");
    world.router_of(&first, "S");
    put(
        &world,
        &format!("/admin/empresas/{first}/routers/{router}/toggle-activo"),
    )
    .expect(200);
    let stats = get(&world, &format!("/admin/empresas/{first}/stats"));
    assert_eq!(
        *stats.expect(200),
        json!({
            "empresa": {
                "id": first, "nombre": "Plaza Sol WiFi", "activa": true, "creada_en": NOW_TEXT,
                "contacto_email": "contacto@cafe.test"
            },
            "estadisticas": {
                "total_routers": 2, "routers_activos": 1, "routers_inactivos": 1,
                "total_usuarios_admin": 1, "api_keys_activas": 2
            }
        })
    );
    get(&world, "/admin/empresas/EMP_0123456789/stats").refused(404, NO_COMPANY);
    put(&world, "/admin/empresas/nada/toggle-activo").refused(404, NO_COMPANY);
}

#[test]
fn routers_are_shown_switched_and_deleted() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    let base = router_path(&shop);
    let router = get(&world, &base);
    assert_eq!(
        *router.expect(200),
        json!({
            "id": shop.router, "empresa_id": shop.tenant, "nombre": "Router cafe",
            "host": "10.9.0.2", "puerto": 8728, "ubicacion": null, "activo": true,
            "creado_en": NOW_TEXT, "tls_modo": "ninguno"
        })
    );
    let listed = get(&world, &format!("/admin/empresas/{}/routers", shop.tenant));
    assert_eq!(*listed.expect(200), json!([router.body]));
    get(&world, "/admin/empresas/EMP_0123456789/routers").refused(404, NO_COMPANY);
    let mixed = format!("/admin/empresas/{}/routers/{}", shop.tenant, other.router);
    get(&world, &mixed).refused(404, NO_ROUTER);

    let path = format!("/admin/empresas/{}/routers", shop.tenant);
    let mut body = json!({
        "nombre": "R", "host": "10.0.0.1", "usuario": "u", "password": "p",
        "empresa_id": other.tenant,
    });
    post(&world, &path, &body).refused(400, "empresa_id no coincide con la empresa de la ruta");
    body["empresa_id"] = json!("EMP_0123456789");
    let missing = "/admin/empresas/EMP_0123456789/routers";
    post(&world, missing, &body).refused(404, NO_COMPANY);

    let toggle = format!("{base}/toggle-activo");
    assert_eq!(
        *put(&world, &toggle).expect(200),
        json!({
            "message": "Router desactivado correctamente", "router_id": shop.router,
            "activo": false
        })
    );
    post(&world, &format!("{base}/regenerate-api-key"), &json!({}))
        .refused(400, "No se puede regenerar API key de un router inactivo");
    assert_eq!(
        put(&world, &toggle).expect(200)["message"],
        "Router activado correctamente"
    );
    let unknown = format!("{base}/api-keys/key_0123456789abcdef/revoke");
    post(&world, &unknown, &json!({})).refused(404, "API Key no encontrada");

    let delete = |path: &str| world.delete(path).session(&world.owner()).send();
    delete(&base).refused(
        400,
        "No se puede eliminar el router porque tiene 1 producto(s) asociado(s)",
    );
    let unused = world.router_of(&shop.tenant, "Sin nada");
    let id = text(&unused, "id");
    let path = format!("/admin/empresas/{}/routers/{id}", shop.tenant);
    assert_eq!(
        *delete(&path).expect(200),
        json!({
            "message": "Router eliminado exitosamente", "router_id": id,
            "empresa_id": shop.tenant
        })
    );
    delete(&path).refused(404, NO_ROUTER);
    world
        .get("/api/v1/config/public")
        .key(&text(&unused, "api_key"))
        .send()
        .refused(401, "API Key no válida o revocada");
}

#[test]
fn an_expiring_and_an_expired_key_are_warned_of() {
    let world = World::new();
    let shop = world.shop("cafe");
    let path = format!("{}/api-key-status", router_path(&shop));
    let status = |days: u64| {
        world.clock.advance(Duration::from_hours(24 * days));
        let owner = world.login(OWNER_EMAIL, "ClaveAdminFichas123!");
        let answer = world.get(&path).session(&owner).send();
        answer.expect(200).clone()
    };
    let soon = status(353);
    assert_eq!(soon["expires_in_days"], 12);
    assert_eq!(soon["status"], "active");
    // Both warnings: neither hides the other.
    assert_eq!(
        soon["warning"],
        "La API Key expira en 12 día(s). La API Key nunca se ha usado"
    );
    assert_eq!(
        soon["recommendation"],
        "Regenere la API Key y actualice el portal"
    );
    let past = status(12);
    assert_eq!(past["status"], "expired");
    assert_eq!(past["has_active_key"], false);
    assert_eq!(past.as_object().unwrap().len(), 11);
}

#[test]
fn users_are_checked_in_the_documented_order() {
    let world = World::new();
    let shop = world.shop("cafe");
    let create = |role: &str, tenant: Value, email: &str| {
        let body = json!({
            "email": email, "password": OPERATOR_PASSWORD, "nombre": "N", "rol": role,
            "empresa_id": tenant,
        });
        post(&world, "/admin/usuarios", &body)
    };
    let fresh = "nuevo@x.test";
    let own = json!(shop.tenant);
    create("dueño", Value::Null, fresh).refused(
        400,
        "Rol inválido. Debe ser 'super_admin' o 'cliente_admin'",
    );
    create("cliente_admin", Value::Null, fresh).refused(400, "cliente_admin requiere empresa_id");
    create("cliente_admin", json!(""), fresh).refused(400, "cliente_admin requiere empresa_id");
    for unknown in ["EMP_0123456789", "nada"] {
        create("cliente_admin", json!(unknown), fresh).refused(404, NO_COMPANY);
    }
    create("super_admin", own.clone(), fresh).refused(400, "super_admin no debe tener empresa_id");
    let taken = "El email ya está registrado";
    create("cliente_admin", own.clone(), " CAFE@x.test").refused(400, taken);
    create("super_admin", Value::Null, OWNER_EMAIL).refused(400, taken);
    let made = create("cliente_admin", own, fresh);
    let user = &made.expect(200)["usuario"];

    let found = get(&world, &format!("/admin/usuarios/{}", user["id"]));
    assert_eq!(found.expect(200), user);
    get(&world, "/admin/usuarios/987654").refused(404, "Usuario no encontrado");
    get(&world, "/admin/usuarios/x").refuses_field("path.usuario_id");
    let count = |query: &str| {
        let answer = get(&world, &format!("/admin/usuarios{query}"));
        answer.expect(200).as_array().unwrap().len()
    };
    assert_eq!(count(""), 3);
    assert_eq!(count("?rol=super_admin"), 1);
    assert_eq!(count(&format!("?empresa_id={}", shop.tenant)), 2);
    assert_eq!(
        count(&format!("?rol=cliente_admin&empresa_id={}", shop.tenant)),
        2
    );
    assert_eq!(count("?rol=otro"), 0);
    assert_eq!(count("?empresa_id=nada"), 0);

    let toggle = |id: &Value| put(&world, &format!("/admin/usuarios/{id}/toggle-activo"));
    assert_eq!(
        *toggle(&user["id"]).expect(200),
        json!({"message": "Usuario desactivado", "usuario_id": user["id"], "activo": false})
    );
    assert_eq!(
        toggle(&user["id"]).expect(200)["message"],
        "Usuario activado"
    );
    let own_id = get(&world, "/admin/usuarios?rol=super_admin").body[0]["id"].clone();
    toggle(&own_id).refused(400, "No puedes desactivar tu propio usuario");
    toggle(&json!(987_654)).refused(404, "Usuario no encontrado");
}
