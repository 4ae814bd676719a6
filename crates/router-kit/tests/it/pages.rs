//! The pages: only variables that MikroTik documents, whole conditions, nothing from elsewhere.

use router_kit::pages::{hotspot_zip, login_page, pages};

use crate::world::{COMPANY, portal, router_id};

/// Variables of the hotspot's pages, from MikroTik's manual ("Customizing Hotspot"): these are
/// the ones that we use or could.
const DOCUMENTED: &[&str] = &[
    "hostname",
    "identity",
    "login-by",
    "plain-passwd",
    "server-address",
    "ssl-login",
    "server-name",
    "link-login",
    "link-login-only",
    "link-login-only-esc",
    "link-logout",
    "link-status",
    "link-orig",
    "link-orig-esc",
    "link-redirect",
    "domain",
    "interface-name",
    "ip",
    "logged-in",
    "mac",
    "mac-esc",
    "trial",
    "username",
    "host-ip",
    "vlan-id",
    "idle-timeout",
    "idle-timeout-secs",
    "limit-bytes-in",
    "limit-bytes-out",
    "refresh-timeout",
    "refresh-timeout-secs",
    "session-timeout",
    "session-timeout-secs",
    "session-time-left",
    "session-time-left-secs",
    "uptime",
    "uptime-secs",
    "bytes-in",
    "bytes-in-nice",
    "bytes-out",
    "bytes-out-nice",
    "packets-in",
    "packets-out",
    "remain-bytes-in",
    "remain-bytes-in-nice",
    "remain-bytes-out",
    "remain-bytes-out-nice",
    "remain-bytes-total",
    "remain-bytes-total-nice",
    "session-id",
    "var",
    "error",
    "error-orig",
    "chap-id",
    "chap-challenge",
    "popup",
    "advert-pending",
    "location-id",
    "location-name",
];

/// The names in `$(...)`, and how many conditions are open at the end.
fn variables(page: &str) -> (Vec<String>, i32) {
    let mut open = 0;
    let mut names = Vec::new();
    for rest in page.split("$(").skip(1) {
        let inner = rest.split(')').next().unwrap();
        match inner.split_once(' ').unwrap_or((inner, "")) {
            ("if", name) => {
                open += 1;
                names.push(name.to_owned());
            }
            ("endif", "") => open -= 1,
            (name, "") => names.push(name.to_owned()),
            other => panic!("what is {other:?}?"),
        }
    }
    (names, open)
}

#[test]
fn the_set_is_whole_and_uses_what_is_documented() {
    let pages = pages(&portal(), COMPANY);
    let names: Vec<&str> = pages.iter().map(|page| page.name).collect();
    assert_eq!(
        names,
        [
            "login.html",
            "alogin.html",
            "rlogin.html",
            "status.html",
            "logout.html",
            "error.html",
            "redirect.html",
            "radvert.html",
            "md5.js",
        ]
    );
    for page in &pages {
        let (names, open) = variables(&page.content);
        assert_eq!(open, 0, "{}", page.name);
        for name in names {
            assert!(DOCUMENTED.contains(&name.as_str()), "{}: {name}", page.name);
        }
        assert!(
            !page.content.contains('{') || !page.content.contains("{company}"),
            "{}",
            page.name
        );
        assert!(!page.content.contains("{page}") && !page.content.contains("{style}"));
        assert!(!page.content.contains("El $Ñandú"), "{}", page.name);
        if page.name != "md5.js" {
            assert!(page.content.contains("lang=\"es\""), "{}", page.name);
            assert!(page.content.contains("color-scheme"), "{}", page.name);
            let outside = page.content.matches("http").count();
            let known = page
                .content
                .matches("https://wifi.example.com/portal/")
                .count()
                + page.content.matches("http-equiv").count()
                + page.content.matches("http://www.w3.org/2001").count()
                + page.content.matches("http://$(hostname)/xml").count();
            assert_eq!(outside, known, "{}", page.content);
        }
    }
}

#[test]
fn the_log_in_page_leads_to_the_portal_with_everything_it_needs() {
    let page = login_page(&portal(), COMPANY);
    let address = format!(
        "url=https://wifi.example.com/portal/{}?mac=$(mac)&amp;ip=$(ip)&amp;\
         link-login-only=$(link-login-only-esc)&amp;link-orig=$(link-orig-esc)&amp;\
         chap-id=$(chap-id)&amp;chap-challenge=$(chap-challenge)&amp;error=$(error)\"",
        router_id().as_str()
    );
    assert!(page.contains(&address), "{page}");
    // Without scripts: one form to the portal, one to the router.
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("<form action=\"$(link-login-only)\" method=\"post\">"));
    for field in [
        "mac",
        "ip",
        "link-login-only",
        "link-orig",
        "chap-id",
        "chap-challenge",
        "error",
    ] {
        assert!(
            page.contains(&format!("name=\"{field}\" value=\"$({field})\"")),
            "{field}"
        );
    }
    assert!(
        page.contains("<h1>Café &quot;El &#36;Ñandú&quot; [2] \\ #1?</h1>"),
        "{page}"
    );
}

#[test]
fn the_archive_is_the_same_each_time_and_small() {
    let zip = hotspot_zip(&portal(), COMPANY);
    assert_eq!(zip, hotspot_zip(&portal(), COMPANY));
    assert!(zip.len() < 32 * 1024, "{}", zip.len());
}
