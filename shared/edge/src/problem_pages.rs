//! `GET /problems/{code}`: the page that a problem's `type` leads to. Public, self-contained, no script.

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderValue, header};
use trefoil_context::{Code, Problem};

/// Where the pages are.
pub(crate) const PREFIX: &str = "/problems";

/// The route of the pages.
pub(crate) fn routes() -> Router {
    Router::new().route("/problems/{code}", get(page))
}

async fn page(Path(name): Path<String>) -> Response {
    let Some(code) = Code::from_name(&name) else {
        return Problem::new(Code::NotFound).with_detail("there is no such code").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ),
    ];
    (headers, html(code)).into_response()
}

fn html(code: Code) -> String {
    let (name, status, title) = (code.name(), code.status().as_u16(), escape(code.title()));
    let help = code_spans(&escape(code.help()));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{name}: {title}</title>\n\
         <style>:root{{color-scheme:light dark}}body{{font:1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;\
         padding:0 1rem}}code{{font-family:ui-monospace,monospace}}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n<p><code>{name}</code>, status {status}</p>\n<p>{help}</p>\n</main>\n</body>\n</html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What stands between backquotes becomes code.
fn code_spans(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    for (place, part) in text.split('`').enumerate() {
        let (open, close) = if place % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
        out.extend([open, part, close]);
    }
    out
}
