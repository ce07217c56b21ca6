//! Where a backend is, as configured: addresses, names, or a service.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::uri::Authority;

use super::names::{check_host, check_name};
use crate::balance::list::Target;
use crate::config::{BackendConfig, Base};
use crate::faults::shown;

/// Where a backend is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Places {
    /// These, each an address or a name.
    Hosts(Vec<Host>),
    /// Whatever the SRV records of this name say (RFC 2782).
    Service(String),
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// An address.
    Address(SocketAddr),
    /// All addresses of a name, at this port.
    Name(String, u16),
}

impl Places {
    /// Those of a backend, or of the proxy before it; at fault is the key that is named.
    pub(crate) fn of(config: &BackendConfig, base: &Base) -> Result<Places, (Vec<String>, String)> {
        let given = if config.srv.is_some() { "srv" } else { "addresses" };
        if config.proxy.is_some() && (config.srv.is_some() || !config.addresses.is_empty()) {
            let what = "there is a `proxy`, which is connected to in any case; leave one of them out".to_owned();
            return Err((vec![given.to_owned()], what));
        }
        if let Some(service) = &config.srv {
            let labels: Vec<&str> = service.trim_end_matches('.').split('.').collect();
            let sound = labels.len() > 2
                && labels.iter().take(2).all(|label| label.strip_prefix('_').is_some_and(|word| !word.is_empty()))
                && labels.iter().skip(2).all(|label| !label.starts_with('_'))
                && check_name(service).is_ok();
            if !config.addresses.is_empty() {
                let what = "there are `addresses` beside it; leave one of them out".to_owned();
                return Err((vec!["srv".to_owned()], what));
            }
            if !sound {
                let what = format!(
                    "`{}` is no service; write `_port._tcp.name`, such as `_http._tcp.users.default.svc.cluster.local`",
                    shown(service)
                );
                return Err((vec!["srv".to_owned()], what));
            }
            return Ok(Places::Service(service.clone()));
        }
        if config.addresses.is_empty() {
            let (host, port) = base.connects_to();
            return Ok(Places::Hosts(vec![Host::of(host, port)]));
        }
        let hosts = config.addresses.iter().enumerate().map(|(index, text)| {
            let authority: Option<Authority> = text.parse().ok().filter(|_| !text.contains('@'));
            let port = authority.as_ref().and_then(Authority::port_u16).filter(|port| *port > 0);
            let wrong = |why: &str| {
                let expected = "write `host:port`, such as `10.0.0.1:8080` or `users-2:8080`";
                let what = format!("`{}` {why}; {expected}", shown(text));
                (vec!["addresses".to_owned(), index.to_string()], what)
            };
            let (authority, port) = authority.zip(port).ok_or_else(|| wrong("is no address"))?;
            check_host(authority.host()).map_err(|why| wrong(&format!("has {why}")))?;
            Ok(Host::of(authority.host(), port))
        });
        hosts.collect::<Result<_, _>>().map(Places::Hosts)
    }

    /// The addresses, if nothing is to be looked up.
    pub(crate) fn fixed(&self) -> Option<Vec<Target>> {
        let Places::Hosts(hosts) = self else { return None };
        let target = |host: &Host| match host {
            Host::Address(address) => Some(Target::plain(*address)),
            Host::Name(..) => None,
        };
        hosts.iter().map(target).collect()
    }
}

impl Host {
    /// That of a host as it is written in a URL, where an IPv6 address stands in brackets.
    pub(crate) fn of(host: &str, port: u16) -> Host {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host.parse::<IpAddr>()
            .map_or_else(|_| Host::Name(host.to_owned(), port), |ip| Host::Address(SocketAddr::new(ip, port)))
    }
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Places::Service(service) => write!(f, "by the SRV records of {service}"),
            Places::Hosts(hosts) => {
                for (index, host) in hosts.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    match host {
                        Host::Address(address) => write!(f, "{comma}{address}")?,
                        Host::Name(name, port) => write!(f, "{comma}all of {name} by DNS, port {port}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(config: impl FnOnce(&mut BackendConfig)) -> Result<Places, (Vec<String>, String)> {
        let mut backend = BackendConfig::at("https://users.test");
        config(&mut backend);
        Places::of(&backend, &backend.base().unwrap())
    }

    #[test]
    fn places_come_from_the_url_unless_they_are_given() {
        let shown = |config: fn(&mut BackendConfig)| places(config).unwrap().to_string();
        assert_eq!(shown(|_| {}), "all of users.test by DNS, port 443");
        assert_eq!(shown(|config| config.url = "http://[::1]:8080/v2".to_owned()), "[::1]:8080");
        let given = |config: &mut BackendConfig| {
            config.addresses = ["10.0.0.1:8080", "users-2:81"].map(str::to_owned).to_vec();
        };
        assert_eq!(shown(given), "10.0.0.1:8080, all of users-2 by DNS, port 81");
        let service = |config: &mut BackendConfig| config.srv = Some("_http._tcp.users".to_owned());
        assert_eq!(shown(service), "by the SRV records of _http._tcp.users");
        assert!(places(given).unwrap().fixed().is_none());
    }

    #[test]
    fn what_is_no_place_is_refused_at_its_key() {
        let wrong =
            ["10.0.0.1", "users:0", "a@b:80", "", "users:80/path", "http://users:80", "u:secret@users:80", "*:80"];
        for text in wrong.into_iter().chain(["[fe80::1%eth0]:80", "[fe80::1%25eth0]:80", "10.0.0.256:80", "a..b:80"]) {
            let (at, what) = places(|config| config.addresses = vec![text.to_owned()]).unwrap_err();
            assert_eq!(at, ["addresses", "0"], "{text}: {what}");
            assert!(what.contains("write `host:port`") && !what.contains("secret"), "{what}");
        }
        let behind = |config: &mut BackendConfig| config.proxy = Some("http://proxy:3128".to_owned());
        assert_eq!(places(behind).unwrap().to_string(), "all of proxy by DNS, port 3128");
        let both = |config: &mut BackendConfig| {
            behind(config);
            config.addresses = vec!["10.0.0.1:80".to_owned()];
        };
        assert_eq!(places(both).unwrap_err().0, ["addresses"]);
        for text in [
            "users",
            "_http.users",
            "_http._tcp",
            "_._tcp.users",
            "_http._.users",
            "_http._tcp.",
            "_http._tcp.a..b",
            "_http._tcp._http._tcp.users",
            "_http._tcp.*",
            "_http._tcp.users:80",
            "_ht tp._tcp.users",
        ] {
            assert_eq!(places(|config| config.srv = Some(text.to_owned())).unwrap_err().0, ["srv"], "{text}");
        }
    }
}
