//! The TLS port, with the development CA.

use crate::harness::{Answer, Demo};

#[tokio::test]
async fn the_same_screen_is_served_over_tls_and_http_2() {
    let demo = Demo::start().await;
    let ca = reqwest::Certificate::from_pem(&std::fs::read(demo.ca()).unwrap()).unwrap();
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([ca]).build().unwrap();
    let url = format!("{}/web/home", demo.ready["tls"].as_str().unwrap().trim_end_matches('/'));
    let response = client.get(&url).bearer_auth(demo.token("web")).send().await.unwrap();
    assert_eq!(response.version(), reqwest::Version::HTTP_2);
    assert!(response.headers().contains_key("strict-transport-security"));
    assert_eq!(response.status(), 200);
    // Without the CA nothing is said.
    let stranger = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(stranger.get(&url).send().await.is_err());
    let plain = Answer::of(demo.client().get(demo.url("/web/docs"))).await;
    assert_eq!(plain.header("strict-transport-security"), None);
    assert_eq!(plain.header("x-content-type-options"), Some("nosniff"));
}
