//! Commands that belong to no table: ping, monitors, fetch, scripts, export, and those that the
//! test brought along.

use std::net::IpAddr;
use std::time::Duration;

use routeros_proto::reply::ReplyKind;

use crate::command::reaction::Reaction;
use crate::command::targets;
use crate::command::watch::Watch;
use crate::declare::{Answer, Call};
use crate::menus::path;
use crate::policy::Policies;
use crate::refusal::Refusal;
use crate::replies::Replies;
use crate::request::Request;
use crate::router::Router;
use crate::value::duration;

/// How often a monitor tells, unless asked otherwise.
const SECOND: Duration = Duration::from_secs(1);
/// Shortest period of a repeated command.
const SHORTEST_PERIOD: Duration = Duration::from_millis(10);

/// Executes such a command; `None` when it is none.
pub(super) fn run(
    router: &mut Router,
    policies: Policies,
    request: &Request,
) -> Option<Result<Reaction, Refusal>> {
    let handler = router.commands.get(&request.path).cloned();
    let reads = matches!(
        request.path.as_str(),
        "/ping" | "/interface/monitor-traffic" | "/interface/ethernet/monitor"
    );
    let known = reads
        || handler.is_some()
        || matches!(
            request.path.as_str(),
            "/tool/fetch"
                | "/system/script/run"
                | "/certificate/sign"
                | "/export"
                | "/log/info"
                | "/log/warning"
                | "/log/error"
        );
    if !known {
        return None;
    }
    let allowed = if reads { policies.read } else { policies.write };
    if !allowed {
        return Some(Err(Refusal::permission()));
    }
    let answer = match (&handler, request.path.as_str()) {
        (Some(handler), _) => Ok((handler.0)(&Call::new(&request.attributes))),
        (None, "/ping") => ping(request),
        (None, "/interface/monitor-traffic") => monitor_traffic(router, request),
        (None, "/interface/ethernet/monitor") => monitor_ethernet(router, request),
        (None, "/tool/fetch") => fetch(router, request),
        (None, "/system/script/run") => run_script(router, request),
        (None, "/export") => export(router, request),
        (None, "/certificate/sign") => sign(router, request),
        (None, log) => Ok(write_log(router, log, request)),
    };
    Some(answer.map(|answer| react(router, request, answer)))
}

/// The sentences of an answer.
fn react(router: &Router, request: &Request, answer: Answer) -> Reaction {
    let tag = &request.tag;
    let mut replies = Replies::default();
    if let Some(period) = answer.every {
        let rows = answer.rows.iter().map(|row| {
            let mut one = Replies::default();
            one.push(
                ReplyKind::Re,
                tag,
                row.iter().map(|(name, value)| (name, value)),
            );
            one
        });
        return Reaction {
            replies,
            watch: Some(Watch::Rows {
                rows: rows.collect(),
                period: period.max(SHORTEST_PERIOD),
                since: router.clock.now(),
            }),
        };
    }
    for row in &answer.rows {
        let pairs = row.iter().map(|(name, value)| (name, value));
        replies.push(ReplyKind::Re, tag, pairs);
    }
    if let Some(message) = answer.trap {
        replies.trap(tag, &Refusal::plain(message));
    }
    match answer.ret {
        Some(ret) => replies.done_with(tag, ret),
        None => replies.done(tag),
    }
    replies.into()
}

fn text(request: &Request, name: &str) -> Option<String> {
    let value = request.get(name)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn required(request: &Request, name: &'static str) -> Result<String, Refusal> {
    text(request, name).ok_or_else(|| Refusal::missing(&[name]))
}

fn period(request: &Request) -> Result<Duration, Refusal> {
    match text(request, "interval") {
        None => Ok(SECOND),
        Some(text) => duration::parse(&text).ok_or_else(|| Refusal::invalid("interval")),
    }
}

/// Everybody answers but the addresses of 192.0.2.0/24, which nobody has.
fn ping(request: &Request) -> Result<Answer, Refusal> {
    let host = required(request, "address")?;
    let address: IpAddr = host
        .parse()
        .map_err(|_error| Refusal::plain("failure: dns name does not exist"))?;
    let silent = matches!(address, IpAddr::V4(four) if four.octets().starts_with(&[192, 0, 2]));
    let count = match text(request, "count") {
        None => None,
        Some(count) => Some(
            count
                .parse::<usize>()
                .map_err(|_error| Refusal::invalid("count"))?,
        ),
    };
    let mut answer = Answer::done();
    for number in 0..count.unwrap_or(1).min(10_000) {
        let (seq, sent) = (number.to_string(), (number + 1).to_string());
        let start = [("seq", seq.as_str()), ("host", host.as_str())];
        let rest: &[(&str, &str)] = if silent {
            &[
                ("status", "timeout"),
                ("sent", &sent),
                ("received", "0"),
                ("packet-loss", "100"),
            ]
        } else {
            &[
                ("size", "56"),
                ("ttl", "64"),
                ("time", "1ms200us"),
                ("sent", &sent),
                ("received", &sent),
                ("packet-loss", "0"),
                ("min-rtt", "1ms200us"),
                ("avg-rtt", "1ms200us"),
                ("max-rtt", "1ms200us"),
            ]
        };
        answer = answer.row(&[&start, rest].concat());
    }
    match count {
        Some(_) => Ok(answer),
        None => Ok(answer.every(period(request)?)),
    }
}

/// Once, or until cancelled.
fn repeated(request: &Request, answer: Answer) -> Result<Answer, Refusal> {
    if request.flag("once") {
        Ok(answer)
    } else {
        Ok(answer.every(period(request)?))
    }
}

fn monitor_traffic(router: &Router, request: &Request) -> Result<Answer, Refusal> {
    let names = required(request, "interface")?;
    let mut answer = Answer::done();
    for name in names.split(',') {
        let known = router.table(path::INTERFACE);
        if known.is_none_or(|table| table.named(name.as_bytes()).is_empty()) {
            return Err(Refusal::no_match("interface"));
        }
        answer = answer.row(&[
            ("name", name),
            ("rx-packets-per-second", "120"),
            ("rx-bits-per-second", "960000"),
            ("tx-packets-per-second", "80"),
            ("tx-bits-per-second", "640000"),
        ]);
    }
    repeated(request, answer)
}

fn monitor_ethernet(router: &Router, request: &Request) -> Result<Answer, Refusal> {
    let menu = router
        .table(path::INTERFACE)
        .ok_or_else(Refusal::no_such_prefix)?
        .menu;
    let mut answer = Answer::done();
    for id in targets::required(router, menu, request)? {
        let name = router.text(path::INTERFACE, id, "name").unwrap_or_default();
        answer = answer.row(&[
            ("name", &name),
            ("status", "link-ok"),
            ("rate", "1Gbps"),
            ("full-duplex", "true"),
        ]);
    }
    repeated(request, answer)
}

/// Takes what the test put under the address; no network is touched.
fn fetch(router: &mut Router, request: &Request) -> Result<Answer, Refusal> {
    let url = required(request, "url")?;
    let Some(body) = router.urls.get(&url).cloned() else {
        return Ok(Answer::default()
            .row(&[("status", "connecting")])
            .refused_after("failure: 404 Not Found"));
    };
    let kib = (body.len().div_ceil(1024)).to_string();
    let done = |status| {
        [
            ("status", status),
            ("downloaded", &*kib),
            ("total", &*kib),
            ("duration", "1s"),
        ]
    };
    let answer = Answer::done()
        .row(&[("status", "connecting")])
        .row(&done("downloading"));
    match text(request, "output").as_deref() {
        Some("user") => {
            let data = [("data", body.as_str())];
            Ok(answer.row(&[&done("finished")[..], &data].concat()))
        }
        Some("none") => Ok(answer.row(&done("finished"))),
        _ => {
            let last = url.rsplit('/').next().unwrap_or_default().to_owned();
            let name = text(request, "dst-path").unwrap_or(last);
            save(router, &name, body.as_bytes())?;
            Ok(answer.row(&done("finished")))
        }
    }
}

fn run_script(router: &mut Router, request: &Request) -> Result<Answer, Refusal> {
    let menu = router
        .table(path::SCRIPT)
        .ok_or_else(Refusal::no_such_prefix)?
        .menu;
    let named = request.get("number").map(<[u8]>::to_vec);
    let ids = match named {
        Some(name) => vec![targets::one(router, menu, &name).ok_or_else(Refusal::no_such_item)?],
        None => targets::required(router, menu, request)?,
    };
    for id in ids {
        let runs = router.number(path::SCRIPT, id, "run-count").unwrap_or(0);
        if let Some(mut script) = router.item(path::SCRIPT, id).cloned() {
            script.set("run-count", runs.saturating_add(1).to_string().into_bytes());
            router.put(path::SCRIPT, script);
        }
    }
    Ok(Answer::done())
}

/// Gives a certificate what only a signed one has.
fn sign(router: &mut Router, request: &Request) -> Result<Answer, Refusal> {
    let menu = router
        .table(path::CERTIFICATE)
        .ok_or_else(Refusal::no_such_prefix)?
        .menu;
    for id in targets::required(router, menu, request)? {
        if let Some(mut certificate) = router.item(path::CERTIFICATE, id).cloned() {
            certificate.set("fingerprint", format!("{id:064x}").into_bytes());
            router.put(path::CERTIFICATE, certificate);
        }
    }
    Ok(Answer::done())
}

/// Writes what was added to the file of this name.
fn export(router: &mut Router, request: &Request) -> Result<Answer, Refusal> {
    let name = required(request, "file")?;
    let mut lines = format!("# RouterOS {}\n", router.version_text);
    for menu in [path::ADDRESS, path::PPP_SECRET, path::QUEUE, path::SCRIPT] {
        let ids = router
            .table(menu)
            .map(crate::table::Table::ids)
            .unwrap_or_default();
        let names: Vec<_> = ids
            .into_iter()
            .filter_map(|id| {
                let key = if menu == path::ADDRESS {
                    "address"
                } else {
                    "name"
                };
                Some(format!("add {key}={}\n", router.text(menu, id, key)?))
            })
            .collect();
        if !names.is_empty() {
            let console = menu.trim_start_matches('/').replace('/', " ");
            lines.extend(["/", &console, "\n"]);
            lines.extend(names);
        }
    }
    save(router, &format!("{name}.rsc"), lines.as_bytes())?;
    Ok(Answer::done())
}

fn save(router: &mut Router, name: &str, contents: &[u8]) -> Result<(), Refusal> {
    let old = router
        .table(path::FILE)
        .and_then(|table| table.named(name.as_bytes()).first().copied());
    if let Some(mut file) = old.and_then(|id| router.item(path::FILE, id).cloned()) {
        file.set("contents", contents.to_vec());
        router.put(path::FILE, file);
        return Ok(());
    }
    let values = [("name", name.as_bytes()), ("contents", contents)];
    router.insert(path::FILE, &values).map(drop)
}

fn write_log(router: &mut Router, command: &str, request: &Request) -> Answer {
    let level = command.rsplit('/').next().unwrap_or_default();
    let message = text(request, "message").unwrap_or_default();
    router.log(&format!("script,{level}"), &message);
    Answer::done()
}
