//! Tokens of the dev issuer verify against the keys that it publishes, and say what the gateway needs to know.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use trefoil_demo::Issuer;

async fn get(url: String) -> Value {
    client().get(url).send().await.unwrap().json().await.unwrap()
}

fn client() -> Client {
    Client::builder().no_proxy().build().unwrap()
}

async fn claims(issuer: &Issuer, token: &str, audience: &str) -> Result<Value, jsonwebtoken::errors::Error> {
    let discovery = get(format!("{}/.well-known/openid-configuration", issuer.url())).await;
    let keys: JwkSet = serde_json::from_value(get(discovery["jwks_uri"].as_str().unwrap().to_owned()).await).unwrap();
    let header = decode_header(token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("at+jwt"));
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&[audience]);
    rules.set_issuer(&[discovery["issuer"].as_str().unwrap()]);
    let key = DecodingKey::from_jwk(keys.find(&header.kid.unwrap()).unwrap()).unwrap();
    decode::<Value>(token, &key, &rules).map(|data| data.claims)
}

async fn ask(issuer: &Issuer, form: &str) -> (StatusCode, Value) {
    let call = client().post(format!("{}/token", issuer.url())).body(form.to_owned());
    let answer = call.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_ready_tokens_carry_all_scopes_of_their_bff() {
    let issuer = Issuer::start(0).await.unwrap();
    for (bff, sub, scope) in [
        ("web", "u-1001", "home:read catalog:read orders:read orders:write"),
        ("mobile", "u-1001", "home:read orders:read"),
        ("partner", "acme", "orders:read inventory:read"),
    ] {
        let claims = claims(&issuer, &issuer.tokens()[bff], bff).await.unwrap();
        assert_eq!((&claims["sub"], &claims["scope"], &claims["client_id"]), (&json!(sub), &json!(scope), &json!(bff)));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 12 * 3600);
        assert_eq!(claims.get("partner"), (bff == "partner").then_some(&json!("acme")));
    }
}

#[tokio::test]
async fn the_expired_token_is_nothing_but_expired() {
    let issuer = Issuer::start(0).await.unwrap();
    let error = claims(&issuer, &issuer.tokens()["expired"], "web").await.unwrap_err();
    assert_eq!(*error.kind(), jsonwebtoken::errors::ErrorKind::ExpiredSignature);
}

#[tokio::test]
async fn a_token_can_be_had_by_form_and_by_json_for_whom_and_how_long_one_likes() {
    let issuer = Issuer::start(0).await.unwrap();
    let form = "grant_type=client_credentials&client_id=web&client_secret=demo&scope=home:read&sub=u-1007&ttl_s=60";
    let (status, answer) = ask(&issuer, form).await;
    assert_eq!((status, &answer["expires_in"], &answer["scope"]), (StatusCode::OK, &json!(60), &json!("home:read")));
    let got = claims(&issuer, answer["access_token"].as_str().unwrap(), "web").await.unwrap();
    assert_eq!((&got["sub"], &got["scope"]), (&json!("u-1007"), &json!("home:read")));

    let body = json!({ "client_id": "partner", "client_secret": "demo", "sub": "globex" });
    let answer = client().post(format!("{}/token", issuer.url())).json(&body).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let got = claims(&issuer, answer["access_token"].as_str().unwrap(), "partner").await.unwrap();
    assert_eq!((&got["sub"], &got["partner"]), (&json!("globex"), &json!("globex")));
}

#[tokio::test]
async fn what_may_not_be_granted_is_refused_as_oauth_says() {
    let issuer = Issuer::start(0).await.unwrap();
    for (form, status, error) in [
        ("client_id=web&client_secret=guess", StatusCode::UNAUTHORIZED, "invalid_client"),
        ("client_id=root&client_secret=demo", StatusCode::UNAUTHORIZED, "invalid_client"),
        ("client_id=mobile&client_secret=demo&scope=orders:write", StatusCode::BAD_REQUEST, "invalid_scope"),
        ("grant_type=password&client_id=web&client_secret=demo", StatusCode::BAD_REQUEST, "unsupported_grant_type"),
        ("client_secret=demo", StatusCode::BAD_REQUEST, "invalid_request"),
        ("client_id=web&client_secret=demo&ttl_s=99999999", StatusCode::BAD_REQUEST, "invalid_request"),
    ] {
        let (got, answer) = ask(&issuer, form).await;
        assert_eq!((got, &answer["error"]), (status, &json!(error)), "{form}: {answer}");
    }
}

#[tokio::test]
async fn two_issuers_never_share_a_key() {
    let (one, two) = (Issuer::start(0).await.unwrap(), Issuer::start(0).await.unwrap());
    let kid = |issuer: &Issuer| decode_header(&issuer.tokens()["web"]).unwrap().kid;
    assert_ne!(kid(&one), kid(&two));
}
