//! The operator looks at sales: the list, its filters, the table for spreadsheets, one sale.

use std::time::Duration;

use fakes::gateway::cards::DECLINED;
use serde_json::{Value, json};

use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::{World, text};

const SALES: &str = "/api/v1/admin/mi-empresa/transacciones";

fn list(world: &World, shop: &Shop, query: &str) -> Answer {
    let path = format!("{SALES}{query}");
    world.get(&path).session(&shop.operator).send()
}

fn ids(answer: &Answer) -> Vec<i64> {
    let sales = answer.expect(200)["transacciones"].as_array().unwrap();
    sales
        .iter()
        .map(|sale| sale["id"].as_i64().unwrap())
        .collect()
}

/// Three sales: Ana pays on the 4th, Eva is declined on the 5th, Ana pays with Mercado Pago on
/// the 6th at the second router. Answers their numbers.
fn three_sales(world: &World, shop: &Shop) -> ([i64; 3], String) {
    world.buy(shop, "tok_1").expect(200);
    world.clock.advance(Duration::from_hours(24));
    let mut body = shop.conekta_body(DECLINED);
    body["email_cliente"] = json!("eva@y.test");
    body["nombre_cliente"] = json!("=HYPERLINK(\"http://x\",\"Eva, la de siempre\")");
    body["telefono_cliente"] = json!("+525500112233");
    world
        .post("/api/v1/payments/pagar-conekta")
        .key(&shop.key)
        .json(&body)
        .expect(402);
    world.clock.advance(Duration::from_hours(23));
    let router = {
        let body = json!({"nombre": "Dos", "host": "10.0.0.3", "usuario": "u", "password": "p"});
        let path = format!("/admin/empresas/{}/routers", shop.tenant);
        let owner = world.login("admin@tuempresa.test", "ClaveAdminFichas123!");
        let made = world.post(&path).session(&owner).json(&body);
        made.expect(200).clone()
    };
    world.clock.advance(Duration::from_hours(1));
    let operator = world.login(&shop.operator_email, "ClientePass456!");
    let second = text(&router, "id");
    let product = world.product_of(&operator, &second, &json!({}));
    let mut body = shop.mercado_pago_body("tok_3");
    body["producto_id"] = json!(product);
    world
        .post("/api/v1/payments/pagar-mercado-pago")
        .key(&text(&router, "api_key"))
        .json(&body)
        .expect(200);
    ([1, 2, 3], second)
}

fn with_fresh_session(world: &World, shop: &Shop) -> Shop {
    Shop {
        operator: world.login(&shop.operator_email, "ClientePass456!"),
        ..shop.clone()
    }
}

#[test]
fn the_list_is_paged_and_newest_first() {
    let world = World::new();
    let shop = world.shop("cafe");
    assert_eq!(
        *list(&world, &shop, "").expect(200),
        json!({
            "empresa_id": shop.tenant, "total": 0, "limit": 50, "offset": 0, "transacciones": []
        })
    );
    let ([first, second, third], _) = three_sales(&world, &shop);
    let shop = with_fresh_session(&world, &shop);
    let all = list(&world, &shop, "?limit=20");
    assert_eq!(ids(&all), [third, second, first]);
    assert_eq!(all.body["total"], 3);
    assert_eq!(all.body["limit"], 20);
    let order = world.conekta.charges()[0].attempt.order.clone();
    assert_eq!(
        all.body["transacciones"][2],
        json!({
            "id": first, "transaccion_id": order, "monto": 15.0, "estado_pago": "paid",
            "cliente_nombre": "Ana Paz", "creada_en": "2026-03-04T10:00:00",
            "pagada_en": "2026-03-04T10:00:00", "moneda": "MXN", "monto_reembolsado": 0.0,
            "pasarela": "conekta", "modo": "test", "tarjeta": all.body["transacciones"][2]["tarjeta"],
            "router_id": shop.router, "producto": "1 Hora de Internet",
            "cliente_email": "ana@x.test"
        })
    );
    let page = list(&world, &shop, "?limit=1&offset=1");
    assert_eq!(ids(&page), [second]);
    assert_eq!(page.body["total"], 3);
    for query in ["limit=0", "limit=501", "limit=-1", "limit=x", "limit=1.5"] {
        list(&world, &shop, &format!("?{query}")).refuses_field("query.limit");
    }
    for query in ["offset=-1", "offset=x", "offset=99999999999999999999"] {
        list(&world, &shop, &format!("?{query}")).refuses_field("query.offset");
    }
}

#[test]
fn every_filter_narrows_the_list() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    world.buy(&other, "tok_1").expect(200);
    let (numbers, second_router) = three_sales(&world, &shop);
    let shop = with_fresh_session(&world, &shop);
    let all = ids(&list(&world, &shop, ""));
    let [third, second, first] = <[i64; 3]>::try_from(all).unwrap();
    assert!(numbers.len() == 3 && first < second && second < third);
    let user = text(
        &list(&world, &shop, &format!("/{first}")).expect(200)["usuario_hotspot"],
        "usuario",
    );
    for (query, expected) in [
        ("desde=2026-03-05".to_owned(), vec![third, second]),
        ("desde=2026-03-05T10:00:00".to_owned(), vec![third, second]),
        ("desde=2026-03-05T10:00:01".to_owned(), vec![third]),
        ("hasta=2026-03-04".to_owned(), vec![first]),
        ("hasta=2026-03-05T09:59:59Z".to_owned(), vec![first]),
        ("hasta=2026-03-05T10:00:00".to_owned(), vec![second, first]),
        ("desde=2026-03-05&hasta=2026-03-05".to_owned(), vec![second]),
        ("desde=2026-03-07".to_owned(), vec![]),
        ("estado=paid".to_owned(), vec![first]),
        ("estado=approved".to_owned(), vec![third]),
        ("estado=declined".to_owned(), vec![second]),
        ("estado=nada".to_owned(), vec![]),
        (format!("router_id={}", shop.router), vec![second, first]),
        (format!("router_id={second_router}"), vec![third]),
        (format!("router_id={}", other.router), vec![]),
        ("router_id=cualquiera".to_owned(), vec![]),
        ("q=EVA@".to_owned(), vec![second]),
        ("q=00112233".to_owned(), vec![second]),
        (format!("q={}", user.to_lowercase()), vec![first]),
        ("q=%25".to_owned(), vec![]),
        ("q=_".to_owned(), vec![]),
        ("q=ana%40x.test&estado=approved".to_owned(), vec![third]),
        (
            "desde=&hasta=&estado=&router_id=&q=".to_owned(),
            vec![third, second, first],
        ),
    ] {
        let answer = list(&world, &shop, &format!("?{query}"));
        assert_eq!(ids(&answer), expected, "{query}");
        assert_eq!(answer.body["total"], expected.len(), "{query}");
    }
    for field in ["desde", "hasta"] {
        for value in ["ayer", "2026-13-01", "2026-02-30", "04/03/2026", "1"] {
            let answer = list(&world, &shop, &format!("?{field}={value}"));
            answer.refuses_field(&format!("query.{field}"));
        }
    }
    let long = "x".repeat(101);
    list(&world, &shop, &format!("?q={long}")).refuses_field("query.q");
    list(&world, &shop, "?formato=xml").refuses_field("query.formato");
    let two = list(&world, &shop, "?desde=x&limit=0").problems();
    assert_eq!(two.len(), 2, "all problems are told at once");
}

#[test]
fn a_sale_is_filtered_by_the_very_word_that_it_shows() {
    let world = World::new();
    let shop = world.shop("cafe");
    let states = |shop: &Shop, query: &str| -> Vec<String> {
        let answer = list(&world, shop, query);
        let sales = answer.expect(200)["transacciones"].as_array().unwrap();
        sales.iter().map(|sale| text(sale, "estado_pago")).collect()
    };
    world.buy(&shop, "tok_1").expect(200);
    let refunding = world.sales(&shop)["transacciones"][0]["id"].clone();
    world.buy(&shop, "tok_2").expect(200);
    world.buy(&shop, DECLINED).expect(402);
    world.buy_with_mercado_pago(&shop, "tok_1").expect(200);
    world
        .buy_with_mercado_pago(&shop, "tok_pending")
        .expect(402);
    let mut other = shop.conekta_body("tok_answer_lost");
    other["email_cliente"] = json!("luis@x.test");
    let lost = world.post("/api/v1/payments/pagar-conekta").key(&shop.key);
    lost.json(&other).expect(504);
    world.conekta.fail("refund");
    world
        .post(&format!("{SALES}/{refunding}/reembolso"))
        .session(&shop.operator)
        .json(&json!({}))
        .expect(202);
    let all = states(&shop, "");
    assert_eq!(all.len(), 6);
    for word in ["paid", "approved", "pending", "declined", "refunded"] {
        let expected: Vec<&String> = all.iter().filter(|state| *state == word).collect();
        let found = states(&shop, &format!("?estado={word}"));
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{word}");
    }
    assert_eq!(states(&shop, "?estado=pending").len(), 2);
    assert_eq!(states(&shop, "?estado=paid").len(), 2);
}

#[test]
fn the_table_is_safe_to_open_in_a_spreadsheet() {
    let world = World::new();
    let shop = world.shop("cafe");
    three_sales(&world, &shop);
    let shop = with_fresh_session(&world, &shop);
    let table = list(
        &world,
        &shop,
        "?formato=csv&desde=2026-03-05&hasta=2026-03-05",
    );
    assert_eq!(table.status, 200, "{}", table.text());
    assert_eq!(
        table.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(table.header("x-total-count"), Some("1"));
    assert_eq!(
        table.header("content-disposition"),
        Some(format!("attachment; filename=\"transacciones_{}.csv\"", shop.tenant).as_str())
    );
    assert_eq!(table.header("cache-control"), Some("no-store"));
    let charge = world.conekta.charges().pop().unwrap();
    let text = table.text();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "\u{feff}id,transaccion_id,creada_en,pagada_en,estado_pago,monto,moneda,\
         monto_reembolsado,pasarela,router_id,producto,cliente_nombre,cliente_email,\
         cliente_telefono,referencia"
    );
    let number = lines[1].split(',').next().unwrap();
    assert_eq!(
        lines[1],
        format!(
            "{number},{},2026-03-05T10:00:00,,declined,15.00,MXN,0.00,conekta,{},\
             1 Hora de Internet,\"'=HYPERLINK(\"\"http://x\"\",\"\"Eva, la de siempre\"\")\",\
             eva@y.test,'+525500112233,{}",
            charge.attempt.order.unwrap(),
            shop.router,
            charge.attempt.reference
        )
    );
    assert_eq!(lines[2..], [""]);

    let by_header = world
        .get(SALES)
        .session(&shop.operator)
        .header("Accept", "text/csv")
        .send();
    assert_eq!(by_header.text().lines().count(), 4);
    let json_wins = world
        .get(&format!("{SALES}?formato=json"))
        .session(&shop.operator)
        .header("Accept", "text/csv")
        .send();
    assert_eq!(json_wins.expect(200)["total"], 3);
    let nothing = list(&world, &shop, "?formato=csv&router_id=x");
    assert_eq!(nothing.text().lines().count(), 1);
    assert_eq!(nothing.header("x-total-count"), Some("0"));
    list(&world, &shop, "?formato=csv&limit=10001").refuses_field("query.limit");
}

#[test]
fn long_tables_come_whole_and_in_order() {
    let world = World::new();
    let shop = world.shop("cafe");
    // More than one page of 500.
    for number in 0..503 {
        world.buy(&shop, &format!("tok_{number}")).expect(200);
    }
    let table = list(&world, &shop, "?formato=csv");
    let text = table.text();
    let numbers: Vec<i64> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').next().unwrap().parse().unwrap())
        .collect();
    let expected: Vec<i64> = (1..=503).rev().collect();
    assert_eq!(numbers, expected);
    let part = list(&world, &shop, "?formato=csv&limit=501&offset=1");
    assert_eq!(part.text().lines().count(), 502);
    assert_eq!(part.header("x-total-count"), Some("503"));
}

#[test]
fn one_sale_shows_its_credentials_while_it_is_paid() {
    let world = World::new();
    let shop = world.shop("cafe");
    let bought = world.buy(&shop, "tok_1");
    let bought = bought.expect(200);
    let number = world.sales(&shop)["transacciones"][0]["id"].clone();
    let sale = list(&world, &shop, &format!("/{number}"));
    assert_eq!(
        *sale.expect(200),
        json!({
            "id": number, "transaccion_id": bought["id_transaccion"],
            "referencia": world.conekta.charges()[0].attempt.reference,
            "pasarela": "conekta", "modo": "test", "router_id": shop.router,
            "producto": {
                "id": shop.product, "nombre": "1 Hora de Internet", "perfil_mikrotik": "1hora"
            },
            "monto": 15.0, "moneda": "MXN", "monto_reembolsado": 0.0, "estado_pago": "paid",
            "detalle_pago": "accredited", "estado_hotspot": "active",
            "tipo_usuario": "usuario_contrasena", "usuario_hotspot": bought["usuario_hotspot"],
            "cliente": {"nombre": "Ana Paz", "email": "ana@x.test", "telefono": null},
            "api_key_usada": shop.key_id, "creada_en": "2026-03-04T10:00:00",
            "pagada_en": "2026-03-04T10:00:00", "usuario_creado_en": "2026-03-04T10:00:00"
        })
    );
    world.buy(&shop, DECLINED).expect(402);
    let number = world.sales(&shop)["transacciones"][0]["id"].clone();
    let declined = list(&world, &shop, &format!("/{number}"));
    assert_eq!(declined.expect(200)["usuario_hotspot"], Value::Null);
    assert_eq!(declined.body["estado_pago"], "declined");
    assert_eq!(declined.body["pagada_en"], Value::Null);

    let log = world
        .get("/api/v1/admin/mi-empresa/auditoria")
        .session(&shop.operator)
        .send();
    let looks = log.expect(200).to_string().matches("purchase.view").count();
    assert_eq!(looks, 2, "looking at credentials is recorded");
    list(&world, &shop, "/987654").refused(404, "Transacción no encontrada");
    list(&world, &shop, "/abc").refuses_field("path.id");
}

#[test]
fn the_dashboard_counts_what_was_paid() {
    let world = World::new();
    let shop = world.shop("cafe");
    world.buy(&shop, "tok_1").expect(200);
    world.buy(&shop, DECLINED).expect(402);
    world.buy_with_mercado_pago(&shop, "tok_1").expect(200);
    world
        .buy_with_mercado_pago(&shop, "tok_pending")
        .expect(402);
    let answer = world
        .get("/api/v1/admin/mi-empresa/dashboard")
        .session(&shop.operator)
        .send();
    let dashboard = answer.expect(200);
    assert_eq!(
        dashboard["empresa"],
        json!({"nombre": "cafe", "activa": true})
    );
    assert_eq!(
        dashboard["estadisticas"],
        json!({
            "total_transacciones": 4, "ingresos_totales": 30.0,
            "ingresos": [{"moneda": "MXN", "modo": "test", "total": 30.0, "ventas": 2}],
            "transacciones_pagadas": 2,
            "transacciones_pendientes": 1, "total_routers": 1,
            "routers_caidos": 0, "routers_con_avisos": 0
        })
    );
    let recent = dashboard["transacciones_recientes"].as_array().unwrap();
    let states: Vec<&str> = recent
        .iter()
        .map(|sale| sale["estado"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["pending", "approved", "declined", "paid"]);
    assert_eq!(recent[0]["fecha"], "2026-03-04T10:00:00");
}
