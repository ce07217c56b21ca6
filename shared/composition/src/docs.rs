//! `GET /docs`: Swagger UI over the BFF's own document. Everything it loads comes from this host.

mod assets;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::HeaderMap;
use trefoil_context::{Code, Problem};

use crate::bff::CompiledBff;
use crate::page::Page;

/// `/docs` and its assets.
pub(crate) fn routes(bff: &Arc<CompiledBff>) -> Router {
    let index = assets::index(&bff.title);
    let files: Arc<HashMap<&'static str, Page>> = Arc::new(assets::files().collect());
    let asset = move |Path(file): Path<String>, headers: HeaderMap| std::future::ready(asset(&files, &file, &headers));
    Router::new()
        .route("/docs", get(move |headers: HeaderMap| std::future::ready(index.answer(&headers))))
        .route("/docs/{*file}", get(asset))
}

fn asset(files: &HashMap<&'static str, Page>, file: &str, headers: &HeaderMap) -> Response {
    match files.get(file) {
        Some(page) => page.answer(headers),
        None => Problem::new(Code::NotFound).into_response(),
    }
}
