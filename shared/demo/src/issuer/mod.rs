//! A dev identity provider on loopback: OpenID discovery, a key set, and tokens for whoever knows the word `demo`.
//!
//! It has what the gateway and a person with curl need of one, and must never be reachable from elsewhere.

mod clients;
mod key;
mod token;

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::clients::CLIENTS;
use self::key::Signer;
use crate::ports::{self, PortError};

/// How long the tokens of the ready file live, in seconds: a working day and a bit.
const READY_TTL_S: i64 = 12 * 3600;

/// How long the tokens of the demo's own page live, in seconds.
const PAGE_TTL_S: i64 = 60;

/// How long ago the expired token did, in seconds: far beyond any leeway.
const EXPIRED_S: i64 = 3600;

/// Why there is no issuer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// Its port cannot be had.
    #[error(transparent)]
    Port(#[from] PortError),
    /// No RSA key could be made.
    #[error("an RSA key could not be made")]
    Key,
    /// A token could not be signed.
    #[error("a token could not be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// The running issuer. Dropping this ends it; its key is gone then.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    tokens: BTreeMap<&'static str, String>,
    desk: Desk,
    _serving: JoinSet<()>,
}

/// Where the demo's own page gets its tokens.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Authority>);

/// What its routes share.
struct Authority {
    url: String,
    signer: Signer,
}

// === impl Issuer ===

impl Issuer {
    /// Makes a key and starts on loopback; 0 takes any free port.
    ///
    /// # Errors
    /// When the port cannot be had, or no key can be made.
    pub async fn start(port: u16) -> Result<Self, IssuerError> {
        let listener = ports::bind(port, "--issuer-port PORT").await?;
        let url = format!("http://{}:{}", Ipv4Addr::LOCALHOST, ports::of(&listener)?);
        let authority = Arc::new(Authority { url: url.clone(), signer: Signer::new()? });
        let tokens = ready_tokens(&authority)?;
        let routes = routes(Arc::clone(&authority));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            // It ends only when it is dropped: `axum::serve` rides out every error of a connection.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, tokens, desk: Desk(authority), _serving: serving })
    }

    /// The issuer's identifier, which is also its base URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A token for each BFF by its name, with all its scopes, valid for 12 hours; and `expired`, of the web BFF.
    #[must_use]
    pub fn tokens(&self) -> &BTreeMap<&'static str, String> {
        &self.tokens
    }

    /// Where the demo's own page gets its tokens.
    pub(crate) fn desk(&self) -> Desk {
        self.desk.clone()
    }
}

// === impl Desk ===

impl Desk {
    /// A token of the web BFF's client that reads the home screen, nothing else, and for a minute only.
    pub(crate) fn for_the_home_screen(&self) -> Result<String, IssuerError> {
        let web = &CLIENTS[0];
        self.0.token(web, web.subject, &["home:read"], PAGE_TTL_S)
    }
}

impl fmt::Debug for Desk {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

fn ready_tokens(authority: &Authority) -> Result<BTreeMap<&'static str, String>, IssuerError> {
    let mut tokens = BTreeMap::new();
    for client in &CLIENTS {
        tokens.insert(client.id, authority.token(client, client.subject, client.scopes, READY_TTL_S)?);
    }
    let web = &CLIENTS[0];
    tokens.insert("expired", authority.token(web, web.subject, web.scopes, -EXPIRED_S)?);
    Ok(tokens)
}

fn routes(authority: Arc<Authority>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(async |State(authority): State<Arc<Authority>>| Json(authority.signer.public().clone())))
        .route("/token", post(token::grant))
        .with_state(authority)
}

/// OpenID Connect Discovery 1.0, as far as there is something to discover.
async fn discovery(State(authority): State<Arc<Authority>>) -> Json<Value> {
    let url = &authority.url;
    let scopes: std::collections::BTreeSet<_> = CLIENTS.iter().flat_map(|client| client.scopes).collect();
    Json(json!({
        "issuer": url,
        "jwks_uri": format!("{url}/jwks"),
        "token_endpoint": format!("{url}/token"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": [],
        "subject_types_supported": ["public"],
        "scopes_supported": scopes,
    }))
}
