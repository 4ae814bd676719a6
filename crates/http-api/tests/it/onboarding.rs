//! The eight steps by which an operator comes onto the platform: bodies as panels send them, answers
//! with the names and types that panels read.

use serde_json::{Value, json};

use crate::harness::shape::has_shape_of;
use crate::harness::world::{NOW_TEXT, OWNER_EMAIL, OWNER_PASSWORD, World, text};

fn log_in_as_super_admin(world: &World) -> String {
    let answer = world
        .post("/api/v1/auth/login")
        .json(&json!({"email": OWNER_EMAIL, "password": OWNER_PASSWORD}));
    has_shape_of(
        answer.expect(200),
        &json!({"access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...", "token_type": "bearer"}),
    );
    assert_eq!(answer.body["token_type"], "bearer");
    text(&answer.body, "access_token")
}

fn create_company(world: &World, owner: &str) -> String {
    let answer = world.post("/admin/empresas").session(owner).json(&json!({
        "nombre": "WiFi Café Central",
        "contacto_email": "contacto@cafecentral.com",
        "contacto_telefono": "5512345678",
        "conekta_private_key": "key_test_default",
        "conekta_public_key": "key_test_default_pub",
        "conekta_mode": "test"
    }));
    let company = answer.expect(200);
    has_shape_of(
        company,
        &json!({
            "id": "EMP_A1B2C3D4E5",
            "nombre": "WiFi Café Central",
            "contacto_email": "contacto@cafecentral.com",
            "conekta_mode": "test",
            "activa": true,
            "creada_en": "2024-06-01T10:00:00"
        }),
    );
    assert_eq!(company["nombre"], "WiFi Café Central");
    assert_eq!(company["conekta_mode"], "test");
    assert_eq!(company["activa"], true);
    assert_eq!(company["creada_en"], NOW_TEXT);
    assert!(!answer.text().contains("key_test"), "keys are never echoed");
    let id = text(company, "id");
    assert!(id.starts_with("EMP_") && id.len() == 14, "{id}");
    id
}

fn add_router(world: &World, owner: &str, tenant: &str) -> (String, String) {
    let answer = world
        .post(&format!("/admin/empresas/{tenant}/routers"))
        .session(owner)
        .json(&json!({
            "empresa_id": tenant,
            "nombre": "Router Principal - Café Central",
            "host": "192.168.100.1",
            "puerto": 8728,
            "usuario": "admin",
            "password": "routerpassword",
            "ubicacion": "Planta baja, junto a caja"
        }));
    let router = answer.expect(200);
    has_shape_of(
        router,
        &json!({
            "id": "RTR_3F7A1B2C",
            "empresa_id": "EMP_A1B2C3D4E5",
            "nombre": "Router Principal - Café Central",
            "host": "192.168.100.1",
            "puerto": 8728,
            "ubicacion": "Planta baja, junto a caja",
            "activo": true,
            "api_key": "jwt_eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
            "api_key_info": {
                "key_id": "key_abc123def456",
                "issued_at": "2024-06-01T10:05:00",
                "expires_at": "2025-06-01T10:05:00",
                "type": "router_api_key"
            },
            "creado_en": "2024-06-01T10:05:00"
        }),
    );
    assert_eq!(router["empresa_id"], tenant);
    assert_eq!(router["puerto"], 8728);
    assert_eq!(router["api_key_info"]["type"], "router_api_key");
    assert_eq!(router["api_key_info"]["expires_at"], "2027-03-04T10:00:00");
    assert!(!answer.text().contains("routerpassword"));
    let key = text(router, "api_key");
    assert!(key.starts_with("jwt_"), "{key}");
    (text(router, "id"), key)
}

fn create_operator(world: &World, owner: &str, tenant: &str) {
    let answer = world.post("/admin/usuarios").session(owner).json(&json!({
        "email": "admin@cafecentral.com",
        "password": "ClientePass456!",
        "nombre": "Carlos Ramírez",
        "rol": "cliente_admin",
        "empresa_id": tenant
    }));
    let created = answer.expect(200);
    has_shape_of(
        created,
        &json!({
            "message": "Usuario creado exitosamente",
            "usuario": {
                "id": 42,
                "email": "admin@cafecentral.com",
                "nombre": "Carlos Ramírez",
                "rol": "cliente_admin",
                "empresa_id": "EMP_A1B2C3D4E5",
                "activo": true
            }
        }),
    );
    assert_eq!(created["message"], "Usuario creado exitosamente");
    assert_eq!(created["usuario"]["email"], "admin@cafecentral.com");
    assert_eq!(created["usuario"]["nombre"], "Carlos Ramírez");
    assert_eq!(created["usuario"]["empresa_id"], tenant);
    assert!(!answer.text().contains("ClientePass456!"));
}

fn configure_payments(world: &World, operator: &str) {
    let conekta = world
        .post("/api/v1/admin/mi-empresa/configurar-conekta")
        .session(operator)
        .json(&json!({
            "private_key": "key_live_xxxxxxxxxxxxxxxx",
            "public_key": "key_live_pub_xxxxxxxxxxxxxxxx",
            "mode": "live"
        }));
    assert_eq!(
        *conekta.expect(200),
        json!({"message": "Credenciales de Conekta actualizadas correctamente"})
    );
    let mercado_pago = world
        .post("/api/v1/payments/configurar-credenciales")
        .session(operator)
        .json(&json!({
            "access_token": "APP_USR-xxxxxxxxxxxxxxxx",
            "public_key": "APP_USR-pub-xxxxxxxxxxxxxxxx",
            "webhook_secret": "whsec_xxxxxxxxxxxxxxxx",
            "mode": "live"
        }));
    let saved = mercado_pago.expect(200);
    assert_eq!(saved["success"], true);
    assert_eq!(
        saved["configuracion_actual"],
        json!({
            "access_token": true, "webhook_secret": true, "public_key": true, "mode": "live",
            "telegram_configurado": false, "telegram_activo": false
        })
    );

    // Both are stored: what may be shown is shown, the rest is masked.
    let shown = world
        .get("/api/v1/admin/mi-empresa/conekta")
        .session(operator)
        .send();
    let shown = &shown.expect(200)["configuracion_actual"];
    assert_eq!(shown["conekta_private_key"], "********");
    assert_eq!(shown["conekta_public_key"], "key_live_pub_xxxxxxxxxxxxxxxx");
    assert_eq!(shown["conekta_mode"], "live");
    let shown = world
        .get("/api/v1/admin/mi-empresa/mercado-pago")
        .session(operator)
        .send();
    assert_eq!(
        shown.expect(200)["configuracion_actual"],
        json!({
            "access_token": "********", "public_key": "APP_USR-pub-xxxxxxxxxxxxxxxx",
            "mode": "live", "webhook_secret": "********"
        })
    );
}

fn create_product(world: &World, operator: &str, router: &str) -> Value {
    let answer = world
        .post("/api/v1/admin/products")
        .session(operator)
        .json(&json!({
            "perfil_mikrotik_id": "mikrotik-profile-uuid",
            "perfil_mikrotik_nombre": "1hora",
            "nombre_venta": "1 Hora de Internet",
            "descripcion": "Acceso ilimitado por 1 hora",
            "precio": 15.00,
            "moneda": "MXN",
            "router_id": router,
            "detalles": [
                {"label": "Velocidad", "value": "10 Mbps"},
                {"label": "Duración", "value": "1 hora"}
            ],
            "destacado": false
        }));
    let product = answer.expect(201).clone();
    assert_eq!(
        product,
        json!({
            "id": product["id"], "router_id": router,
            "perfil_mikrotik_id": "mikrotik-profile-uuid", "perfil_mikrotik_nombre": "1hora",
            "nombre_venta": "1 Hora de Internet", "descripcion": "Acceso ilimitado por 1 hora",
            "imagen_url": null, "precio": 15.0, "moneda": "MXN",
            "detalles": ["Velocidad: 10 Mbps", "Duración: 1 hora"],
            "activo": true, "orden_visual": 0, "destacado": false, "creado_en": NOW_TEXT
        })
    );
    product
}

fn verify_connectivity(world: &World, operator: &str, router: &str) {
    let tested = world
        .get(&format!("/api/v1/admin/routers/{router}/test-connection"))
        .session(operator)
        .send();
    let tested = tested.expect(200);
    has_shape_of(
        tested,
        &json!({
            "success": true,
            "message": "Conexión exitosa",
            "router": {
                "id": "RTR_ABC12345", "nombre": "Sucursal Centro", "host": "192.168.88.1",
                "puerto": 8728, "activo": true
            },
            "perfiles_encontrados": 4,
            "router_name": "MikroTik-Sucursal-Centro",
            "error": null,
            "timestamp": "2024-01-15T10:30:00.123456"
        }),
    );
    assert_eq!(tested["success"], true);
    assert_eq!(tested["message"], "Conexión exitosa");
    let listed = world
        .get(&format!("/api/v1/admin/routers/{router}/mikrotik-profiles"))
        .session(operator)
        .send();
    assert_eq!(
        *listed.expect(200),
        json!([
            {
                "id": "*1", "name": "default", "session_timeout": null, "idle_timeout": "5m",
                "rate_limit": "2M/2M", "address_list": "", "shared_users": "1",
                "keepalive_timeout": "2m", "status_autorefresh": "1m", "mac_cookie_timeout": "3d"
            },
            {
                "id": "*2", "name": "1hora", "session_timeout": "1h", "idle_timeout": "10m",
                "rate_limit": "5M/5M", "address_list": "", "shared_users": "1",
                "keepalive_timeout": "2m", "status_autorefresh": null, "mac_cookie_timeout": null
            }
        ])
    );
}

#[test]
fn the_eight_steps_of_the_onboarding_guide_lead_to_a_sale() {
    let world = World::new();
    let owner = log_in_as_super_admin(&world); // 1
    let tenant = create_company(&world, &owner); // 2
    let (router, key) = add_router(&world, &owner, &tenant); // 3
    create_operator(&world, &owner, &tenant); // 4
    let operator = world.login("admin@cafecentral.com", "ClientePass456!"); // 5
    configure_payments(&world, &operator); // 6
    let product = create_product(&world, &operator, &router); // 7
    verify_connectivity(&world, &operator, &router); // 8
    let opened = world.router.last_access().unwrap();
    assert_eq!(
        (opened.host.as_str(), opened.port, opened.username.as_str()),
        ("192.168.100.1", 8728, "admin")
    );
    assert_eq!(opened.password.expose(), "routerpassword");

    // "The client is now fully operational."
    let catalogue = world
        .get("/api/v1/catalogo_perfiles_venta")
        .key(&key)
        .send();
    assert_eq!(
        *catalogue.expect(200),
        json!([{
            "id": product["id"], "perfil_mikrotik_id": "mikrotik-profile-uuid",
            "perfil_mikrotik_nombre": "1hora", "nombre_venta": "1 Hora de Internet",
            "descripcion": "Acceso ilimitado por 1 hora", "imagen_url": null, "precio": 15.0,
            "moneda": "MXN",
            "detalles": [
                {"label": "Velocidad", "value": "10 Mbps"},
                {"label": "Duración", "value": "1 hora"}
            ],
            "destacado": false, "creado_en": NOW_TEXT
        }])
    );
    let bought = world
        .post("/api/v1/payments/pagar-conekta")
        .key(&key)
        .json(&json!({
            "producto_id": product["id"], "token_tarjeta": "tok_1",
            "nombre_cliente": "Ana Paz", "email_cliente": "ana@x.test"
        }));
    assert_eq!(bought.expect(200)["estado_pago"], "paid");
    assert_eq!(
        world.conekta.charges()[0].attempt.account,
        "key_live_xxxxxxxxxxxxxxxx"
    );
}

#[test]
fn the_operator_follows_the_advice_to_change_the_password() {
    let world = World::new();
    let shop = world.shop("cafe");
    let path = "/api/v1/auth/change-password";
    let change = json!({"current_password": "ClientePass456!", "new_password": "OtraClave789!"});
    let changed = world.post(path).session(&shop.operator).json(&change);
    assert_eq!(
        *changed.expect(200),
        json!({"message": "Contraseña actualizada exitosamente"})
    );
    world
        .get("/api/v1/admin/mi-empresa")
        .session(&shop.operator)
        .send()
        .refused(401, "Token inválido");
    world
        .post("/api/v1/auth/login")
        .json(&json!({"email": shop.operator_email, "password": "ClientePass456!"}))
        .refused(401, "Credenciales incorrectas");
    world.login(&shop.operator_email, "OtraClave789!");
}

#[test]
fn keys_are_managed_as_the_guide_says() {
    let world = World::new();
    let owner = world.owner();
    let shop = world.shop("cafe");
    let base = format!("/admin/empresas/{}/routers/{}", shop.tenant, shop.router);

    let status = world
        .get(&format!("{base}/api-key-status"))
        .session(&owner)
        .send();
    assert_eq!(
        *status.expect(200),
        json!({
            "router_id": shop.router, "has_active_key": true, "key_id": shop.key_id,
            "issued_at": NOW_TEXT, "expires_at": "2027-03-04T10:00:00", "expires_in_days": 365,
            "last_used": null, "use_count": 0, "status": "active",
            "warning": "La API Key nunca se ha usado",
            "recommendation": "Verifique que el portal esté configurado con esta API Key"
        })
    );

    let regenerated = world
        .post(&format!("{base}/regenerate-api-key"))
        .session(&owner)
        .send();
    let regenerated = regenerated.expect(200);
    assert_eq!(regenerated["message"], "API Key regenerada exitosamente");
    assert_eq!(regenerated["previous_key_revoked"], true);
    let new_key = text(regenerated, "new_api_key");
    let new_id = text(&regenerated["api_key_info"], "key_id");
    world
        .get("/api/v1/config/public")
        .key(&shop.key)
        .send()
        .refused(401, "API Key no válida o revocada");
    world
        .get("/api/v1/config/public")
        .key(&new_key)
        .send()
        .expect(200);

    let all = world
        .get(&format!("{base}/api-keys"))
        .session(&owner)
        .send();
    let all = all.expect(200).as_array().unwrap().clone();
    let ids: Vec<String> = all.iter().map(|key| text(key, "key_id")).collect();
    assert_eq!(ids, [new_id.clone(), shop.key_id.clone()]);
    assert_eq!(all[1]["revoked"], true);
    assert_eq!(all[1]["revoked_at"], NOW_TEXT);
    assert_eq!(all[0]["revoked_at"], Value::Null);

    let path = format!("{base}/api-keys/{new_id}/revoke");
    let revoked = world.post(&path).session(&owner).send();
    assert_eq!(
        *revoked.expect(200),
        json!({
            "message": "API Key revocada exitosamente", "key_id": new_id,
            "router_id": shop.router, "revoked_at": NOW_TEXT
        })
    );
    world
        .post(&path)
        .session(&owner)
        .send()
        .refused(400, "La API Key ya está revocada");
    world
        .get("/api/v1/config/public")
        .key(&new_key)
        .send()
        .refused(401, "API Key no válida o revocada");
    let status = world
        .get(&format!("{base}/api-key-status"))
        .session(&owner)
        .send();
    assert_eq!(status.expect(200)["status"], "no_key");
}

#[test]
fn the_router_guide_is_followed_to_the_letter() {
    let world = World::new();
    let owner = world.owner();
    let shop = world.shop("cafe");
    let created = world
        .post(&format!("/admin/empresas/{}/routers", shop.tenant))
        .session(&owner)
        .json(&json!({
            "nombre": "Sucursal Centro",
            "host": "192.168.88.1",
            "puerto": 8728,
            "usuario": "pagos-api",
            "password": "strongpassword",
            "ubicacion": "Piso 2, sala de espera"
        }));
    let router = text(created.expect(200), "id");

    let path = format!("/api/v1/admin/mi-empresa/routers/{router}");
    let updated = world.put(&path).session(&shop.operator).json(&json!({
        "host": "10.0.0.1",
        "usuario": "pagos-api-v2",
        "password_encrypted": "newpassword"
    }));
    assert_eq!(
        *updated.expect(200),
        json!({
            "message": "Router actualizado correctamente",
            "router": {
                "id": router, "nombre": "Sucursal Centro", "host": "10.0.0.1", "puerto": 8728,
                "usuario": "pagos-api-v2", "ubicacion": "Piso 2, sala de espera", "activo": true,
                "tls_modo": "ninguno"
            }
        })
    );
    verify_connectivity(&world, &shop.operator, &router);
    let opened = world.router.last_access().unwrap();
    assert_eq!(opened.password.expose(), "newpassword");

    world
        .router
        .fail_all(ports::hotspot::HotspotError::TimedOut);
    let failed = world
        .get(&format!("/api/v1/admin/routers/{router}/test-connection"))
        .session(&shop.operator)
        .send();
    assert_eq!(
        *failed.expect(200),
        json!({
            "success": false,
            "message": "Error de conexión",
            "router": {
                "id": router, "nombre": "Sucursal Centro", "host": "10.0.0.1", "puerto": 8728,
                "activo": true
            },
            "error": "No se pudo conectar al router: Timeout al conectar a 10.0.0.1:8728",
            "timestamp": NOW_TEXT
        })
    );
}
