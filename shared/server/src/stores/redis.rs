//! Redis or Valkey, as one client: scripts that are atomic there, each answered soon or not at all.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{FromRedisValue, ScriptInvocation};
use serde::Deserialize;

/// Section `stores.redis`: a Redis or Valkey that several gateways share. No connection is made before one is needed, and a gateway
/// starts without it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisConfig {
    /// `url`: `redis://[user:password@]host[:port][/database]`, or `rediss://…` for TLS. This or `url_file`.
    #[serde(default)]
    pub url: Option<String>,
    /// `url_file`: a file with the URL in it, such as a mounted secret.
    #[serde(default)]
    pub url_file: Option<PathBuf>,
    /// `prefix`: what the names of all keys begin with, so that several uses can share a Redis. Default `trefoil:`.
    #[serde(default = "RedisConfig::default_prefix")]
    pub prefix: String,
    /// `timeout_ms`: how long one question may take, connecting included. Requests wait for it. From 1 to 5000; default 100.
    #[serde(default = "RedisConfig::default_timeout_ms")]
    pub timeout_ms: u64,
    /// `connect_timeout_ms`: how long connecting may take, in the background too. From 1 to 60000; default 1000.
    #[serde(default = "RedisConfig::default_connect_timeout_ms")]
    pub connect_timeout_ms: u64,
}

impl RedisConfig {
    fn default_prefix() -> String {
        "trefoil:".to_owned()
    }

    fn default_timeout_ms() -> u64 {
        100
    }

    fn default_connect_timeout_ms() -> u64 {
        1_000
    }
}

impl std::fmt::Debug for RedisConfig {
    /// Without the URL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisConfig").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// A client. Connections are made when they are needed, and made anew when they break.
pub(crate) struct Redis {
    client: redis::Client,
    manager: OnceLock<ConnectionManager>,
    prefix: String,
    timeout: Duration,
    connect_timeout: Duration,
}

impl Redis {
    /// A client for this section; nothing is connected yet. The error names the key that is wrong.
    pub(crate) fn new(config: &RedisConfig) -> Result<Redis, (&'static str, String)> {
        let (key, url) = match (&config.url, &config.url_file) {
            (Some(url), None) => ("url", url.clone()),
            (None, Some(file)) => match std::fs::read_to_string(file) {
                Ok(url) => ("url_file", url.trim().to_owned()),
                Err(error) => return Err(("url_file", format!("`{}` cannot be read: {error}", file.display()))),
            },
            (Some(_), Some(_)) => {
                return Err(("url_file", "`url` says where it is already: keep one of the two".to_owned()));
            }
            (None, None) => return Err(("url", "it is not said where the Redis is".to_owned())),
        };
        // The library's words would show the URL, and with it the password.
        let wrong = || (key, "this is no URL of a Redis: write `redis://host:6379` or `rediss://host:6379`".to_owned());
        if !url.starts_with("redis://") && !url.starts_with("rediss://") {
            return Err(wrong());
        }
        let client = redis::Client::open(url).map_err(|_| wrong())?;
        Ok(Redis {
            client,
            manager: OnceLock::new(),
            prefix: config.prefix.clone(),
            timeout: Duration::from_millis(config.timeout_ms),
            connect_timeout: Duration::from_millis(config.connect_timeout_ms),
        })
    }

    /// What names of keys begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Runs a script, within the time that a question may take. The error is for the log.
    pub(crate) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, String> {
        let mut connection = self.connection()?;
        match tokio::time::timeout(self.timeout, script.invoke_async(&mut connection)).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer in {} ms", self.timeout.as_millis())),
        }
    }

    fn connection(&self) -> Result<ConnectionManager, String> {
        if let Some(manager) = self.manager.get() {
            return Ok(manager.clone());
        }
        // Not at start: this needs the runtime, which `check` has none of.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.connect_timeout))
            .set_response_timeout(Some(self.timeout))
            .set_min_delay(Duration::from_millis(50))
            .set_max_delay(Duration::from_secs(1))
            .set_number_of_retries(2);
        let manager = ConnectionManager::new_lazy_with_config(self.client.clone(), config);
        let manager = manager.map_err(|error| error.to_string())?;
        // If another was first, its is taken.
        Ok(self.manager.get_or_init(|| manager).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str) -> RedisConfig {
        RedisConfig {
            url: Some(url.to_owned()),
            url_file: None,
            prefix: RedisConfig::default_prefix(),
            timeout_ms: 100,
            connect_timeout_ms: 100,
        }
    }

    #[test]
    fn a_wrong_url_is_refused_without_its_password() {
        for url in ["", "localhost:6379", "http://a:secret@b", "redis://", "redis://u:secret@h:port"] {
            let (key, why) = Redis::new(&config(url)).err().unwrap();
            assert_eq!(key, "url", "{url}");
            assert!(!why.contains("secret"), "{why}");
        }
        for url in ["redis://127.0.0.1:6379", "rediss://u:p@redis.example/1"] {
            assert!(Redis::new(&config(url)).is_ok(), "{url}");
        }
        assert!(!format!("{:?}", config("redis://u:secret@h")).contains("secret"));
    }
}
