//! A policy that does not do is refused whole, and says what is wrong.

use http::Method;
use trefoil_edge::{AuthPolicy, BuildError, CorsPolicy, EdgeConfig, QuotaPolicy};

use crate::common::{Gateway, gateway, public};

fn error(change: impl FnOnce(&mut Gateway)) -> String {
    let mut gateway = gateway();
    change(&mut gateway);
    let built: Result<_, BuildError> = gateway.try_build();
    built.err().map(|error| error.to_string()).unwrap()
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let says = |error: String, part: &str| assert!(error.contains(part), "{error}");
    says(error(|g| g.policy.cors.origins = vec!["null".into()]), "`null`");
    says(
        error(|g| {
            g.policy.cors.origins = vec!["*".into()];
            g.policy.cors.credentials = true;
        }),
        "credentials",
    );
    says(error(|g| g.policy.cors.origins = vec!["https://a.example/".into()]), "more than an origin");
    says(error(|g| g.public.push(public(Method::GET, "/webshop/docs"))), "public route");
    says(error(|g| g.policy.auth.algorithms.clear()), "algorithm");
    says(error(|g| g.policy.auth.leeway_s = 301), "leeway_s");
    says(error(|g| g.policy.auth.audience.clear()), "audience");
    says(error(|g| g.config.identity.caller_header = "Authorization".into()), "meaning of its own");
    says(error(|g| g.config.identity.caller_header = "no header".into()), "not a header name");
    says(error(|g| g.config.identity.scopes_header = "trefoil-caller".into()), "twice");
}

#[test]
fn an_identity_header_that_could_never_work_is_refused() {
    for (name, part) in [
        ("Trefoil-Timeout-Ms", "by the gateway itself"),
        ("trefoil-attempt", "by the gateway itself"),
        ("traceparent", "by the gateway itself"),
        ("tracestate", "by the gateway itself"),
        ("X-Request-Id", "by the gateway itself"),
        ("Idempotency-Key", "by the gateway itself"),
        ("Accept", "meaning of its own"),
        ("Accept-Encoding", "meaning of its own"),
        ("Host", "meaning of its own"),
        ("Content-Type", "meaning of its own"),
        ("content-language", "meaning of its own"),
        ("Cookie", "meaning of its own"),
        ("Forwarded", "meaning of its own"),
        ("Connection", "meaning of its own"),
        ("Keep-Alive", "meaning of its own"),
        ("TE", "meaning of its own"),
        ("Upgrade", "meaning of its own"),
        ("Proxy-Authorization", "meaning of its own"),
        ("x_user", "a `_`"),
    ] {
        let caller = error(|g| g.config.identity.caller_header = name.into());
        assert!(caller.contains(part) && caller.contains(name), "{caller}");
        assert!(error(|g| g.config.identity.scopes_header = name.into()).contains(part), "{name}");
    }
    let mut gateway = gateway();
    gateway.config.identity.caller_header = "X-User-Id".into();
    assert!(gateway.try_build().is_ok());
}

#[test]
fn a_policy_reads_with_its_defaults_and_refuses_unknown_members() {
    let auth: AuthPolicy = serde_json::from_str(r#"{"issuer": "https://i.example", "audience": "web"}"#).unwrap();
    let cors: CorsPolicy = serde_json::from_str("{}").unwrap();
    assert_eq!((auth.leeway_s, auth.algorithms.len(), cors.origins.len()), (60, 3, 0));
    for text in [
        r#"{"issuer": "i", "audience": "a", "algorithm": "RS256"}"#,
        r#"{"issuer": "i", "audience": "a", "algorithms": ["HS256"]}"#,
        r#"{"issuer": "i", "audience": "a", "algorithms": ["none"]}"#,
        r#"{"issuer": "i"}"#,
    ] {
        assert!(serde_json::from_str::<AuthPolicy>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<QuotaPolicy>(r#"{"per_second": 50, "burst": 100}"#).is_ok());
    assert!(serde_json::from_str::<QuotaPolicy>(r#"{"per_second": 0, "burst": 1}"#).is_err());
    assert_eq!(serde_json::from_str::<EdgeConfig>("{}").unwrap(), EdgeConfig::default());
    assert!(serde_json::from_str::<EdgeConfig>(r#"{"limit": {}}"#).is_err());
}
