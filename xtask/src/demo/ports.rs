//! The ports that the demo listens on, all on 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::bail;

/// Ports as asked for; 0 stands for any free one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PortArgs {
    /// Port of the server; 0, here and below, takes any free one.
    #[arg(long, default_value_t = 8000)]
    port: u16,
    /// Port of the simulated router.
    #[arg(long, default_value_t = 8728)]
    router_port: u16,
    /// Port of the simulated router's control page.
    #[arg(long, default_value_t = 8701)]
    router_control_port: u16,
    /// Port of the Conekta sandbox.
    #[arg(long, default_value_t = 8702)]
    conekta_port: u16,
    /// Port of the Mercado Pago sandbox.
    #[arg(long, default_value_t = 8703)]
    mercado_pago_port: u16,
    /// Port of the Telegram sandbox.
    #[arg(long, default_value_t = 8705)]
    telegram_port: u16,
    /// Port of the sandboxes' control page.
    #[arg(long, default_value_t = 8704)]
    gateway_control_port: u16,
}

impl PortArgs {
    /// Any free ones.
    pub(crate) const fn any() -> Self {
        Self {
            port: 0,
            router_port: 0,
            router_control_port: 0,
            conekta_port: 0,
            mercado_pago_port: 0,
            telegram_port: 0,
            gateway_control_port: 0,
        }
    }
}

/// Ports that were free a moment ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ports {
    /// The server.
    pub(crate) server: u16,
    /// The router's API.
    pub(crate) router: u16,
    /// The router simulator's control port.
    pub(crate) router_control: u16,
    /// The Conekta sandbox.
    pub(crate) conekta: u16,
    /// The Mercado Pago sandbox.
    pub(crate) mercado_pago: u16,
    /// The Telegram sandbox.
    pub(crate) telegram: u16,
    /// The gateway simulator's control port.
    pub(crate) gateway_control: u16,
}

impl Ports {
    /// Makes sure that nobody listens on them.
    pub(crate) fn reserve(args: &PortArgs) -> anyhow::Result<Self> {
        // Held until all are known, so that no two are the same.
        let mut held = Vec::new();
        let mut take = |wanted: u16, whose: &str, option: &str| {
            let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)) else {
                bail!(
                    "port {wanted}, for {whose}, is in use or not allowed: \
                     choose another one with {option} PORT (0 takes any)"
                );
            };
            let port = listener.local_addr()?.port();
            held.push(listener);
            Ok(port)
        };
        Ok(Self {
            server: take(args.port, "the server", "--port")?,
            router: take(args.router_port, "the simulated router", "--router-port")?,
            router_control: take(
                args.router_control_port,
                "the router's control page",
                "--router-control-port",
            )?,
            conekta: take(args.conekta_port, "the Conekta sandbox", "--conekta-port")?,
            mercado_pago: take(
                args.mercado_pago_port,
                "the Mercado Pago sandbox",
                "--mercado-pago-port",
            )?,
            telegram: take(
                args.telegram_port,
                "the Telegram sandbox",
                "--telegram-port",
            )?,
            gateway_control: take(
                args.gateway_control_port,
                "the sandboxes' control page",
                "--gateway-control-port",
            )?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::{PortArgs, Ports};

    #[test]
    fn zero_takes_free_ports_that_differ() {
        let ports = Ports::reserve(&PortArgs::any()).unwrap();
        assert!(ports.server != 0 && ports.server != ports.router);
    }

    #[test]
    fn a_busy_port_is_named_with_the_option_that_changes_it() {
        let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = busy.local_addr().unwrap().port();
        let error = Ports::reserve(&PortArgs {
            router_port: port,
            ..PortArgs::any()
        })
        .unwrap_err()
        .to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("--router-port"),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }
}
