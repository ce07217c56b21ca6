//! Which hosts can be connected to: IP addresses, and names as DNS has them (RFC 1123 section 2.1), with `_` as in names of services.

use std::net::{IpAddr, Ipv6Addr};

/// The longest name, in bytes, and the longest part of one between dots (RFC 1035 section 2.3.4).
const LONGEST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// Whether a host, as it is written in a URL, is an IP address or a name. The error says why it is neither.
pub(crate) fn check_host(host: &str) -> Result<(), &'static str> {
    if let Some(inside) = host.strip_prefix('[') {
        let address = inside.strip_suffix(']').unwrap_or_default();
        return match address.parse::<Ipv6Addr>() {
            Ok(_) => Ok(()),
            Err(_) if address.contains('%') => {
                Err("an address with a zone, which means something else on each machine")
            }
            Err(_) => Err("no IPv6 address in its brackets"),
        };
    }
    if host.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    check_name(host)?;
    // Whoever reads `10.1` or `10.0.0.256` as an address reads it as another one, if at all.
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a number for its last part, and is no IPv4 address");
    }
    Ok(())
}

/// Whether this is a name, perhaps with the root's dot at its end. The error says what it has that no name has.
pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.len() > LONGEST {
        return Err("a name of more than 253 characters");
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err("a name with nothing where a part should be");
        }
        if label.len() > LONGEST_LABEL {
            return Err("a part of more than 63 characters in its name");
        }
        if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return Err("a name with more in it than letters, digits, `-`, `_` and dots");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return Err("a `-` at an end of a part of its name");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_address_or_a_name() {
        let long = ["a"; 127].join(".");
        for good in ["10.0.0.1", "[::1]", "users", "users-2.shop.svc.cluster.local.", "my_service", "3com.com", &long] {
            assert_eq!(check_host(good), Ok(()), "{good}");
        }
        let (longer, label) = (["a"; 128].join("."), "a".repeat(64));
        for (wrong, why) in [
            ("[fe80::1%eth0]", "zone"),
            ("[fe80::1%25eth0]", "zone"),
            ("[::g]", "no IPv6"),
            ("[users]", "no IPv6"),
            ("*", "more in it"),
            ("us*rs", "more in it"),
            ("us%65rs", "more in it"),
            ("üsers", "more in it"),
            ("", "nothing"),
            (".", "nothing"),
            ("a..b", "nothing"),
            ("-a", "`-`"),
            ("a-.b", "`-`"),
            ("10.0.0.256", "no IPv4"),
            ("10.1", "no IPv4"),
            (longer.as_str(), "253"),
            (label.as_str(), "63"),
        ] {
            assert!(check_host(wrong).is_err_and(|said| said.contains(why)), "{wrong}: {:?}", check_host(wrong));
        }
    }
}
