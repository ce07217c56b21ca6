//! Where requests come in: ports, connections, TLS. It knows nothing of what is asked.

mod bind;
mod cap;
mod config;
mod serve;
mod tls;

pub use self::bind::BindError;
pub(crate) use self::bind::bind;
pub(crate) use self::config::address;
pub use self::config::{LimitsConfig, ListenersConfig, PublicConfig, TlsConfig};
pub(crate) use self::serve::Serving;
pub(crate) use self::tls::load as load_tls;
