//! `print` and its switches.

use routeros_proto::command::Command;
use routeros_proto::query::Query;
use routeros_sim::{Settings, Simulator, Version};

use crate::client::{Answer, Client};

fn names(answer: &Answer) -> Vec<&str> {
    answer
        .rows()
        .iter()
        .map(|row| row.get("name").unwrap_or_default())
        .collect()
}

async fn with_users(version: Version) -> (Simulator, Client) {
    let router = Simulator::builder()
        .version(version)
        .account("admin", "")
        .start()
        .await
        .unwrap();
    for (name, values) in [
        ("ana", [("limit-uptime", "1h"), ("comment", "")]),
        ("bea", [("limit-uptime", "90m"), ("comment", "x")]),
        ("eva", [("disabled", "yes"), ("comment", "y")]),
    ] {
        let values: Vec<_> = [("name", name)].into_iter().chain(values).collect();
        router.add("/ip/hotspot/user", &values).unwrap();
    }
    let client = Client::admin(&router).await;
    (router, client)
}

#[tokio::test]
async fn queries_run_on_the_stack_machine() {
    let (_router, mut client) = with_users(Version::V6_49).await;
    let cases: &[(&[&str], &[&str])] = &[
        (&["?name=ana"], &["ana"]),
        (&["?=name=ana", "?disabled=false"], &["ana"]),
        (&["?name=ana", "?name=eva", "?#|"], &["ana", "eva"]),
        (
            &["?name=ana", "?name=bea", "?name=eva", "?#||"],
            &["ana", "bea", "eva"],
        ),
        (&["?limit-uptime"], &["ana", "bea"]),
        (&["?-limit-uptime", "?-default"], &["eva"]),
        (&["?>comment=", "?-default"], &["bea", "eva"]),
        (&["?>limit-uptime=1h"], &["bea"]),
        (&["?<limit-uptime=01:30:00"], &["ana"]),
        (&["?limit-uptime=3600"], &["ana"]),
        (&["?.id=*2"], &["bea"]),
        (&["?.id=*3", "?#!", "?-default"], &["ana", "bea"]),
        (&["?disabled=yes"], &[]),
        (&["?profile=default", "?-default"], &["ana", "bea", "eva"]),
        (&["?nonsense"], &[]),
    ];
    for (words, wanted) in cases {
        let print = words
            .iter()
            .fold(Command::new("/ip/hotspot/user/print"), Command::word);
        let answer = client.run(&print).await;
        assert_eq!(names(&answer), *wanted, "{words:?}");
        assert_eq!(answer.kinds().last(), Some(&"!done"));
        assert!(!answer.kinds().contains(&"!empty"), "v6 never sends it");
    }
    let bad = client
        .run(
            &Command::new("/ip/hotspot/user/print")
                .word("?name=ana")
                .word("?#x"),
        )
        .await;
    assert_eq!(bad.kinds(), ["!trap", "!done"]);
}

#[tokio::test]
async fn an_expression_of_the_client_side_finds_the_same() {
    let (_router, mut client) = with_users(Version::V7_17).await;
    let query = !Query::equal("name", "ana").or(Query::has("default"));
    let print = Command::new("/ip/hotspot/user/print").query(&query);
    assert_eq!(names(&client.run(&print).await), ["bea", "eva"]);
}

#[tokio::test]
async fn lenient_booleans_are_a_switch() {
    let (router, mut client) = with_users(Version::V7_17).await;
    router.change_settings(|settings| settings.lenient_booleans = true);
    let print = Command::new("/ip/hotspot/user/print").query_equal("disabled", "yes");
    assert_eq!(names(&client.run(&print).await), ["eva"]);
}

#[tokio::test]
async fn a_proplist_is_kept_to_exactly() {
    let (_router, mut client) = with_users(Version::V7_18).await;
    let print = Command::new("/ip/hotspot/user/print")
        .proplist(&["name", "email", "nonsense"])
        .query_equal("name", "ana");
    let answer = client.run(&print).await;
    assert_eq!(answer.row().words, [("name".to_owned(), b"ana".to_vec())]);
    let print = Command::new("/ip/hotspot/user/print")
        .proplist(&["email"])
        .query_equal("name", "ana");
    let answer = client.run(&print).await;
    assert!(answer.row().words.is_empty(), "a bare row is a row");
    assert_eq!(answer.kinds(), ["!re", "!done"]);
}

#[tokio::test]
async fn count_only_sends_no_rows() {
    let (_router, mut client) = with_users(Version::V7_18).await;
    for (query, wanted) in [
        ("?name=ana", "1"),
        ("?name=nobody", "0"),
        ("?-default", "3"),
    ] {
        let count = Command::new("/ip/hotspot/user/print")
            .flag("count-only")
            .word(query);
        assert_eq!(client.run(&count).await.ret(), wanted);
    }
}

#[tokio::test]
async fn getall_and_find_are_there() {
    let (_router, mut client) = with_users(Version::V7_17).await;
    let all = client.call("/ip/hotspot/user/getall").await;
    assert_eq!(names(&all), ["default-trial", "ana", "bea", "eva"]);
    let find = Command::new("/ip/hotspot/user/find").word("?-default");
    assert_eq!(client.run(&find).await.ret(), "*1;*2;*3");
}

#[tokio::test]
async fn only_from_7_18_on_no_rows_are_empty() {
    for version in Version::ALL {
        let (_router, mut client) = with_users(version).await;
        let print = Command::new("/ip/hotspot/cookie/print");
        let answer = client.run(&print).await;
        if version == Version::V7_18 {
            assert_eq!(answer.kinds(), ["!empty", "!done"]);
        } else {
            assert_eq!(answer.kinds(), ["!done"], "{version}");
        }
    }
}

#[tokio::test]
async fn dates_and_menus_follow_the_version() {
    let (_v6, mut old) = with_users(Version::V6_49).await;
    assert_eq!(
        old.call("/system/clock/print").await.row().get("date"),
        Some("sep/26/2026")
    );
    assert_eq!(
        old.call("/system/device-mode/print").await.trap(),
        "no such command prefix"
    );
    let (_v7, mut new) = with_users(Version::V7_17).await;
    assert_eq!(
        new.call("/system/clock/print").await.row().get("date"),
        Some("2026-09-26")
    );
    assert_eq!(
        new.call("/system/device-mode/print")
            .await
            .row()
            .get("hotspot"),
        Some("true")
    );
    let board = new.call("/system/routerboard/print").await;
    assert_eq!(board.row().get("current-firmware"), Some("7.17.2"));
}

#[tokio::test]
async fn a_chr_has_no_routerboard() {
    let mut settings = Settings::default();
    settings.routerboard = false;
    let router = Simulator::builder()
        .settings(settings)
        .start()
        .await
        .unwrap();
    let mut client = Client::admin(&router).await;
    assert_eq!(
        client.call("/system/routerboard/print").await.trap(),
        "no such command prefix"
    );
}

#[tokio::test]
async fn menus_with_one_row_have_no_id() {
    let router = Simulator::builder()
        .version_text("7.20rc1 (testing)")
        .start()
        .await
        .unwrap();
    let mut client = Client::admin(&router).await;
    let resource = client.call("/system/resource/print").await;
    assert_eq!(resource.row().get("version"), Some("7.20rc1 (testing)"));
    assert_eq!(resource.row().get(".id"), None);
    client
        .with("/system/identity/set", &[("name", "Café")])
        .await
        .ok();
    assert_eq!(router.identity(), "Café");
    assert_eq!(
        client
            .call("/system/identity/print")
            .await
            .row()
            .get("name"),
        Some("Café")
    );
}

#[tokio::test]
async fn a_large_table_arrives_whole() {
    let router = Simulator::builder().start().await.unwrap();
    router.fill_users("bulk", 100_000).unwrap();
    let mut client = Client::admin(&router).await;
    let print = Command::new("/ip/hotspot/user/print").proplist(&["name"]);
    assert_eq!(client.run(&print).await.rows().len(), 100_001);
    let one = Command::new("/ip/hotspot/user/print").query_equal("name", "bulk99999");
    assert_eq!(names(&client.run(&one).await), ["bulk99999"]);
}

#[tokio::test]
async fn bytes_of_any_code_page_survive() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    let add = Command::new("/ip/hotspot/user/add")
        .attribute("name", b"Caf\xE9")
        .attribute("comment", b"a=b\0\n\xFF");
    let id = client.run(&add).await.ret().to_owned();
    let row = client.with("/ip/hotspot/user/print", &[(".id", &id)]).await;
    assert_eq!(row.row().bytes("name"), Some(&b"Caf\xE9"[..]));
    assert_eq!(row.row().bytes("comment"), Some(&b"a=b\0\n\xFF"[..]));
}
