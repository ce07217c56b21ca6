//! A path that can be read in two ways reaches nothing. (The whole table is in `src/path.rs`.)

use http::StatusCode;

use crate::common::{KEY, gateway};

#[tokio::test]
async fn an_ambiguous_path_is_400_with_and_without_a_route() {
    let edge = gateway().build();
    for path in [
        "/web/items/a%2Fb",
        "/web/items/..",
        "/web/items/%2e%2e",
        "/web//whoami",
        "//web/whoami",
        "/web/items/%00",
        "/web/items/%5c",
        "/web/docs/../whoami",
        "/web/items/..;x",
    ] {
        let answer = edge.get_as(path, &KEY.token("u1")).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "invalid-path"), "{path}");
        assert_eq!(answer.header("location"), None);
    }
}

#[tokio::test]
async fn an_encoded_character_in_a_parameter_is_an_ordinary_one() {
    let edge = gateway().build();
    for path in ["/web/items/a%20b", "/web/items/%c3%a4", "/web/items/%252e%252e"] {
        assert_eq!(edge.get_as(path, &KEY.token("u1")).await.status, StatusCode::OK, "{path}");
    }
}
