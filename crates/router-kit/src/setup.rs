//! The script that makes a router sell: one paste into its terminal, on version 6.49 and version 7.
//!
//! Every step may run any number of times. What an operator has set up stays, except where the
//! sale depends on it, and a comment says so. A script never removes the RouterOS user that the
//! server works with at present: the new one takes over once it has logged in, so that a script
//! that is never pasted, or pasted late, costs nothing.

use std::fmt::Write as _;
use std::net::IpAddr;

use domain::garden::{GardenEntry, GardenMenu};
use domain::gateway::GatewayKind;
use domain::router::TlsMode;
use domain::secret::Secret;

use crate::garden::{TAG, garden};
use crate::pages::login_page;
use crate::portal::Portal;
use crate::quote::{plain_line, quoted};

/// The group of our RouterOS users.
pub const API_GROUP: &str = "wifi-ventas";
/// What its members may do, and nothing else.
pub const API_POLICY: &str = "read,write,api";
/// The certificate that is made where `api-ssl` has none.
const CERTIFICATE: &str = "wifi-ventas-api";
/// DHCP option and set of options.
const DHCP_OPTION: &str = "wifi-ventas-portal";
/// The ways to log in that the sale needs: the portal logs devices in by PAP or CHAP, and by the
/// API, which is PAP; cookies bring them back.
const LOGIN_BY: &str = "cookie,http-chap,http-pap,mac-cookie";

/// The first line of every script.
const DEVICE_MODE_NOTE: &str = "# RouterOS 7.17 o posterior: si el equipo bloquea el hotspot, permitalo antes con \
/system/device-mode/update hotspot=yes scheduler=yes fetch=yes y, dentro de 5 minutos, oprima su boton o corte la corriente.";

/// A part of the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetupStep {
    /// Group and user for the API.
    User,
    /// The service that the server connects to.
    Api,
    /// Ways to log in, and the log-in page.
    Hotspot,
    /// User profiles of the products.
    Profiles,
    /// Walled garden.
    Garden,
    /// DHCP option 114 (RFC 8910).
    Dhcp,
    /// Removes our earlier RouterOS users. Only on its own, once the present one works.
    Cleanup,
}

impl SetupStep {
    /// The steps of a whole script, in order: what is safe on any router. The log-in page and the
    /// DHCP option send customers to the portal's address, and are asked for one by one where a
    /// portal answers there.
    pub const WHOLE: [Self; 4] = [Self::User, Self::Api, Self::Profiles, Self::Garden];
    const NAMES: [(Self, &'static str); 7] = [
        (Self::User, "usuario"),
        (Self::Api, "api"),
        (Self::Hotspot, "hotspot"),
        (Self::Profiles, "perfiles"),
        (Self::Garden, "jardin"),
        (Self::Dhcp, "dhcp"),
        (Self::Cleanup, "limpieza"),
    ];

    /// The name that callers use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(step, _)| *step == self)
            .map_or("usuario", |(_, name)| name)
    }

    /// Reads the name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(step, _)| *step)
    }

    /// All names, for a refusal.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        Self::NAMES.iter().map(|(_, name)| *name).collect()
    }
}

/// A RouterOS user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiUser {
    /// Name.
    pub name: String,
    /// Password.
    pub password: Secret,
}

/// What a script is made of.
#[derive(Debug, Clone)]
pub struct SetupInputs {
    /// The operator's company.
    pub company: String,
    /// The router's label.
    pub router_name: String,
    /// Its portal.
    pub portal: Portal,
    /// The user to be made; none where the script has no step [`SetupStep::User`].
    pub new_user: Option<ApiUser>,
    /// The name of the user that works at present.
    pub present_user: String,
    /// The port that the server connects to.
    pub port: u16,
    /// How it protects the connection.
    pub tls: TlsMode,
    /// Addresses that the server connects from; empty: not known, any may.
    pub server_addresses: Vec<IpAddr>,
    /// User profiles that products name.
    pub profiles: Vec<String>,
    /// Gateways that are set up.
    pub gateways: Vec<GatewayKind>,
}

/// The whole script.
#[must_use]
pub fn setup_script(inputs: &SetupInputs) -> String {
    script(inputs, &SetupStep::WHOLE)
}

/// A script of these steps.
#[must_use]
pub fn script(inputs: &SetupInputs, steps: &[SetupStep]) -> String {
    let mut script = Script::default();
    script.line(DEVICE_MODE_NOTE);
    script.note(&format!(
        "Router: {} de {}.",
        inputs.router_name, inputs.company
    ));
    script.note(
        "Pegue todo en la terminal del router (WinBox: New Terminal). Puede repetirse sin dano.",
    );
    for step in steps {
        script.line("");
        match step {
            SetupStep::User => user(inputs, &mut script),
            SetupStep::Api => api(inputs, &mut script),
            SetupStep::Hotspot => hotspot(inputs, &mut script),
            SetupStep::Profiles => profiles(inputs, &mut script),
            SetupStep::Garden => walled_garden(inputs, &mut script),
            SetupStep::Dhcp => dhcp(inputs, &mut script),
            SetupStep::Cleanup => cleanup(inputs, &mut script),
        }
    }
    script.line("");
    script.say("Listo. Abra ahora el diagnostico del router en su panel.");
    script.0
}

/// Lines of a script. Texts from outside only come in by [`quoted`] and [`plain_line`].
#[derive(Default)]
struct Script(String);

impl Script {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn note(&mut self, text: &str) {
        self.line(&format!("# {}", plain_line(text)));
    }

    fn say(&mut self, text: &str) {
        let literal = quoted(&plain_line(text));
        self.line(&format!(":put {literal}"));
    }

    /// Adds an item unless there is one of this name.
    fn add_once(&mut self, menu: &str, name: &str, properties: &str) {
        let name = quoted(name);
        self.line(&format!(
            ":if ([:len [{menu} find where name={name}]] = 0) do={{ {menu} add name={name} {properties} }}"
        ));
    }

    fn set(&mut self, menu: &str, name: &str, properties: &str) {
        let name = quoted(name);
        self.line(&format!(
            "{menu} set [{menu} find where name={name}] {properties}"
        ));
    }
}

fn user(inputs: &SetupInputs, script: &mut Script) {
    let Some(user) = &inputs.new_user else {
        return;
    };
    script.note(
        "Usuario de la API con los permisos minimos y una clave nueva, ya guardada en el servidor.",
    );
    script.note("El usuario anterior sigue sirviendo hasta que el nuevo haya entrado.");
    let policy = format!("policy={API_POLICY}");
    script.add_once("/user group", API_GROUP, &policy);
    script.set("/user group", API_GROUP, &policy);
    let properties = format!(
        "group={} password={} address={} disabled=no",
        quoted(API_GROUP),
        quoted(user.password.expose()),
        quoted(&allowed_from(inputs)),
    );
    script.add_once("/user", &user.name, &properties);
    script.set("/user", &user.name, &properties);
}

/// The sources that a service or a user is limited to; empty for any.
fn allowed_from(inputs: &SetupInputs) -> String {
    let prefix = |address: &IpAddr| {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        format!("{address}/{bits}")
    };
    let all: Vec<String> = inputs.server_addresses.iter().map(prefix).collect();
    all.join(",")
}

fn api(inputs: &SetupInputs, script: &mut Script) {
    let service = if inputs.tls == TlsMode::None {
        script.note("El servicio api, sin cifrar, como esta configurado en el servidor. Mejor: puerto 8729 y TLS.");
        "api"
    } else {
        script.note(
            "El servicio api-ssl. Si no tiene certificado se le hace uno; si tiene, no se cambia.",
        );
        certificate(script);
        "api-ssl"
    };
    let mut set = format!("/ip service set {service} port={} disabled=no", inputs.port);
    let sources = allowed_from(inputs);
    if !sources.is_empty() {
        script.note("Solo el servidor puede conectarse.");
        let _ = write!(set, " address={}", quoted(&sources));
    }
    script.line(&set);
}

fn certificate(script: &mut Script) {
    let name = quoted(CERTIFICATE);
    script.line("{");
    script.line(":local c [/ip service get api-ssl certificate]");
    script.line(":if (([:len $c] = 0) or ($c = \"none\")) do={");
    script.line(&format!(
        ":if ([:len [/certificate find where name={name}]] = 0) do={{"
    ));
    script.line(&format!(
        "/certificate add name={name} common-name={name} key-size=2048 days-valid=3650 key-usage=digital-signature,key-encipherment,tls-server"
    ));
    script.line(&format!("/certificate sign {name}"));
    script.line(":delay 5s");
    script.line("}");
    script.line(&format!("/ip service set api-ssl certificate={name}"));
    script.line("}");
    script.line("}");
}

fn hotspot(inputs: &SetupInputs, script: &mut Script) {
    script.note("Hotspot: formas de entrar y pagina de inicio. Si no hay hotspot, ejecute primero /ip hotspot setup.");
    let page = quoted(&login_page(&inputs.portal, &inputs.company));
    script.line("{");
    script.line(":local servers [/ip hotspot find]");
    script.line(":if ([:len $servers] = 0) do={ :put \"No hay hotspot: ejecute /ip hotspot setup y pegue esto de nuevo.\" }");
    script.line(":foreach h in=$servers do={");
    script.line(":local p [/ip hotspot get $h profile]");
    script.line(":local i [/ip hotspot profile find where name=$p]");
    script.line(&format!("/ip hotspot profile set $i login-by={LOGIN_BY}"));
    script.line(":local d [/ip hotspot profile get $i html-directory]");
    script.line(":local f [/file find where name=($d . \"/login.html\")]");
    script.line(":if ([:len $f] = 0) do={ :put (\"Falta login.html en \" . $d . \": suba ahi los archivos de hotspot.zip.\") } else={");
    script.line(&format!("/file set $f contents={page}"));
    script.line("}");
    script.line("}");
    script.line("}");
}

fn profiles(inputs: &SetupInputs, script: &mut Script) {
    script.note("Perfiles de usuario que los productos nombran; los que ya existen no se cambian.");
    for profile in &inputs.profiles {
        script.add_once("/ip hotspot user profile", profile, "shared-users=1");
    }
}

fn walled_garden(inputs: &SetupInputs, script: &mut Script) {
    script.note("Lo que se puede abrir sin pagar: el portal y las paginas de pago. Solo se tocan las entradas con este comentario.");
    let wanted = garden(inputs.portal.host(), &inputs.gateways);
    let tag = quoted(TAG);
    for menu in GardenMenu::ALL {
        let path = console_path(menu);
        let of_menu: Vec<&GardenEntry> = wanted.iter().filter(|one| one.menu == menu).collect();
        for entry in &of_menu {
            let (property, host) = (entry.property(), quoted(&entry.host));
            script.line(&format!(
                ":if ([:len [{path} find where comment={tag} and {property}={host}]] = 0) do={{ {path} add action={} {property}={host} comment={tag} }}",
                menu.action()
            ));
        }
        let names: Vec<&str> = of_menu.iter().map(|entry| entry.host.as_str()).collect();
        let list = quoted(&format!(",{},", names.join(",")));
        script.line("{");
        script.line(&format!(":local wanted {list}"));
        script.line(&format!(
            ":foreach e in=[{path} find where comment={tag}] do={{"
        ));
        script.line(&format!(":local n [{path} get $e dst-host]"));
        script.line(&format!(
            ":if ([:len $n] = 0) do={{ :set n [{path} get $e dst-address] }}"
        ));
        script.line(&format!(
            ":if ([:typeof [:find $wanted (\",\" . $n . \",\")]] = \"nil\") do={{ {path} remove $e }}"
        ));
        script.line("}");
        script.line("}");
    }
}

const fn console_path(menu: GardenMenu) -> &'static str {
    match menu {
        GardenMenu::Http => "/ip hotspot walled-garden",
        GardenMenu::Ip => "/ip hotspot walled-garden ip",
    }
}

fn dhcp(inputs: &SetupInputs, script: &mut Script) {
    let Some(address) = inputs.portal.captive_api() else {
        script.note("Opcion 114 de DHCP: se omite, porque el servidor no tiene direccion https.");
        return;
    };
    script.note("Opcion 114 de DHCP (RFC 8910): los telefonos abren el portal sin buscarlo. Un conjunto de opciones que ya este puesto no se cambia.");
    // As bytes, because versions differ in how they quote texts here.
    let bytes: String = address.bytes().fold("0x".to_owned(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let value = format!("value={}", quoted(&bytes));
    let option = quoted(DHCP_OPTION);
    let menu = "/ip dhcp-server option";
    script.add_once(menu, DHCP_OPTION, &format!("code=114 {value}"));
    script.set(menu, DHCP_OPTION, &value);
    let sets = "/ip dhcp-server option sets";
    script.add_once(sets, DHCP_OPTION, &format!("options={option}"));
    script.line(":foreach h in=[/ip hotspot find] do={");
    script.line(":local i [/ip hotspot get $h interface]");
    script.line(":foreach s in=[/ip dhcp-server find where interface=$i] do={");
    script.line(":local o [/ip dhcp-server get $s dhcp-option-set]");
    script.line(&format!(
        ":if (([:len $o] = 0) or ($o = \"none\")) do={{ /ip dhcp-server set $s dhcp-option-set={option} }}"
    ));
    script.line("}");
    script.line("}");
}

fn cleanup(inputs: &SetupInputs, script: &mut Script) {
    script.note("Quita los usuarios de la API que scripts anteriores dejaron. El que el servidor usa se queda.");
    script.line(&format!(
        "/user remove [/user find where group={} and name!={}]",
        quoted(API_GROUP),
        quoted(&inputs.present_user)
    ));
}
