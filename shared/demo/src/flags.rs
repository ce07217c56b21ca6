//! What `gateway demo` can be told, and which ports follow from it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::backends::NAMES;

/// The flags. Every port may be 0: any free one.
#[derive(Debug, Clone, Args)]
pub(crate) struct Flags {
    /// Where the gateway answers HTTP; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) http_port: u16,

    /// Where the gateway answers HTTPS; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 8443)]
    pub(crate) https_port: u16,

    /// Where operators look; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 9900)]
    pub(crate) admin_port: u16,

    /// Where the dev identity provider answers; default 9100, or any free port if one of the three above is 0
    #[arg(long, value_name = "PORT")]
    issuer_port: Option<u16>,

    /// Where the page that shows a screen filling in is; default 9108, or any free port if one of the first three is 0
    #[arg(long, value_name = "PORT")]
    screen_port: Option<u16>,

    /// Where one of the shop's backends answers, such as users=9001; may be repeated. Default 9101 (users) to 9107 (media),
    /// or any free ports if one of the first three is 0
    #[arg(long, value_name = "NAME=PORT", value_parser = backend_port)]
    backend_port: Vec<(String, u16)>,

    /// Written as JSON once all is up, and removed at the end: URLs, tokens, certificate files. What is there already is
    /// replaced only if an earlier demo wrote it
    #[arg(long, value_name = "PATH")]
    pub(crate) ready_file: Option<PathBuf>,
}

/// Where the identity provider is in the gateway's own configuration.
const ISSUER_PORT: u16 = 9100;
/// Where the first of the backends is there; the others follow in their order.
const FIRST_BACKEND_PORT: u16 = 9101;
/// Where the page is, behind the backends.
const SCREEN_PORT: u16 = 9108;

impl Flags {
    /// Where the identity provider answers; 0 takes any free port.
    pub(crate) fn issuer_port(&self) -> u16 {
        self.issuer_port.unwrap_or(if self.is_one_of_many() { 0 } else { ISSUER_PORT })
    }

    /// Where the page that shows a screen filling in is; 0 takes any free port.
    pub(crate) fn screen_port(&self) -> u16 {
        self.screen_port.unwrap_or(if self.is_one_of_many() { 0 } else { SCREEN_PORT })
    }

    /// Where each backend answers, by name; 0 takes any free port.
    pub(crate) fn backend_ports(&self) -> BTreeMap<String, u16> {
        let own = (FIRST_BACKEND_PORT..).map(|port| if self.is_one_of_many() { 0 } else { port });
        let given = self.backend_port.iter().cloned();
        NAMES.iter().map(|&name| name.to_owned()).zip(own).chain(given).collect()
    }

    /// Whoever asks for any free port of the gateway's has other demos beside this one.
    fn is_one_of_many(&self) -> bool {
        [self.http_port, self.https_port, self.admin_port].contains(&0)
    }
}

fn backend_port(text: &str) -> Result<(String, u16), String> {
    let (name, port) = text.split_once('=').ok_or("write NAME=PORT, such as users=9001")?;
    if !NAMES.contains(&name) {
        return Err(format!("there is no backend {name}; there are {}", NAMES.join(", ")));
    }
    let port = port.parse().map_err(|_| format!("{port} is no port"))?;
    Ok((name.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(arguments: &[&str]) -> Flags {
        let command = Flags::augment_args(clap::Command::new("demo"));
        let matches = command.get_matches_from(std::iter::once("demo").chain(arguments.iter().copied()));
        clap::FromArgMatches::from_arg_matches(&matches).unwrap()
    }

    #[test]
    fn the_shop_is_where_the_gateways_own_configuration_looks_for_it() {
        let flags = flags(&[]);
        let yaml = include_str!("../../../gateway/gateway.yaml");
        assert!(yaml.contains(&format!("issuer: ${{ISSUER:-http://127.0.0.1:{}}}", flags.issuer_port())));
        let ports = flags.backend_ports();
        assert_eq!(ports.len(), NAMES.len());
        for (name, port) in ports {
            let url = format!("  {name}:\n    url: ${{{}_URL:-http://127.0.0.1:{port}}}", name.to_ascii_uppercase());
            assert!(yaml.contains(&url), "{url}");
        }
    }

    #[test]
    fn many_demos_can_run_side_by_side() {
        for flag in ["--http-port=0", "--https-port=0", "--admin-port=0"] {
            let flags = flags(&[flag, "--backend-port=media=9001"]);
            assert_eq!((flags.issuer_port(), flags.screen_port()), (0, 0));
            for (name, port) in flags.backend_ports() {
                assert_eq!(port, if name == "media" { 9001 } else { 0 }, "{name}");
            }
        }
        assert_eq!(flags(&["--admin-port=0", "--issuer-port=9100"]).issuer_port(), 9100);
        assert_eq!(flags(&["--issuer-port=0"]).issuer_port(), 0);
    }

    #[test]
    fn a_backend_that_there_is_not_is_named_with_those_there_are() {
        assert_eq!(backend_port("users=9001"), Ok(("users".to_owned(), 9001)));
        assert!(backend_port("user=9001").unwrap_err().contains("users, orders"));
        assert!(backend_port("users").is_err() && backend_port("users=70000").is_err());
    }
}
