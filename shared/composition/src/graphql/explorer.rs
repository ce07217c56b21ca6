//! The explorer: GraphiQL, from files of our own. No request of the page leaves its host.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use async_graphql::Request as GraphqlRequest;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use tokio::sync::OnceCell;
use trefoil_context::{Code, Problem};

use super::execute::Face;
use super::scalars::Leaf;
use crate::bff::CompiledBff;
use crate::page::Page;
use crate::plan::Plan;
use crate::shape::{ChoiceId, ObjectId, Shape};

/// GraphiQL sets styles from its script; scripts come from files alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How many objects inside one another the first query shows.
const SHOWN_LEVELS: usize = 3;

/// The files that do not depend on the BFF, by name: made when the first of them is asked for.
static FILES: LazyLock<HashMap<&str, Page>> = LazyLock::new(|| {
    let file = |kind, content| Page::new(kind, Bytes::from_static(content));
    HashMap::from([
        (
            "graphiql-4.1.2.min.js",
            file(JAVASCRIPT, include_bytes!("../explorer/assets/graphiql-4.1.2.min.js")).forever(),
        ),
        ("graphiql-4.1.2.min.css", file(CSS, include_bytes!("../explorer/assets/graphiql-4.1.2.min.css")).forever()),
        ("react-18.3.1.min.js", file(JAVASCRIPT, include_bytes!("../explorer/assets/react-18.3.1.min.js")).forever()),
        (
            "react-dom-18.3.1.min.js",
            file(JAVASCRIPT, include_bytes!("../explorer/assets/react-dom-18.3.1.min.js")).forever(),
        ),
        ("explorer.js", file(JAVASCRIPT, include_bytes!("../explorer/assets/explorer.js"))),
        ("explorer.css", file(CSS, include_bytes!("../explorer/assets/explorer.css"))),
    ])
});
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The page of one BFF and the files below it.
#[derive(Debug)]
pub(crate) struct Explorer {
    page: Page,
    /// `schema.graphql`.
    definition: Page,
    /// `schema.json`: the answer to the standard introspection, made when it is first asked for.
    introspection: OnceCell<Page>,
    face: Arc<Face>,
}

impl Explorer {
    pub(crate) fn new(face: &Arc<Face>) -> Explorer {
        let page = include_str!("../explorer/assets/explorer.html")
            .replace("{title}", &escaped(&face.bff.title))
            .replace("{query}", &escaped(&first_query(&face.bff)));
        Explorer {
            page: Page::new("text/html; charset=utf-8", page.into()).with_policy(POLICY),
            definition: Page::new("text/plain; charset=utf-8", face.introspector.sdl().into()),
            introspection: OnceCell::new(),
            face: Arc::clone(face),
        }
    }

    /// `GET /graphql` for a browser.
    pub(crate) fn page(&self, headers: &HeaderMap) -> Response {
        self.page.answer(headers)
    }

    /// `GET /graphql/{file}`.
    pub(crate) async fn file(&self, name: &str, headers: &HeaderMap) -> Response {
        let page = match name {
            "schema.graphql" => Some(&self.definition),
            "schema.json" => Some(self.introspection().await),
            _ => FILES.get(name),
        };
        page.map_or_else(|| Problem::new(Code::UnknownRoute).into_response(), |page| page.answer(headers))
    }

    async fn introspection(&self) -> &Page {
        let make = async || {
            let request = GraphqlRequest::new(include_str!("../explorer/assets/introspection.graphql"));
            let response = self.face.introspector.execute(request).await;
            Page::new("application/json", serde_json::to_vec(&response).unwrap_or_default().into())
        };
        self.introspection.get_or_init(make).await
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What the editor shows at first: the first query that runs without arguments, else the first with them as variables.
fn first_query(bff: &CompiledBff) -> String {
    let reads = || bff.plans.iter().filter(|plan| plan.method == http::Method::GET);
    let Some(plan) = reads().find(|plan| required(plan).next().is_none()).or_else(|| reads().next()) else {
        return String::new();
    };
    let of = |(name, ty): (String, String)| (format!("${name}: {ty}!"), format!("{name}: ${name}"));
    let (variables, arguments): (Vec<_>, Vec<_>) =
        required(plan).map(|param| of((crate::names::argument(param), type_name(bff, &param.shape)))).unzip();
    let listed = |list: &[String]| if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) };
    let body = selection(bff, &plan.answer, 1).unwrap_or_default();
    format!("query {}{} {{\n  {}{}{body}\n}}\n", plan.type_name, listed(&variables), plan.name, listed(&arguments))
}

fn required(plan: &Plan) -> impl Iterator<Item = &crate::plan::Parameter> {
    plan.params.iter().filter(|param| !param.shape.is_nullable() && param.default.is_none())
}

fn type_name(bff: &CompiledBff, shape: &Shape) -> String {
    Leaf::of(shape).unwrap_or(Leaf::Json).name(&bff.shapes).to_owned()
}

/// The selection of everything in a shape, down to [`SHOWN_LEVELS`]; empty for a leaf, `None` where there is nothing to show.
fn selection(bff: &CompiledBff, shape: &Shape, level: usize) -> Option<String> {
    let id = match shape {
        Shape::Object(id) => *id,
        Shape::List(inner) | Shape::Nullable(inner) => return selection(bff, inner, level),
        Shape::Choice(id) => return Some(variants(bff, *id, level)),
        _ => return Some(String::new()),
    };
    let indent = "  ".repeat(level + 1);
    let fields: Vec<String> = shown(bff, id, level).map(|(name, of)| format!("{indent}{name}{of}")).collect();
    (!fields.is_empty()).then(|| format!(" {{\n{}\n{}}}", fields.join("\n"), "  ".repeat(level)))
}

/// What each variant of a union shows, and which it is.
fn variants(bff: &CompiledBff, id: ChoiceId, level: usize) -> String {
    let (indent, end) = ("  ".repeat(level + 1), "  ".repeat(level));
    let views = bff.shapes.get_choice(id).variants.iter().map(|variant| variant.object);
    let one = |view| {
        let of = selection(bff, &Shape::Object(view), level + 1)?;
        Some(format!("{indent}... on {}{of}\n", bff.shapes.get(view).name))
    };
    format!(" {{\n{indent}__typename\n{}{end}}}", views.filter_map(one).collect::<String>())
}

fn shown(bff: &CompiledBff, id: ObjectId, level: usize) -> impl Iterator<Item = (String, String)> {
    let fields = if level > SHOWN_LEVELS { &[] } else { bff.shapes.get(id).fields.as_slice() };
    fields.iter().filter(|field| !field.hidden).filter_map(move |field| {
        Some((super::names::field(field, bff.naming), selection(bff, &field.shape, level + 1)?))
    })
}
