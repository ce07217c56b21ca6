//! Whatever is wrong, the answer is a problem with a stable code.

use crate::harness::{Answer, Demo};

#[tokio::test]
async fn every_wrong_request_is_a_problem() {
    let demo = Demo::start().await;
    demo.get("/web/nothing").await.is_problem(404, "unknown-route");
    demo.get_with("/", &[]).await.is_problem(404, "unknown-route");
    demo.get("/web/products/x").await.is_problem(422, "invalid-input");
    demo.get("/web/products/7?reviews=21").await.is_problem(422, "invalid-input");
    demo.get("/web/products/7%2F8").await.is_problem(400, "invalid-path");
    demo.get("/web/products/999999").await.is_problem(404, "not-found");
    let token = demo.token("web");
    let post = Answer::of(demo.client().post(demo.url("/web/home")).bearer_auth(token)).await;
    post.is_problem(405, "method-not-allowed");
    assert!(post.header("allow").is_some_and(|value| value.contains("GET")), "{:?}", post.headers);
    // No method is described to who may not ask, and OPTIONS beside a preflight is one that is not declared.
    for (path, allow) in [("/web/home", "GET,HEAD"), ("/web/orders", "POST"), ("/web/orders/1", "GET,HEAD,DELETE")] {
        let options = || demo.client().request(reqwest::Method::OPTIONS, demo.url(path));
        Answer::of(options()).await.is_problem(401, "unauthenticated");
        let answer = Answer::of(options().bearer_auth(token)).await;
        answer.is_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
    }
    let large =
        demo.client().post(demo.url("/web/graphql")).bearer_auth(token).header("content-type", "application/json");
    Answer::of(large.body("x".repeat(3 << 20))).await.is_problem(413, "body-too-large");
    let not_json =
        demo.client().post(demo.url("/web/graphql")).bearer_auth(token).header("content-type", "application/json");
    Answer::of(not_json.body("{")).await.is_problem(400, "malformed-body");
    let text = demo.client().post(demo.url("/web/graphql")).bearer_auth(token).header("content-type", "text/plain");
    Answer::of(text.body("{}")).await.is_problem(415, "unsupported-media-type");
    let long = format!("/web/home?{}", "x".repeat(20_000));
    demo.get(&long).await.is_problem(414, "uri-too-long");
    let cookie = "x".repeat(60_000);
    let answer =
        demo.get_with("/web/home", &[("authorization", &format!("Bearer {token}")), ("cookie", &cookie)]).await;
    answer.is_problem(431, "headers-too-large");
}

#[tokio::test]
async fn a_request_id_is_kept_if_sane_and_made_if_not() {
    let demo = Demo::start().await;
    let with = async |id: &str| {
        demo.get_with("/web/home", &[("x-request-id", id)]).await.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(with("order-7_a.b").await, "order-7_a.b");
    for id in ["a b", "<script>", &"x".repeat(200)] {
        let made = with(id).await;
        assert!(made != id && made.len() >= 32, "{made}");
    }
}

#[tokio::test]
async fn the_page_of_every_code_is_there() {
    let demo = Demo::start().await;
    let problem = demo.get("/web/nothing").await.json();
    let page = demo.get_with(problem["type"].as_str().unwrap(), &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("unknown-route"), "{}", page.text);
}

#[tokio::test]
async fn cross_origin_requests_are_answered_only_to_known_origins() {
    let demo = Demo::start().await;
    let token = format!("Bearer {}", demo.token("web"));
    let foreign = demo.get_with("/web/home", &[("authorization", &token), ("origin", "https://evil.example")]).await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);
    let preflight = demo
        .client()
        .request(reqwest::Method::OPTIONS, demo.url("/web/home"))
        .header("origin", "http://localhost:3000")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization");
    let preflight = Answer::of(preflight).await;
    assert!(preflight.status < 300, "{preflight:?}");
    assert_eq!(preflight.header("access-control-allow-origin"), Some("http://localhost:3000"));
}
