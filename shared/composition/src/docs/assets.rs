//! What `/docs` consists of: a page and a script of ours, and the files of Swagger UI that they need.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use utoipa_swagger_ui::Config;

use super::Page;

/// Nothing is loaded from another host, sent to one, or framed. Swagger UI sets styles inline and has images in its style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files of Swagger UI that are served, and as what. Its own page and settings are not: they name other hosts.
const SWAGGER_UI: [(&str, &str); 3] = [
    ("swagger-ui.css", "text/css; charset=utf-8"),
    ("swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
    ("favicon-32x32.png", "image/png"),
];

/// The page. Its URLs are relative to `/<bff>/docs`, so that it also works below a prefix that a proxy adds.
pub(super) fn index(title: &str) -> Page {
    let html = include_str!("index.html").replace("{title}", &escape(title));
    Page::new("text/html; charset=utf-8", html.into()).with_policy(POLICY)
}

/// The files below it.
pub(super) fn files() -> impl Iterator<Item = (&'static str, Page)> {
    let config = Arc::new(Config::from("openapi.json"));
    let ours = Page::new("text/javascript; charset=utf-8", Bytes::from_static(include_bytes!("start.js")));
    let theirs = SWAGGER_UI.into_iter().filter_map(move |(name, content_type)| {
        // They are in the binary: a name that is missing is found by this crate's tests.
        let file = utoipa_swagger_ui::serve(name, Arc::clone(&config)).ok().flatten()?;
        let bytes = match file.bytes {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        Some((name, Page::new(content_type, bytes)))
    });
    theirs.chain([("start.js", ours)])
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
