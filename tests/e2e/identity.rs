//! Who is asking is what a verified token says, and nothing else that a client sends.

use crate::harness::{Answer, Demo};

fn base64url(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let number =
            chunk.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(number >> (18 - 6 * place)) as usize & 63]));
        }
    }
    out
}

fn unauthorised(answer: &Answer, code: &str) {
    answer.is_problem(401, code);
    assert!(
        answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer ")),
        "{:?}",
        answer.headers
    );
}

#[tokio::test]
async fn no_token_or_one_that_does_not_hold_is_a_401() {
    let demo = Demo::start().await;
    unauthorised(&demo.get_with("/web/home", &[]).await, "unauthenticated");
    let bearer = |token: &str| format!("Bearer {token}");
    let web = demo.token("web").to_owned();
    let (head, rest) = web.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let none = format!("{}.{claims}.", base64url(r#"{"alg":"none","typ":"at+jwt"}"#));
    let altered = format!("{head}.{}.{signature}", base64url(r#"{"sub":"u-1002"}"#));
    // The issuer's other demo has another key under another id, or the same id: neither verifies here.
    let other = Demo::start().await;
    for (name, token) in [
        ("expired", demo.token("expired")),
        ("another audience", demo.token("mobile")),
        ("alg none", &none),
        ("altered claims", &altered),
        ("another issuer's key", other.token("web")),
        ("no token at all", "x"),
    ] {
        let answer = demo.get_with("/web/home", &[("authorization", &bearer(token))]).await;
        assert_eq!(answer.status, 401, "{name}: {}", answer.text);
        unauthorised(&answer, "invalid-token");
    }
    assert_eq!(demo.calls("users").await, 0);
}

#[tokio::test]
async fn a_token_without_the_scope_is_a_403_that_names_it() {
    let demo = Demo::start().await;
    let issuer = demo.ready["issuer"].as_str().unwrap().trim_end_matches('/');
    let form = "grant_type=client_credentials&client_id=web&client_secret=demo&scope=orders%3Aread&sub=u-1001";
    let request =
        demo.client().post(format!("{issuer}/token")).header("content-type", "application/x-www-form-urlencoded");
    let token = Answer::of(request.body(form)).await.json()["access_token"].as_str().unwrap().to_owned();
    let answer = demo.get_with("/web/home", &[("authorization", &format!("Bearer {token}"))]).await;
    answer.is_problem(403, "insufficient-scope");
    assert!(answer.header("www-authenticate").is_some_and(|value| value.contains("home:read")));
    assert_eq!(demo.calls("users").await, 0);
}

#[tokio::test]
async fn nothing_a_client_sends_becomes_an_identity_at_a_backend() {
    let demo = Demo::start().await;
    let token = format!("Bearer {}", demo.token("web"));
    let answer = demo
        .get_with(
            "/web/home",
            &[
                ("authorization", &token),
                ("trefoil-caller", "u-9999"),
                ("Trefoil_Caller", "u-9999"),
                ("trefoil-scopes", "admin"),
                ("trefoil-attempt", "7"),
                ("trefoil-anything", "u-9999"),
                ("connection", "trefoil-caller, keep-alive"),
                ("cookie", "session=u-9999"),
                ("x-user-id", "u-9999"),
            ],
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    for backend in ["users", "orders", "recommendations"] {
        let call = &demo.last(backend).await[0];
        assert_eq!(call["headers"]["trefoil-caller"], "u-1001", "{call}");
        assert!(!call.to_string().contains("9999") && !call.to_string().contains("admin"), "{call}");
        assert_eq!(call["headers"]["trefoil-attempt"], "1");
        assert!(call["headers"].get("authorization").is_none() && call["headers"].get("cookie").is_none(), "{call}");
    }
}
