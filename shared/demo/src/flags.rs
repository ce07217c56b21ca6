//! What `gateway demo` can be told.

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

    /// Where the dev identity provider answers; 0 takes any free port
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) issuer_port: u16,

    /// Where one of the shop's backends answers, such as users=9001; may be repeated
    #[arg(long, value_name = "NAME=PORT", value_parser = backend_port)]
    pub(crate) backend_port: Vec<(String, u16)>,

    /// Written as JSON once all is up, and removed at the end: URLs, tokens, certificate files
    #[arg(long, value_name = "PATH")]
    pub(crate) ready_file: Option<PathBuf>,
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

    #[test]
    fn a_backend_that_there_is_not_is_named_with_those_there_are() {
        assert_eq!(backend_port("users=9001"), Ok(("users".to_owned(), 9001)));
        assert!(backend_port("user=9001").unwrap_err().contains("users, orders"));
        assert!(backend_port("users").is_err() && backend_port("users=70000").is_err());
    }
}
