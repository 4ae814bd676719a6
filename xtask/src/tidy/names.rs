//! Names in Rust code: English inside, and gateways by name only in their adapter.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::syntax::{is_test_cfg, item_length};

/// Spanish words that have an English one in `docs/glossary.md`. Singular and plural.
const SPANISH: &[&str] = &[
    "aviso",
    "avisos",
    "cabecera",
    "cliente",
    "clientes",
    "cobro",
    "cobros",
    "compra",
    "compras",
    "contrasena",
    "contrasenas",
    "contraseña",
    "empresa",
    "empresas",
    "estado",
    "estados",
    "fecha",
    "ficha",
    "fichas",
    "jardin",
    "lote",
    "lotes",
    "metodo",
    "moneda",
    "monto",
    "montos",
    "movimiento",
    "movimientos",
    "nombre",
    "nombres",
    "pago",
    "pagos",
    "pasarela",
    "pasarelas",
    "perfil",
    "perfiles",
    "precio",
    "precios",
    "producto",
    "productos",
    "reembolso",
    "reembolsos",
    "tarjeta",
    "tarjetas",
    "transaccion",
    "transacciones",
    "tunel",
    "usuario",
    "usuarios",
    "vendedor",
    "vendedores",
    "venta",
    "ventas",
    "vigencia",
];

/// A place where a rule does not hold, and why.
struct Exemption {
    /// A file, or a folder with a slash at its end.
    path: &'static str,
    reason: &'static str,
}

/// Where Spanish identifiers stand.
const SPANISH_ALLOWED: &[Exemption] = &[
    Exemption {
        path: "crates/storage-postgres/src/schema.rs",
        reason: "tables and columns are Spanish",
    },
    Exemption {
        path: "crates/storage-postgres/src/rows/",
        reason: "fields of rows are named like their columns",
    },
    Exemption {
        path: "crates/storage-postgres/src/repo/",
        reason: "queries name tables and columns",
    },
    Exemption {
        path: "crates/security/src/tokens/claims.rs",
        reason: "claims are Spanish in tokens that are in use",
    },
    Exemption {
        path: "crates/payment-gateways/src/marks.rs",
        reason: "keys of the metadata that payments carry at the gateways",
    },
];

/// Files of the application that name a gateway. To be emptied: what differs between gateways belongs behind the
/// port `PaymentGateway`.
const GATEWAYS_NAMED: &[Exemption] = &[Exemption {
    path: "crates/application/src/operator/gateway_settings.rs",
    reason: "settings differ by gateway; only Mercado Pago has a collector",
}];

/// What has been seen of all files.
#[derive(Debug, Default)]
pub(crate) struct Names {
    problems: Vec<String>,
    used: BTreeSet<&'static str>,
}

impl Names {
    /// Looks at one file of Rust.
    pub(crate) fn read(&mut self, name: &str, text: &str) {
        // Code that does not parse is the compiler's business.
        let Ok(tokens) = text.parse::<TokenStream>() else {
            return;
        };
        let mut found = Found::default();
        found.walk(&tokens.into_iter().collect::<Vec<_>>());
        let stem = Path::new(name).file_stem().unwrap_or_default();
        found.names.insert(stem.to_string_lossy().into_owned());
        for spanish in found.names.iter().filter(|name| is_spanish(name)) {
            if !self.is_exempt(SPANISH_ALLOWED, name) {
                self.problems.push(format!(
                    "{name}: `{spanish}` is Spanish; docs/glossary.md has the English word"
                ));
            }
        }
        let in_application = name.starts_with("crates/application/src/");
        if in_application && found.gateway && !self.is_exempt(GATEWAYS_NAMED, name) {
            self.problems.push(format!(
                "{name}: the application names a gateway; what differs belongs behind the port"
            ));
        }
    }

    /// All problems, among them exemptions that are not needed any more.
    pub(crate) fn finish(mut self) -> Vec<String> {
        for one in SPANISH_ALLOWED.iter().chain(GATEWAYS_NAMED) {
            if !self.used.contains(one.path) {
                self.problems.push(format!(
                    "{}: needs no exemption any more, take it off the list ({})",
                    one.path, one.reason
                ));
            }
        }
        self.problems
    }

    fn is_exempt(&mut self, list: &'static [Exemption], name: &str) -> bool {
        let exempt = list.iter().find(|one| {
            one.path == name || (one.path.ends_with('/') && name.starts_with(one.path))
        });
        if let Some(one) = exempt {
            self.used.insert(one.path);
        }
        exempt.is_some()
    }
}

/// Identifiers of a file, and whether its product code names a gateway.
#[derive(Debug, Default)]
struct Found {
    names: BTreeSet<String>,
    gateway: bool,
    in_tests: bool,
}

impl Found {
    fn walk(&mut self, tokens: &[TokenTree]) {
        let mut rest = tokens;
        while let [first, after @ ..] = rest {
            rest = after;
            match first {
                TokenTree::Punct(mark) if mark.as_char() == '#' && !self.in_tests => {
                    if let [TokenTree::Group(group), item @ ..] = rest
                        && is_test_cfg(&group.stream().to_string())
                    {
                        let (item, following) = item.split_at(item_length(item));
                        self.in_tests = true;
                        self.walk(item);
                        self.in_tests = false;
                        rest = following;
                    }
                }
                TokenTree::Group(group) => {
                    self.walk(&group.stream().into_iter().collect::<Vec<_>>());
                }
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    if let [
                        TokenTree::Punct(_),
                        TokenTree::Punct(_),
                        TokenTree::Ident(_),
                        ..,
                    ] = after
                    {
                        self.gateway |= name == "GatewayKind" && !self.in_tests;
                    }
                    self.names.insert(name);
                }
                _ => {}
            }
        }
    }
}

/// Whether one of the words of an identifier is Spanish.
fn is_spanish(name: &str) -> bool {
    let capitals = !name.chars().any(char::is_lowercase);
    let mut words = vec![String::new()];
    for letter in name.chars() {
        let starts_word = letter == '_' || (letter.is_uppercase() && !capitals);
        if starts_word {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), letter != '_') {
            word.extend(letter.to_lowercase());
        }
    }
    // Mercado Pago is a name.
    let words: Vec<_> = words.iter().filter(|word| !word.is_empty()).collect();
    let of_the_name = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        before.is_some_and(|before| *before == "mercado")
    };
    let mut found = words.iter().enumerate();
    found.any(|(at, word)| SPANISH.contains(&word.as_str()) && !of_the_name(at))
}

#[cfg(test)]
mod tests {
    use super::{Found, Names, is_spanish};

    #[test]
    fn spanish_words_are_found_inside_identifiers() {
        for name in [
            "empresa",
            "EmpresaId",
            "lista_compras",
            "COMPRAS",
            "PRECIO_MAX",
            "r#monto",
        ] {
            assert!(is_spanish(name.trim_start_matches("r#")), "{name}");
        }
        for name in [
            "company",
            "estate",
            "ventana",
            "nombrar",
            "Precision",
            "lot",
        ] {
            assert!(!is_spanish(name), "{name}");
        }
    }

    #[test]
    fn strings_and_comments_are_free_and_identifiers_and_file_names_are_not() {
        let mut names = Names::default();
        names.read(
            "crates/domain/src/a.rs",
            "// la empresa\nconst A: &str = \"empresa\";",
        );
        assert_eq!(names.problems, Vec::<String>::new());
        names.read("crates/domain/src/compras.rs", "fn f(monto: u8) {}");
        assert_eq!(names.problems.len(), 2, "{:?}", names.problems);
    }

    #[test]
    fn a_gateway_may_be_named_in_tests_of_the_application_and_elsewhere() {
        let product = "fn f(k: GatewayKind) -> bool { k == GatewayKind::Conekta }";
        let tests =
            "fn f(k: GatewayKind) {} #[cfg(test)] mod tests { const K: X = GatewayKind::Conekta; }";
        let mut names = Names::default();
        names.read("crates/application/src/x.rs", tests);
        names.read("crates/http-api/src/x.rs", product);
        assert_eq!(names.problems, Vec::<String>::new());
        names.read("crates/application/src/x.rs", product);
        assert_eq!(names.problems.len(), 1);
        assert!(!Found::default().gateway);
    }
}
