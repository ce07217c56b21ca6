//! The shop's seven services, each an axum server on a loopback port of its own.
//!
//! Each behaves as a service of its own team would: users, orders, inventory, reviews and media write snake_case, catalog
//! and recommendations camelCase; some page by envelope, some by header. None logs anything, and each can be made slow,
//! failing or dead by its `/_control`.

mod answers;
mod catalog;
mod control;
mod inventory;
mod media;
mod orders;
mod placed;
mod recommendations;
mod reviews;
mod serve;
mod users;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::ports::{self, PortError};
use crate::shop::Shop;

/// The names, in the order in which a newcomer meets them.
pub const NAMES: [&str; 7] = ["users", "orders", "catalog", "recommendations", "inventory", "reviews", "media"];

/// The running services. Dropping this ends them and closes their connections.
#[derive(Debug)]
pub struct Backends {
    urls: BTreeMap<&'static str, String>,
    controls: Controls,
    _serving: JoinSet<()>,
}

/// The services by name, for whoever changes what they do to their callers.
pub(crate) type Controls = BTreeMap<&'static str, Arc<serve::Backend>>;

impl Backends {
    /// Starts all seven on loopback, each on the port that `ports` has for its name, else on any free one.
    ///
    /// # Errors
    /// When a port cannot be had.
    pub async fn start(ports: &BTreeMap<String, u16>) -> Result<Self, PortError> {
        let shop = Shop::open();
        let placed = placed::Placed::new(&shop);
        let mut backends = Self { urls: BTreeMap::new(), controls: Controls::new(), _serving: JoinSet::new() };
        for name in NAMES {
            let router = match name {
                "users" => users::routes(shop.clone()),
                "orders" => orders::routes(shop.clone(), placed.clone()),
                "catalog" => catalog::routes(shop.clone()),
                "recommendations" => recommendations::routes(&shop),
                "inventory" => inventory::routes(shop.clone()),
                "reviews" => reviews::routes(shop.clone()),
                _ => media::routes(shop.clone()),
            };
            let forget = (name == "orders").then(|| placed.clone());
            let listener =
                ports::bind(ports.get(name).copied().unwrap_or(0), &format!("--backend-port {name}=PORT")).await?;
            backends.add(
                name,
                listener,
                serve::Backend::new(router, move || forget.iter().for_each(placed::Placed::forget)),
            )?;
        }
        Ok(backends)
    }

    /// The base URL of each, by name.
    #[must_use]
    pub fn urls(&self) -> &BTreeMap<&'static str, String> {
        &self.urls
    }

    pub(crate) fn controls(&self) -> &Controls {
        &self.controls
    }

    fn add(&mut self, name: &'static str, listener: TcpListener, backend: serve::Backend) -> Result<(), PortError> {
        let port = ports::of(&listener)?;
        self.urls.insert(name, format!("http://{}:{port}", Ipv4Addr::LOCALHOST));
        let backend = Arc::new(backend);
        self.controls.insert(name, Arc::clone(&backend));
        self._serving.spawn(backend.serve(listener));
        Ok(())
    }
}
