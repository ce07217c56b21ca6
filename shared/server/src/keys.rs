//! Where an issuer's keys come from: OpenID Connect Discovery, or an address that the operator sets.
//!
//! Every address is the operator's or the issuer's own document's, never a token's. TLS or loopback only; no redirect,
//! no proxy; bounded in time and size.

use std::net::IpAddr;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::StatusCode;
use reqwest::{Client, Url};
use serde::Deserialize;
use trefoil_edge::{KeyError, KeySource};

/// One fetch is given up after this long (AWS' HTTP API gives it the same).
const TIMEOUT: Duration = Duration::from_millis(1_500);
/// A larger document is not read, in bytes (as AWS' HTTP API).
const MAX_BYTES: usize = 150_000;

/// One entry of section `issuers`: only for an issuer without discovery.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// `issuer`: the exact value of `bffs.<name>.auth.issuer`. Required.
    pub issuer: String,
    /// `jwks_url`: where its key set (RFC 7517) is; `https`, or `http` on loopback. Required.
    pub jwks_url: String,
}

/// The keys of one issuer, over HTTP.
#[derive(Debug)]
pub(crate) struct HttpKeys {
    client: Client,
    issuer: String,
    jwks_url: Option<String>,
}

/// What is needed of a discovery document (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

/// The client for [`HttpKeys`]; one serves all issuers.
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .timeout(TIMEOUT)
        .user_agent(concat!("trefoil-gateway/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// Whether keys, and thereby trust, may come from `text`: `https`, or `http` on loopback; without credentials, query
/// and fragment.
pub(crate) fn check_url(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("`{text}` is not a URL: {error}"))?;
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err(format!("`{text}` is plain http: keys are believed over https, or http on loopback")),
        scheme => return Err(format!("`{text}` has the scheme `{scheme}`, expected https")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with credentials in it would end up in logs".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{text}` has a query or a fragment"));
    }
    Ok(url)
}

// === impl HttpKeys ===

impl HttpKeys {
    /// Keys of `issuer`, from `jwks_url` if that is set, else from where its discovery document says.
    pub(crate) fn new(client: Client, issuer: &str, jwks_url: Option<&str>) -> HttpKeys {
        HttpKeys { client, issuer: issuer.to_owned(), jwks_url: jwks_url.map(str::to_owned) }
    }

    async fn fetch_document(&self) -> Result<Bytes, String> {
        match &self.jwks_url {
            Some(url) => self.get(url).await,
            None => self.get(&self.discover().await?).await,
        }
    }

    async fn discover(&self) -> Result<String, String> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let document = self.get(&url).await?;
        let discovery: Discovery =
            serde_json::from_slice(&document).map_err(|error| format!("{url} is no discovery document: {error}"))?;
        if discovery.issuer != self.issuer {
            return Err(format!("{url} is of the issuer `{}`, not of `{}`", discovery.issuer, self.issuer));
        }
        Ok(discovery.jwks_uri)
    }

    async fn get(&self, url: &str) -> Result<Bytes, String> {
        let checked = check_url(url)?;
        let failed = |error: reqwest::Error| format!("{url}: {}", reason(&error));
        let mut response = self.client.get(checked).send().await.map_err(failed)?;
        if response.status() != StatusCode::OK {
            return Err(format!("{url} answered {}", response.status()));
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(format!("{url} is larger than {MAX_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl KeySource for HttpKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeyError>> {
        async move { self.fetch_document().await.map_err(KeyError) }.boxed()
    }
}

/// The innermost cause says most: "connection refused" rather than "error sending request".
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} ms", TIMEOUT.as_millis());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use axum::response::Redirect;
    use axum::routing::get;
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;

    /// An issuer on loopback whose document is what `document` makes of its address.
    async fn issuer(document: impl FnOnce(&str) -> Value) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let document = document(&origin);
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(move || async move { Json(document) }))
            .route("/jwks", get(|| async { Json(json!({"keys": []})) }))
            .route("/moved", get(|| async { Redirect::temporary("/jwks") }))
            .route("/huge", get(|| async { " ".repeat(MAX_BYTES + 1) }))
            .route("/slow", get(|| async { tokio::time::sleep(TIMEOUT * 2).await }));
        tokio::spawn(async move { axum::serve(listener, router).await });
        origin
    }

    async fn fetch(issuer: &str, jwks_url: Option<&str>) -> Result<Bytes, String> {
        HttpKeys::new(client().unwrap(), issuer, jwks_url).fetch().await.map_err(|error| error.0)
    }

    #[tokio::test]
    async fn discovery_leads_to_the_keys() {
        let origin = issuer(|origin| json!({"issuer": origin, "jwks_uri": format!("{origin}/jwks"), "more": 1})).await;
        assert_eq!(fetch(&origin, None).await.unwrap(), r#"{"keys":[]}"#);
        assert_eq!(
            fetch("https://elsewhere.example", Some(&format!("{origin}/jwks"))).await.unwrap(),
            r#"{"keys":[]}"#
        );
    }

    #[tokio::test]
    async fn a_document_of_another_issuer_is_refused() {
        let origin =
            issuer(|origin| json!({"issuer": format!("{origin}/"), "jwks_uri": format!("{origin}/jwks")})).await;
        let error = fetch(&origin, None).await.unwrap_err();
        assert!(error.contains("is of the issuer"), "{error}");
    }

    #[tokio::test]
    async fn a_document_that_leads_to_plain_http_elsewhere_is_refused() {
        let origin = issuer(|origin| json!({"issuer": origin, "jwks_uri": "http://192.0.2.1/jwks"})).await;
        let error = fetch(&origin, None).await.unwrap_err();
        assert!(error.contains("plain http"), "{error}");
    }

    #[tokio::test]
    async fn redirects_large_documents_and_slow_ones_are_refused() {
        let origin = issuer(|origin| json!({"issuer": origin})).await;
        for (path, reason) in [
            ("/moved", "answered 307"),
            ("/huge", "larger than"),
            ("/slow", "no answer within"),
            ("/nowhere", "answered 404"),
        ] {
            let error = fetch(&origin, Some(&format!("{origin}{path}"))).await.unwrap_err();
            assert!(error.contains(reason), "{path}: {error}");
        }
        let error = fetch(&origin, None).await.unwrap_err();
        assert!(error.contains("no discovery document"), "{error}");
    }

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for good in [
            "https://id.example",
            "https://id.example/realms/a",
            "http://127.0.0.1:9100",
            "http://[::1]:1",
            "http://localhost:1",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://id.example",
            "http://localhost.example",
            "ftp://id.example",
            "https://a:b@id.example",
            "https://id.example?x",
            "id.example",
            "",
        ] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }
}
