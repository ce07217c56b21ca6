//! An answer without content says no length.

use axum::routing::get;
use http::{Method, StatusCode, header};

use crate::common::{gateway, public, request};

#[tokio::test]
async fn a_204_and_a_304_say_no_length_by_whichever_method_and_a_200_says_its_own() {
    let mut gateway = gateway();
    let not_modified = || async { (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"a\"")]) };
    gateway.router = gateway
        .router
        .route("/304", get(not_modified))
        .route("/204", get(|| async { StatusCode::NO_CONTENT }))
        .route("/200", get(|| async { "seven" }));
    gateway.public = ["304", "204", "200"].map(|path| public(Method::GET, &format!("/web/{path}"))).into();
    let edge = gateway.build();
    for method in [Method::GET, Method::HEAD] {
        for coding in [&[][..], &[("accept-encoding", "gzip")]] {
            for (path, length) in [("304", None), ("204", None), ("200", Some("5"))] {
                let answer = edge.send(request(method.clone(), &format!("/web/{path}"), coding)).await;
                assert_eq!(answer.status.as_str(), path);
                assert_eq!(answer.header("content-length"), length, "{method} {path}");
            }
        }
    }
}
