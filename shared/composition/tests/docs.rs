//! The documentation page works from this host alone.
#![allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used, reason = "tests")]

extern crate trefoil_composition as trefoil;

#[path = "openapi/shop.rs"]
mod shop;

use shop::Caller;
use trefoil_testing::{Answer, FakeBackends, Kit};

async fn get(path: &str) -> Answer {
    Kit::new(&shop::bff(), &FakeBackends::new()).get(path).await
}

/// What the page loads, relative to itself.
fn links(html: &str) -> Vec<String> {
    let of = |attribute: &str| {
        let opening = format!("{attribute}=\"");
        let parts = html.split(&opening).skip(1);
        parts.map(|rest| rest.split('"').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    [of("src"), of("href")].concat()
}

#[tokio::test]
async fn all_that_the_page_loads_is_there() {
    let page = get("/docs").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("<title>The shop &lt;for all&gt;</title>"));
    let links = links(page.text());
    assert_eq!(links.len(), 5, "{links:?}");
    for link in links {
        assert!(!link.starts_with('/') && !link.contains("//"), "{link} is not relative");
        // The page is `/<bff>/docs`, so its links are relative to `/<bff>/`.
        let answer = get(&format!("/{link}")).await;
        let kind = match link.rsplit('.').next().unwrap() {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "png" => "image/png",
            _ => "application/json",
        };
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some(kind)), "{link}");
        assert!(answer.header("etag").is_some(), "{link}");
    }
}

#[tokio::test]
async fn nothing_leaves_for_another_host() {
    let page = get("/docs").await;
    let policy = page.header("content-security-policy").unwrap();
    let sources = ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"];
    assert!(sources.iter().all(|source| policy.contains(source)), "{policy}");
    assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"), "{policy}");
    let start = get("/docs/start.js").await;
    assert!(start.text().contains("url: \"openapi.json\"") && start.text().contains("validatorUrl: null"));
    assert!(!start.text().contains("://"));
}

#[tokio::test]
async fn swagger_uis_own_pages_are_not_served() {
    for file in ["index.html", "swagger-initializer.js", "oauth2-redirect.html", "../openapi.json", "nothing"] {
        let answer = get(&format!("/docs/{file}")).await;
        assert_eq!(answer.status.as_u16(), 404, "{file}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{file}");
    }
}

#[tokio::test]
async fn who_has_an_asset_gets_304() {
    let first = get("/docs/swagger-ui.css").await;
    let kit = Kit::new(&shop::bff(), &FakeBackends::new()).header("if-none-match", first.header("etag").unwrap());
    assert_eq!(kit.get("/docs/swagger-ui.css").await.status.as_u16(), 304);
    assert_eq!(kit.get("/docs").await.status.as_u16(), 200);
}
