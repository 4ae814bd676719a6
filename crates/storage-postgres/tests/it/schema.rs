//! The tables as diesel sees them are the tables as the migrations make them.

use std::fmt::Write as _;

use crate::support;

const SCHEMA: &str = include_str!("../../src/schema.rs");

fn diesel_type(sql: &str) -> &str {
    match sql {
        "varchar" | "text" => "Text",
        "int8" => "BigInt",
        "int4" => "Integer",
        "bool" => "Bool",
        "timestamp" => "Timestamp",
        "uuid" => "Uuid",
        "numeric" => "Numeric",
        "jsonb" => "Jsonb",
        "_text" => "Array<Text>",
        "bytea" => "Binary",
        other => panic!("no type for {other}"),
    }
}

#[tokio::test]
async fn matches_the_migrations() {
    let database = support::database().await;
    let client = database.connect().await;
    let tables = client
        .query(
            "SELECT c.relname::text, string_agg(a.attname, ', ' ORDER BY k.place) \
             FROM pg_class c \
             JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p' \
             CROSS JOIN unnest(p.conkey) WITH ORDINALITY AS k (number, place) \
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number \
             WHERE c.relnamespace = 'public'::regnamespace \
                 AND c.relname <> '__diesel_schema_migrations' \
             GROUP BY c.relname ORDER BY c.relname COLLATE \"C\"",
            &[],
        )
        .await
        .unwrap();
    let mut expected = String::from(
        "//! The tables as diesel sees them. A test compares them with what the migrations make.\n\n",
    );
    let mut names = String::new();
    for row in &tables {
        let (table, key): (String, String) = (row.get(0), row.get(1));
        writeln!(expected, "diesel::table! {{\n    {table} ({key}) {{").unwrap();
        let columns = client
            .query(
                "SELECT column_name::text, udt_name::text, is_nullable::text \
                 FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position",
                &[&table],
            )
            .await
            .unwrap();
        for column in &columns {
            let (name, sql, nullable): (String, String, String) =
                (column.get(0), column.get(1), column.get(2));
            let kind = diesel_type(&sql);
            if nullable == "YES" {
                writeln!(expected, "        {name} -> Nullable<{kind}>,").unwrap();
            } else {
                writeln!(expected, "        {name} -> {kind},").unwrap();
            }
        }
        expected.push_str("    }\n}\n\n");
        writeln!(names, "    {table},").unwrap();
    }
    write!(
        expected,
        "diesel::allow_tables_to_appear_in_same_query!(\n{names});\n"
    )
    .unwrap();
    assert_eq!(SCHEMA, expected);
}
