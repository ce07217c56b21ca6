//! Forged, confused and ambiguous tokens. None may name a caller.

use aws_lc_rs::hmac;
use http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Edge, KEY, Signer, Source, b64, claims, gateway, jwks, now_s};

async fn refused(edge: &Edge, token: &str, what: &str) {
    let answer = edge.get_as("/web/whoami", token).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNAUTHORIZED, "invalid-token"), "{what}");
}

fn unsigned(alg: &str, signature: &str) -> String {
    let header = json!({"alg": alg, "kid": "k1", "typ": "at+jwt"}).to_string();
    format!("{}.{}.{signature}", b64(header), b64(claims("u1").to_string()))
}

#[tokio::test]
async fn an_unsigned_token_is_refused_in_every_spelling() {
    let edge = gateway().build();
    for alg in ["none", "None", "nOnE", "NONE", "", "RS256", "rs256"] {
        for signature in ["", "AA", "-"] {
            refused(&edge, &unsigned(alg, signature), alg).await;
        }
    }
    let good = KEY.token("u1");
    let stripped = good.rsplit_once('.').unwrap().0;
    refused(&edge, stripped, "two parts").await;
    refused(&edge, &format!("{stripped}."), "an empty signature").await;
    refused(&edge, &format!("{good}.{good}"), "six parts").await;
    refused(&edge, &format!("{good}.AA"), "four parts").await;
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let edge = gateway().build();
    for alg in ["HS256", "HS384", "HS512"] {
        for secret in [KEY.public_der(), KEY.jwk.to_string().into_bytes(), KEY.jwk["n"].as_str().unwrap().into()] {
            let header = json!({"alg": alg, "kid": "k1", "typ": "at+jwt"}).to_string();
            let message = format!("{}.{}", b64(header), b64(claims("u1").to_string()));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
            refused(&edge, &format!("{message}.{}", b64(tag)), alg).await;
        }
    }
}

#[tokio::test]
async fn a_published_shared_secret_verifies_nothing() {
    let secret = [7; 32];
    let mut gateway = gateway();
    let oct = json!({"kty": "oct", "kid": "k1", "alg": "HS256", "k": b64(secret)});
    gateway.source = Source::publishing(json!({"keys": [oct]}));
    let edge = gateway.build();
    let header = json!({"alg": "HS256", "kid": "k1"}).to_string();
    let message = format!("{}.{}", b64(header), b64(claims("u1").to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message.as_bytes());
    refused(&edge, &format!("{message}.{}", b64(tag)), "oct").await;
}

#[tokio::test]
async fn the_algorithm_must_fit_the_key_and_be_allowed() {
    let ec = Signer::ec("e1");
    let mut gateway = gateway();
    gateway.source = Source::publishing(jwks(&[&KEY, &ec]));
    let edge = gateway.build();
    // The name of one key, the signature of the other.
    refused(&edge, &ec.token_with_header("kid", json!("k1")), "kid of an RSA key, ES256").await;
    refused(&edge, &KEY.token_with_header("kid", json!("e1")), "kid of an EC key, RS256").await;
    refused(&edge, &KEY.token_with_header("alg", json!("ES256")), "RSA signature called ES256").await;
    refused(&edge, &KEY.token_with_header("alg", json!("PS256")), "not allowed").await;
    refused(&edge, &KEY.token_with_header("alg", json!("RS512")), "not allowed").await;
    refused(&edge, &KEY.token_with_header("alg", Value::Null), "no alg").await;
    refused(&edge, &KEY.token_with_header("alg", json!(["RS256"])), "a list").await;
}

#[tokio::test]
async fn a_key_for_something_else_verifies_nothing() {
    for (member, value) in
        [("use", json!("enc")), ("key_ops", json!(["sign"])), ("alg", json!("RS512")), ("kty", json!("EC"))]
    {
        let mut jwk = KEY.jwk.clone();
        jwk[member] = value;
        let mut gateway = gateway();
        gateway.source = Source::publishing(json!({"keys": [jwk]}));
        refused(&gateway.build(), &KEY.token("u1"), member).await;
    }
}

#[tokio::test]
async fn a_key_inside_the_token_is_not_even_read() {
    let edge = gateway().build();
    let mine = Signer::rsa("k1");
    for (member, value) in
        [("jwk", mine.jwk.clone()), ("jku", json!("https://evil.example/jwks")), ("x5u", json!("https://evil.example"))]
    {
        refused(&edge, &mine.token_with_header(member, value.clone()), member).await;
        // A good token is not spoilt by them either: they mean nothing.
        assert_eq!(edge.get_as("/web/whoami", &KEY.token_with_header(member, value)).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn another_key_under_the_same_id_is_refused() {
    refused(&gateway().build(), &Signer::rsa("k1").token("u1"), "another key").await;
}

#[tokio::test]
async fn an_odd_key_id_is_refused() {
    let edge = gateway().build();
    for kid in [json!("../../k1"), json!("k1' OR 1=1"), json!("K1"), json!(["k1"]), json!(1), json!("k".repeat(300))] {
        refused(&edge, &KEY.token_with_header("kid", kid.clone()), &kid.to_string()).await;
    }
}

#[tokio::test]
async fn a_critical_extension_is_refused() {
    let edge = gateway().build();
    for crit in [json!(["b64"]), json!([]), json!("exp")] {
        refused(&edge, &KEY.token_with_header("crit", crit), "crit").await;
    }
}

#[tokio::test]
async fn a_token_of_another_type_is_refused() {
    let edge = gateway().build();
    for typ in [json!("logout+jwt"), json!("dpop+jwt"), json!("id_token"), json!(""), json!(1), json!(["at+jwt"])] {
        refused(&edge, &KEY.token_with_header("typ", typ.clone()), &typ.to_string()).await;
    }
}

#[tokio::test]
async fn every_claim_that_counts_is_needed_and_read_strictly() {
    let edge = gateway().build();
    let soon = now_s() + 600;
    for (claim, value) in [
        ("iss", Value::Null),
        ("iss", json!("https://issuer.example/")),
        ("iss", json!("https://ISSUER.example")),
        ("iss", json!(["https://issuer.example"])),
        ("aud", Value::Null),
        ("aud", json!("mobile")),
        ("aud", json!("web ")),
        ("aud", json!([])),
        ("aud", json!(["mobile"])),
        ("aud", json!(["web", 1])),
        ("aud", json!({"web": true})),
        ("exp", Value::Null),
        ("exp", json!(soon.to_string())),
        ("exp", json!(1)),
        ("exp", json!(-1)),
        ("exp", json!([soon])),
        ("exp", json!(true)),
        ("nbf", json!(soon)),
        ("nbf", json!("0")),
        ("iat", json!(soon)),
        ("iat", json!("0")),
        ("sub", Value::Null),
        ("sub", json!("")),
        ("sub", json!(1)),
        ("sub", json!("a\r\nTrefoil-Caller: root")),
        ("sub", json!("ä")),
        ("sub", json!(" u1")),
        ("sub", json!("u".repeat(256))),
        ("sub", json!("a\u{0}b")),
        ("scope", json!(["read"])),
        ("scope", json!("re\"ad")),
        ("scope", json!("read\nwrite")),
        ("scope", json!(1)),
    ] {
        refused(&edge, &KEY.token_with(claim, value.clone()), &format!("{claim}: {value}")).await;
    }
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused() {
    let edge = gateway().build();
    let (header, body) = (json!({"alg": "RS256", "kid": "k1"}).to_string(), claims("u1").to_string());
    assert_eq!(edge.get_as("/web/whoami", &KEY.sign_raw(&header, &body)).await.status, StatusCode::OK);
    for member in [r#""aud":"web""#, r#""sub":"root""#, r#""exp":99999999999"#, r#""\u0073ub":"root""#] {
        let twice = format!("{},{member}}}", &body[..body.len() - 1]);
        refused(&edge, &KEY.sign_raw(&header, &twice), member).await;
    }
    let twice = r#"{"alg":"none","kid":"k1","alg":"RS256"}"#;
    refused(&edge, &KEY.sign_raw(twice, &body), "two algs").await;
}

#[tokio::test]
async fn claims_that_are_no_sound_json_are_refused() {
    let edge = gateway().build();
    let header = json!({"alg": "RS256", "kid": "k1"}).to_string();
    for text in ["", "[]", "null", "\"u1\"", "{", "\u{feff}{}", "{} {}"] {
        refused(&edge, &KEY.sign_raw(&header, text), text).await;
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    refused(&edge, &KEY.sign_raw(&header, &deep[..2_000]), "deep").await;
}

#[tokio::test]
async fn a_changed_token_is_refused_also_when_the_good_one_is_remembered() {
    let edge = gateway().build();
    let good = KEY.token("u1");
    assert_eq!(edge.get_as("/web/whoami", &good).await.status, StatusCode::OK);
    let parts: Vec<&str> = good.split('.').collect();
    let other = b64(claims("root").to_string());
    refused(&edge, &format!("{}.{other}.{}", parts[0], parts[2]), "other claims").await;
    // The same bytes in another spelling of base64url.
    refused(&edge, &format!("{good}="), "padding").await;
    refused(&edge, &good.replacen('.', ". ", 1), "a blank").await;
}

#[tokio::test]
async fn an_oversized_token_is_refused_unread() {
    let mut claims = claims("u1");
    claims["padding"] = json!("x".repeat(9_000));
    refused(&gateway().build(), &KEY.sign(&claims), "9 KB").await;
}

#[tokio::test]
async fn two_authorization_headers_are_refused() {
    let good = format!("Bearer {}", KEY.token("u1"));
    let edge = gateway().build();
    let answer = edge.get_with("/web/whoami", &[("authorization", &good), ("authorization", &good)]).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "bad-request"));
}

#[tokio::test]
async fn a_weak_rsa_key_verifies_nothing() {
    let mut jwk = KEY.jwk.clone();
    jwk["n"] = json!(b64([0xff; 128]));
    let mut gateway = gateway();
    gateway.source = Source::publishing(json!({"keys": [jwk]}));
    let edge = gateway.build();
    refused(&edge, &KEY.token("u1"), "1024 bits").await;
    // It is not even tried.
    let answer = edge.get_as("/web/whoami", &KEY.token("u1")).await;
    assert!(answer.json()["detail"].as_str().unwrap().contains("does not publish"));
}
