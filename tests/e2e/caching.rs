//! What a client has already is not sent again, and what the gateway has is not asked for again.

use serde_json::{Value, json};

use crate::harness::{Answer, Demo};

#[tokio::test]
async fn a_screen_that_has_not_changed_is_a_304_compressed_or_not() {
    let demo = Demo::start().await;
    let bearer = format!("Bearer {}", demo.token("web"));
    let plain = demo.get("/web/home").await;
    let tag = plain.header("etag").unwrap().to_owned();
    assert_eq!(plain.header("cache-control"), Some("private, no-cache"));
    for coding in ["identity", "gzip", "br"] {
        let headers = [("authorization", bearer.as_str()), ("accept-encoding", coding), ("if-none-match", &tag)];
        let again = demo.get_with("/web/home", &headers).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{coding}");
        assert_eq!(again.header("etag"), Some(tag.as_str()), "{coding}");
        assert_eq!(again.header("vary"), Some("accept, accept-encoding, authorization"), "{coding}");
        assert_eq!(again.header("content-encoding"), None, "{coding}");
    }
    // A length would be that of the answer that is not sent (RFC 9110 section 8.6).
    let head = demo.client().head(demo.url("/web/home")).bearer_auth(demo.token("web")).header("if-none-match", &tag);
    let head = Answer::of(head).await;
    assert_eq!((head.status, head.header("content-length")), (304, None));
    let head = Answer::of(demo.client().head(demo.url("/web/home")).bearer_auth(demo.token("web"))).await;
    assert_eq!(head.header("content-length"), Some(plain.text.len().to_string().as_str()));
    let compressed = demo.get_with("/web/home", &[("authorization", &bearer), ("accept-encoding", "gzip")]).await;
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert_eq!(compressed.header("etag"), Some(tag.as_str()));
}

#[tokio::test]
async fn what_is_kept_is_asked_for_once_by_everybody_together() {
    let demo = Demo::start().await;
    let first = demo.get("/web/products/7").await;
    let status = first.header("cache-status").unwrap();
    // Whole seconds, rounded down.
    let names: Vec<&str> = status.split(", ").map(|member| member.split(";ttl=").next().unwrap()).collect();
    assert_eq!(names, ["product;fwd=miss;stored", "rating;fwd=miss;stored"], "{status}");
    let again = demo.get("/web/products/7").await;
    assert!(again.header("cache-status").unwrap().starts_with("product;hit;ttl="), "{:?}", again.headers);
    assert_eq!((again.text, demo.calls("catalog").await), (first.text, 1));
    // The backend of what everybody shares is not told who asked.
    let call = &demo.last("catalog").await[0];
    assert_eq!((&call["headers"]["trefoil-caller"], &call["headers"]["trefoil-scopes"]), (&Value::Null, &Value::Null));
    let metrics = demo.metrics().await;
    let counted = |result: &str| {
        metrics.lines().any(|line| {
            line.starts_with("trefoil_cache_requests_total") && line.contains("catalog") && line.contains(result)
        })
    };
    assert!(counted("hit") && counted("miss"), "{metrics}");
}

#[tokio::test]
async fn a_purge_through_the_admin_port_is_seen_by_the_next_request() {
    let demo = Demo::start().await;
    let purge = async |body: &'static str, media_type: &'static str| {
        let request = demo.client().post(demo.admin("/cache/purge")).header("content-type", media_type).body(body);
        Answer::of(request).await
    };
    demo.get("/web/products/7").await;
    demo.get("/web/products/8").await;
    let answer = purge(r#"{"tags": ["product-7"]}"#, "application/json").await;
    assert_eq!((answer.status, answer.json()["purged"].as_u64()), (200, Some(2)), "{}", answer.text);
    demo.get("/web/products/7").await;
    demo.get("/web/products/8").await;
    assert_eq!(demo.calls("catalog").await, 3);
    for (body, media_type, status) in
        [("{}", "application/json", 422), ("{", "application/json", 400), (r#"{"all": true}"#, "text/plain", 415)]
    {
        assert_eq!(purge(body, media_type).await.status, status, "{body}");
    }
    assert_eq!(purge(r#"{"all": true}"#, "application/json").await.json()["purged"], 4);
}

#[tokio::test]
async fn a_product_that_was_seen_is_still_there_when_its_service_is_down() {
    let demo = Demo::start().await;
    demo.get("/web/products/7").await;
    demo.control("catalog", json!({ "down": true })).await;
    let answer = demo.get("/web/products/7").await;
    assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, None));
    // What nobody has seen is not.
    assert_eq!(demo.get("/web/products/8").await.status, 503);
}
