//! The way of a sale: log in, add a user, let a customer in.

use routeros_proto::command::Command;
use routeros_sim::{Fault, FaultKind, Simulator, Version};

use crate::client::{Client, login};

#[tokio::test]
async fn a_user_is_added_found_and_removed() {
    let router = Simulator::builder().start().await.unwrap();
    let mut client = Client::admin(&router).await;
    let id = client
        .with(
            "/ip/hotspot/user/add",
            &[
                ("name", "V7K2"),
                ("password", "x=y"),
                ("profile", "1hora"),
                ("comment", "mesa ñ"),
            ],
        )
        .await;
    let id = id.ret().to_owned();
    assert!(id.starts_with('*'));
    let found = client
        .run(&Command::new("/ip/hotspot/user/print").query_equal("name", "V7K2"))
        .await;
    assert_eq!(found.row().get(".id"), Some(id.as_str()));
    assert_eq!(found.row().get("password"), Some("x=y"));
    assert_eq!(found.row().get("comment"), Some("mesa ñ"));
    assert_eq!(found.row().get("server"), Some("all"));
    assert_eq!(found.row().get("disabled"), Some("false"));
    assert_eq!(found.row().get("email"), None);
    client
        .with("/ip/hotspot/user/remove", &[(".id", &id)])
        .await
        .ok();
    let gone = client
        .run(&Command::new("/ip/hotspot/user/print").query_equal("name", "V7K2"))
        .await;
    assert_eq!(gone.kinds(), ["!empty", "!done"]);
}

#[tokio::test]
async fn a_lost_reply_leaves_the_user_behind() {
    let router = Simulator::builder().start().await.unwrap();
    router.inject(Fault::new(FaultKind::CloseBeforeReply).on("/ip/hotspot/user/add"));
    let mut client = Client::admin(&router).await;
    let add = crate::client::command("/ip/hotspot/user/add", &[("name", "lost")]);
    client.send(&add, "1").await;
    assert_eq!(client.try_next().await, None);
    assert!(router.user("lost").is_some());
    let mut again = Client::admin(&router).await;
    again.send(&add, "1").await;
    let answer = again.answer("1").await;
    assert_eq!(
        answer.trap(),
        "failure: already have user with this name for this server"
    );
}

#[tokio::test]
async fn every_version_logs_in_its_own_way() {
    for version in Version::ALL {
        let router = Simulator::builder()
            .version(version)
            .account("api", "secret")
            .start()
            .await
            .unwrap();
        let mut client = Client::connect(&router).await;
        let answer = client.run(&login("api", "secret")).await;
        if version == Version::V6_42 {
            let challenge = answer.ret().to_owned();
            let response =
                routeros_proto::login::challenge_response(b"secret", challenge.as_bytes()).unwrap();
            let response = Command::new("/login")
                .attribute("name", "api")
                .attribute("response", response);
            client.run(&response).await.ok();
        } else {
            answer.ok();
            assert!(answer.0[0].get("ret").is_none());
        }
        let resource = client.call("/system/resource/print").await;
        let text = resource.row().get("version").unwrap().to_owned();
        assert!(text.starts_with(version.name()), "{text}");
    }
}
