//! The control port, over plain HTTP.

use routeros_sim::{Simulator, control};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::client::Client;

struct Control {
    address: std::net::SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Control {
    async fn of(router: &Simulator) -> Self {
        let control = control::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = control.addr();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = control.serve(router.clone(), async move {
            // Dropped at the end of the test.
            let _dropped = stopped.await;
        });
        tokio::spawn(serving);
        Self {
            address,
            _stop: stop,
        }
    }

    async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call("GET", path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

#[tokio::test]
async fn state_can_be_seen_and_changed() {
    let router = Simulator::builder().start().await.unwrap();
    let control = Control::of(&router).await;
    let profile = json!({"name": "1dia", "rate-limit": "2M/5M"});
    assert_eq!(
        control.call("POST", "/profiles", Some(profile)).await.0,
        201
    );
    let user = json!({"name": "ana", "password": "p", "profile": "1dia"});
    let (status, made) = control.call("POST", "/users", Some(user)).await;
    assert_eq!((status, &made["id"]), (201, &json!("*1")));
    let again = json!({"name": "ana", "password": "p", "profile": "1dia"});
    assert_eq!(control.call("POST", "/users", Some(again)).await.0, 422);
    let again = json!({"name": "1dia"});
    assert_eq!(control.call("POST", "/profiles", Some(again)).await.0, 422);
    let host = json!({"mac": "aa:bb:cc:00:00:01", "ip": "10.5.50.20"});
    assert_eq!(control.call("POST", "/hosts", Some(host)).await.0, 201);
    let login = json!({"user": "ana", "password": "p"});
    assert_eq!(
        control
            .call("POST", "/devices/10.5.50.20/login", Some(login.clone()))
            .await
            .0,
        204
    );
    let (status, refusal) = control
        .call("POST", "/devices/10.5.50.20/login", Some(login))
        .await;
    assert_eq!(
        (status, &refusal["error"]),
        (422, &json!("already logged in"))
    );
    let traffic = json!({"bytes_in": 5, "bytes_out": 6});
    assert_eq!(
        control
            .call("POST", "/devices/10.5.50.20/traffic", Some(traffic))
            .await
            .0,
        204
    );
    let state = control.get("/state").await;
    assert_eq!(state["users"][0]["profile"], "1dia");
    assert_eq!(state["active"][0]["bytes-out"], "6");
    assert_eq!(state["hosts"][0]["authorized"], "true");
    assert_eq!(
        control.get("/menu/ip/hotspot/user/profile").await[2]["rate-limit"],
        "2M/5M"
    );
    assert_eq!(control.call("GET", "/menu/ip/nonsense", None).await.0, 404);
    assert_eq!(
        control.call("DELETE", "/hosts/10.5.50.20", None).await.0,
        204
    );
    assert!(router.active().is_empty());
    assert_eq!(control.call("DELETE", "/users/ana", None).await.0, 204);
    assert_eq!(control.call("DELETE", "/users/ana", None).await.0, 404);
    assert_eq!(control.call("DELETE", "/profiles/1dia", None).await.0, 204);
    let bad = json!({"name": "x", "profile": "nope"});
    let (status, refusal) = control.call("POST", "/users", Some(bad)).await;
    assert_eq!(
        (status, &refusal["error"]),
        (422, &json!("input does not match any value of profile"))
    );
    let fill = json!({"prefix": "bulk", "count": 50});
    assert_eq!(control.call("POST", "/users/fill", Some(fill)).await.0, 204);
    assert_eq!(router.users().len(), 50);
}

#[tokio::test]
async fn faults_clock_power_and_counters() {
    let router = Simulator::builder().start().await.unwrap();
    let control = Control::of(&router).await;
    let fault = json!({"kind": "close-before-reply", "path": "/ip/hotspot/user/add"});
    let (status, made) = control.call("POST", "/faults", Some(fault)).await;
    assert_eq!((status, &made["id"]), (201, &json!(1)));
    assert_eq!(control.get("/faults").await[0]["armed"], true);
    assert_eq!(control.call("DELETE", "/faults/1", None).await.0, 204);
    assert_eq!(control.call("POST", "/faults/1/release", None).await.0, 404);
    assert_eq!(
        control
            .call("POST", "/faults", Some(json!({"kind": "nonsense"})))
            .await
            .0,
        422
    );
    let before = control.get("/clock").await["unix_millis"].as_u64().unwrap();
    control
        .call("POST", "/clock", Some(json!({"advance_seconds": 60})))
        .await;
    assert_eq!(control.get("/clock").await["unix_millis"], before + 60_000);
    Client::admin(&router)
        .await
        .call("/system/identity/print")
        .await;
    let counters = control.get("/counters").await;
    assert_eq!(counters["commands"]["/system/identity/print"], 1);
    assert_eq!(counters["logins"], 1);
    control.call("DELETE", "/counters", None).await;
    assert_eq!(control.get("/counters").await["logins"], 0);
    assert!(control.get("/transcript").await.as_array().unwrap().len() > 3);
    let mut settings = control.get("/settings").await;
    settings["max_sessions"] = json!(7);
    assert_eq!(
        control.call("PUT", "/settings", Some(settings)).await.0,
        200
    );
    assert_eq!(router.settings().max_sessions, Some(7));
    assert_eq!(
        control
            .call("POST", "/power", Some(json!({"power": "refused"})))
            .await
            .0,
        204
    );
    assert!(TcpStream::connect(router.addr()).await.is_err());
    assert_eq!(
        control
            .call("POST", "/power", Some(json!({"power": "on"})))
            .await
            .0,
        204
    );
    Client::admin(&router).await;
}

#[tokio::test]
async fn the_guide_names_only_fault_kinds_that_exist() {
    let router = Simulator::builder().start().await.unwrap();
    let control = Control::of(&router).await;
    let guide = control.get("/").await;
    let kinds = guide["POST /faults"]["kinds"].as_array().unwrap().clone();
    assert!(kinds.len() > 20);
    for kind in kinds {
        // Where words are separated by bars, any of them will do.
        let text = kind.to_string();
        let text = text
            .split('"')
            .map(|part| part.split('|').next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\"");
        let kind: Value = serde_json::from_str(&text).unwrap();
        let (status, answer) = control
            .call("POST", "/faults", Some(json!({"kind": kind})))
            .await;
        assert_eq!(status, 201, "{kind}: {answer}");
    }
}
