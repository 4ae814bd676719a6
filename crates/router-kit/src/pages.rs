//! The pages of the router's own hotspot: the log-in page, which leads to our portal, and calm
//! Spanish pages for the rest. They load nothing from anywhere.

use crate::portal::Portal;
use crate::zip::archive;

/// A file for the hotspot's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Name of the file.
    pub name: &'static str,
    /// Content.
    pub content: String,
}

const STYLE: &str = include_str!("pages/style.css");
const LOGIN: &str = include_str!("pages/login.html");
const MD5: &str = include_str!("pages/md5.js");

/// The pages that need no address, by the names under which the hotspot looks for them.
const OWN: [(&str, &str); 7] = [
    ("alogin.html", include_str!("pages/alogin.html")),
    ("rlogin.html", include_str!("pages/rlogin.html")),
    ("status.html", include_str!("pages/status.html")),
    ("logout.html", include_str!("pages/logout.html")),
    ("error.html", include_str!("pages/error.html")),
    ("redirect.html", include_str!("pages/redirect.html")),
    ("radvert.html", include_str!("pages/radvert.html")),
];

/// The log-in page: leads to the portal, and takes a code by a plain form without any script.
/// Small enough to be written by a script, which may hold 4095 bytes on version 6.
#[must_use]
pub fn login_page(portal: &Portal, company: &str) -> String {
    fill(LOGIN, company).replace("{page}", &escaped(&portal.page()))
}

/// All files of the hotspot's folder.
#[must_use]
pub fn pages(portal: &Portal, company: &str) -> Vec<Page> {
    let own = OWN.iter().map(|(name, template)| Page {
        name,
        content: fill(template, company),
    });
    let login = Page {
        name: "login.html",
        content: login_page(portal, company),
    };
    let md5 = Page {
        name: "md5.js",
        content: MD5.to_owned(),
    };
    std::iter::once(login)
        .chain(own)
        .chain(std::iter::once(md5))
        .collect()
}

/// The pages as a ZIP archive, to be unpacked into the hotspot's folder.
#[must_use]
pub fn hotspot_zip(portal: &Portal, company: &str) -> Vec<u8> {
    let pages = pages(portal, company);
    let files: Vec<(&str, &[u8])> = pages
        .iter()
        .map(|page| (page.name, page.content.as_bytes()))
        .collect();
    archive(&files)
}

/// Company names are at most this long on a page; longer ones are cut.
const LONGEST_NAME: usize = 60;

fn fill(template: &str, company: &str) -> String {
    let short: String = company.chars().take(LONGEST_NAME).collect();
    template
        .replace("{style}", STYLE.trim_end())
        .replace("{company}", &escaped(&short))
}

/// A text in HTML, in which the router finds no variable of its own either.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '$' => html.push_str("&#36;"),
            letter if letter.is_control() => html.push(' '),
            letter => html.push(letter),
        }
    }
    html
}
