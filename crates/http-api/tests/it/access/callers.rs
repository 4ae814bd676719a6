//! Everybody who must be turned away, and with what words.

use http_api::endpoint::Access;
use serde_json::json;

use crate::harness::shop::{OPERATOR_PASSWORD, Shop};
use crate::harness::world::{World, text};

/// The headers that carry it.
pub(super) type Credential = Vec<(&'static str, String)>;

pub(super) fn session(token: &str) -> Credential {
    vec![("Authorization", format!("Bearer {token}"))]
}

pub(super) fn portal(key: &str) -> Credential {
    vec![("X-API-Key", key.to_owned())]
}

/// Somebody whose credential does not fit.
pub(super) struct Misfit {
    pub(super) name: &'static str,
    pub(super) credential: Credential,
    pub(super) status: u16,
    /// The exact words, where there is one text for all routes.
    pub(super) detail: Option<&'static str>,
}

/// Credentials of every kind, alive and dead.
pub(super) struct Callers {
    owner: String,
    operator: String,
    key: String,
    dead_owners: Vec<(&'static str, String, &'static str)>,
    dead_operators: Vec<(&'static str, String, &'static str)>,
    dead_keys: Vec<(&'static str, String, &'static str)>,
}

fn bearer(name: &'static str, token: &str) -> Misfit {
    Misfit {
        name,
        credential: session(token),
        status: 401,
        detail: None,
    }
}

fn api_key(name: &'static str, key: &str) -> Misfit {
    Misfit {
        name,
        credential: portal(key),
        status: 401,
        detail: None,
    }
}

/// A token with another last letter.
fn forged(token: &str) -> String {
    let mut forged = token.to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == '0' { '1' } else { '0' });
    forged
}

/// One more platform owner; answers the user's number.
fn another_owner(world: &World, email: &str) -> i64 {
    let body = json!({
        "email": email, "password": OPERATOR_PASSWORD, "nombre": "Eva", "rol": "super_admin",
    });
    let request = world.post("/admin/usuarios").session(&world.owner());
    let made = request.json(&body);
    made.expect(200)["usuario"]["id"].as_i64().unwrap()
}

impl Callers {
    pub(super) fn new(world: &World, shop: &Shop) -> Self {
        let owner = world.owner();
        let logged_out = |email: &str| {
            let token = world.login(email, OPERATOR_PASSWORD);
            let path = "/api/v1/auth/logout";
            world.post(path).session(&token).send().expect(200);
            token
        };
        let switched_off = |email: &str, id: i64| {
            let token = world.login(email, OPERATOR_PASSWORD);
            let path = format!("/admin/usuarios/{id}/toggle-activo");
            world.put(&path).session(&owner).send().expect(200);
            token
        };
        let replaced_password = |email: &str| {
            let token = world.login(email, OPERATOR_PASSWORD);
            let body = json!({
                "current_password": OPERATOR_PASSWORD, "new_password": "OtraClave789!",
            });
            let path = "/api/v1/auth/change-password";
            world.post(path).session(&token).json(&body).expect(200);
            token
        };
        let of_closed_company = || {
            let tenant = world.tenant("Cerrado");
            world.operator_of(&tenant, "cerrado@x.test");
            let token = world.login("cerrado@x.test", OPERATOR_PASSWORD);
            let path = format!("/admin/empresas/{tenant}/toggle-activo");
            world.put(&path).session(&owner).send().expect(200);
            token
        };
        let off = world.operator_of(&shop.tenant, "off@x.test");
        world.operator_of(&shop.tenant, "changed@x.test");
        let owner_off = another_owner(world, "owner-off@x.test");
        another_owner(world, "owner-out@x.test");
        let dead_operators = vec![
            (
                "logged out",
                logged_out(&shop.operator_email),
                "Token inválido",
            ),
            (
                "switched off",
                switched_off("off@x.test", off),
                "Usuario no activo",
            ),
            (
                "of a changed password",
                replaced_password("changed@x.test"),
                "Token inválido",
            ),
            (
                "of a closed company",
                of_closed_company(),
                "Su empresa está desactivada. Hable con quien administra la plataforma.",
            ),
            ("forged", forged(&shop.operator), "Token inválido"),
        ];
        let dead_owners = vec![
            (
                "logged out",
                logged_out("owner-out@x.test"),
                "Token inválido",
            ),
            (
                "switched off",
                switched_off("owner-off@x.test", owner_off),
                "Usuario no activo",
            ),
            ("forged", forged(&owner), "Token inválido"),
        ];
        let revoked = {
            let router = world.router_of(&shop.tenant, "Segundo");
            let id = text(&router, "id");
            let path = format!(
                "/admin/empresas/{}/routers/{id}/regenerate-api-key",
                shop.tenant
            );
            world.post(&path).session(&owner).send().expect(200);
            text(&router, "api_key")
        };
        let dead_keys = vec![
            ("revoked", revoked, "API Key no válida o revocada"),
            ("forged", forged(&shop.key), "API Key inválida"),
        ];
        Self {
            owner,
            operator: shop.operator.clone(),
            key: shop.key.clone(),
            dead_owners,
            dead_operators,
            dead_keys,
        }
    }

    /// Whom a route with this access must turn away.
    pub(super) fn misfits(&self, access: Access) -> Vec<Misfit> {
        match access {
            Access::Public => Vec::new(),
            Access::Portal => self.portal_misfits(),
            Access::Session | Access::TenantOrSuperAdmin => {
                let mut misfits = self.session_misfits();
                misfits.extend(dead(&self.dead_operators));
                misfits.extend(dead(&self.dead_owners));
                misfits
            }
            Access::SuperAdmin => {
                let mut misfits = self.session_misfits();
                misfits.extend(dead(&self.dead_owners));
                misfits.extend(dead(&self.dead_operators));
                misfits.push(Misfit {
                    status: 403,
                    detail: Some("Se requiere rol SUPER_ADMIN"),
                    ..bearer("an operator", &self.operator)
                });
                misfits
            }
            Access::TenantAdmin => {
                let mut misfits = self.session_misfits();
                misfits.extend(dead(&self.dead_operators));
                misfits.extend(dead(&self.dead_owners));
                misfits.push(Misfit {
                    status: 403,
                    detail: Some("Se requiere rol CLIENTE_ADMIN"),
                    ..bearer("the platform owner", &self.owner)
                });
                misfits
            }
        }
    }

    fn session_misfits(&self) -> Vec<Misfit> {
        let as_basic = Misfit {
            credential: vec![("Authorization", format!("Basic {}", self.operator))],
            ..bearer("a session in another scheme", "")
        };
        vec![
            nobody(),
            garbage(),
            bearer("an empty token", ""),
            bearer("a portal", &self.key),
            bearer(
                "a portal without its prefix",
                self.key.trim_start_matches("jwt_"),
            ),
            api_key("a portal by its own header", &self.key),
            api_key("a session in the portals' header", &self.operator),
            as_basic,
        ]
    }

    fn portal_misfits(&self) -> Vec<Misfit> {
        let mut misfits = vec![
            nobody(),
            garbage(),
            api_key("garbage in the header", "basura"),
            api_key("an empty key", ""),
            api_key("the prefix alone", "jwt_"),
            api_key(
                "a key without its prefix",
                self.key.trim_start_matches("jwt_"),
            ),
            api_key("an operator in the header", &self.operator),
            api_key(
                "an operator with the prefix",
                &format!("jwt_{}", self.operator),
            ),
            bearer("an operator", &self.operator),
            bearer("the platform owner", &self.owner),
        ];
        for (name, key, detail) in &self.dead_keys {
            misfits.push(Misfit {
                detail: Some(detail),
                ..api_key(name, key)
            });
            misfits.push(Misfit {
                detail: Some(detail),
                ..bearer(name, key)
            });
        }
        // The key's own header wins: a good session or key beside it does not help.
        let mut both = api_key("a forged key beside a good one", &forged(&self.key));
        both.credential.extend(session(&self.key));
        misfits.push(both);
        misfits
    }
}

fn nobody() -> Misfit {
    Misfit {
        name: "nobody",
        credential: Vec::new(),
        status: 401,
        detail: None,
    }
}

fn garbage() -> Misfit {
    bearer("garbage", "eyJhbGciOiJub25lIn0.e30.")
}

fn dead(tokens: &[(&'static str, String, &'static str)]) -> Vec<Misfit> {
    let dead = tokens.iter();
    dead.map(|(name, token, detail)| Misfit {
        detail: Some(detail),
        ..bearer(name, token)
    })
    .collect()
}
