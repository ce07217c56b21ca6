//! `POST /token`: the client credentials grant (RFC 6749, 4.4), by form or JSON, answering access tokens of RFC 9068.

use std::sync::Arc;
use std::time::SystemTime;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Form, Json, RequestExt as _};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::clients::{self, Client, SECRET};
use super::{Authority, IssuerError};

/// How long a token lives unless the request says otherwise, in seconds.
const TTL_S: i64 = 3600;

/// The longest that a token may live, in seconds: 30 days.
const MOST_TTL_S: i64 = 30 * 24 * 3600;

/// What a client asks. `sub` and `ttl_s` are a convenience that only a dev issuer may have.
#[derive(Deserialize)]
pub(super) struct Ask {
    grant_type: Option<String>,
    client_id: String,
    client_secret: String,
    /// Some of the client's scopes, separated by blanks. Default all.
    scope: Option<String>,
    /// Whom the token is for.
    sub: Option<String>,
    /// Seconds to live; below 0, the token has expired already.
    ttl_s: Option<i64>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    client_id: &'a str,
    scope: String,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner: Option<&'a str>,
}

/// An error of RFC 6749, 5.2.
pub(super) struct Refusal(StatusCode, &'static str, String);

pub(super) async fn grant(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Result<Response, Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let ask: Ask = if kind.starts_with("application/json") {
        let Json(ask) = request
            .extract()
            .await
            .map_err(|cause: axum::extract::rejection::JsonRejection| unclear(cause.body_text()))?;
        ask
    } else {
        let Form(ask) = request
            .extract()
            .await
            .map_err(|cause: axum::extract::rejection::FormRejection| unclear(cause.body_text()))?;
        ask
    };
    if let Some(other) = ask.grant_type.as_deref().filter(|grant| *grant != "client_credentials") {
        let why = format!("grant_type is {other}, and only client_credentials is offered");
        return Err(Refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", why));
    }
    let known = clients::find(&ask.client_id).filter(|_| ask.client_secret == SECRET);
    let client = known.ok_or_else(|| {
        let why = "the clients are web, mobile and partner, and the secret of each is `demo`".to_owned();
        Refusal(StatusCode::UNAUTHORIZED, "invalid_client", why)
    })?;
    let scopes = scopes(client, ask.scope.as_deref())?;
    let ttl = ask.ttl_s.unwrap_or(TTL_S);
    if !(-MOST_TTL_S..=MOST_TTL_S).contains(&ttl) {
        return Err(unclear(format!("ttl_s is {ttl}, and must be from -{MOST_TTL_S} to {MOST_TTL_S}")));
    }
    let subject = ask.sub.as_deref().unwrap_or(client.subject);
    let token = authority
        .token(client, subject, &scopes, ttl)
        .map_err(|cause| Refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", cause.to_string()))?;
    let body =
        json!({ "access_token": token, "token_type": "Bearer", "expires_in": ttl.max(0), "scope": scopes.join(" ") });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// The scopes asked for, if the client may have them all.
fn scopes(client: &Client, asked: Option<&str>) -> Result<Vec<&'static str>, Refusal> {
    let Some(asked) = asked else { return Ok(client.scopes.to_vec()) };
    asked
        .split_whitespace()
        .map(|scope| {
            client.scopes.iter().find(|granted| **granted == scope).copied().ok_or_else(|| {
                let why = format!("{scope} is not one of {}", client.scopes.join(" "));
                Refusal(StatusCode::BAD_REQUEST, "invalid_scope", why)
            })
        })
        .collect()
}

fn unclear(why: String) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, "invalid_request", why)
}

// === impl Authority ===

impl Authority {
    /// A token that expires in `ttl_s` seconds.
    pub(super) fn token(&self, client: &Client, sub: &str, scopes: &[&str], ttl_s: i64) -> Result<String, IssuerError> {
        let now =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
        let claims = Claims {
            iss: &self.url,
            aud: client.id,
            sub,
            client_id: client.id,
            scope: scopes.join(" "),
            // An expired token was issued before it expired.
            iat: if ttl_s > 0 { now } else { now + ttl_s - TTL_S },
            exp: now + ttl_s,
            jti: Uuid::new_v4().to_string(),
            partner: client.is_partner.then_some(sub),
        };
        self.signer.sign(&claims)
    }
}

// === impl Refusal ===

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        (
            status,
            [(header::CACHE_CONTROL, "no-store")],
            Json(json!({ "error": error, "error_description": description })),
        )
            .into_response()
    }
}
