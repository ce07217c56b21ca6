//! What a client has already is not sent again.

use crate::harness::Demo;

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
    let compressed = demo.get_with("/web/home", &[("authorization", &bearer), ("accept-encoding", "gzip")]).await;
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    assert_eq!(compressed.header("etag"), Some(tag.as_str()));
}
