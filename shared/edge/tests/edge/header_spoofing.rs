//! Nothing that a client sends looks like an identity to what stands behind the edge.

use serde_json::json;

use crate::common::{KEY, gateway};

#[tokio::test]
async fn no_spelling_of_an_identity_header_gets_through() {
    let mut gateway = gateway();
    gateway.config.identity.caller_header = "X-User-Id".into();
    let edge = gateway.build();
    let bearer = format!("Bearer {}", KEY.token("u1"));
    let spoofs = [
        ("trefoil-caller", "root"),
        ("TREFOIL-CALLER", "root"),
        ("trefoil_caller", "root"),
        ("Trefoil_Scopes", "admin"),
        ("trefoil-anything", "x"),
        ("trefoil-attempt", "7"),
        ("trefoil-timeout-ms", "250"),
        ("x-user-id", "root"),
        ("X_User_Id", "root"),
        ("x-user_id", "root"),
        ("remote_user", "root"),
    ];
    for path in ["/web/seen", "/web/seen-by-all"] {
        for spoof in spoofs {
            let seen = edge.get_with(path, &[("authorization", &bearer), spoof, spoof, ("x-mine", "1")]).await.json();
            assert_eq!(seen["headers"], json!(["authorization", "host", "x-mine"]), "{spoof:?}");
        }
    }
}

#[tokio::test]
async fn connection_has_no_power_over_other_headers() {
    let edge = gateway().build();
    let bearer = format!("Bearer {}", KEY.token("u1"));
    let answer = edge
        .get_with(
            "/web/seen",
            &[
                ("authorization", &bearer),
                ("connection", "trefoil-caller, authorization, x-request-id"),
                ("x-request-id", "r1"),
                ("keep-alive", "5"),
                ("te", "trailers"),
                ("upgrade", "h2c"),
            ],
        )
        .await;
    assert_eq!(answer.json()["headers"], json!(["authorization", "host", "x-request-id"]));
    assert_eq!(answer.json()["caller"], "u1");
}

#[tokio::test]
async fn the_timeout_is_read_before_it_is_removed() {
    let edge = gateway().build();
    let seen = edge.get_with("/web/seen-by-all", &[("trefoil-timeout-ms", "60000")]).await.json();
    assert!((50_000..=60_000).contains(&seen["timeout"].as_u64().unwrap()), "{seen}");
    for odd in ["-1", "1.5", "soon", ""] {
        let seen = edge.get_with("/web/seen-by-all", &[("trefoil-timeout-ms", odd)]).await.json();
        assert!(seen["timeout"].is_null(), "{odd}");
    }
}
