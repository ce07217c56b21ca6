//! The bodies that are measured, and the views that they are projected to.
#![allow(dead_code, reason = "each program uses what it measures")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement says what is wrong by failing")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use trefoil_backend::transport::{Body, Outgoing, Sending, Transport, TransportError};
use trefoil_backend::{BackendConfig, Cache, CacheConfig, Clients};
use trefoil_composition::names::Naming;
use trefoil_composition::project::{Program, compile};
use trefoil_composition::shape::{Shaped, Shapes};
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_context::{Caller, IdentityHeaders, RequestContext};

#[view]
pub(crate) struct Profile {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) segment: String,
    pub(crate) points: u64,
    pub(crate) newsletter: bool,
}

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) placed_at: String,
    pub(crate) status: String,
    pub(crate) total: f64,
    pub(crate) note: Option<String>,
    pub(crate) lines: Vec<Line>,
}

#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    pub(crate) title: String,
    pub(crate) quantity: u32,
    pub(crate) unit_price: f64,
}

#[view]
pub(crate) struct Pick {
    pub(crate) product_id: u64,
    pub(crate) title: String,
    pub(crate) price: f64,
}

/// The program of a view.
pub(crate) fn program<T: Shaped>() -> Program {
    let mut shapes = Shapes::new();
    let shape = T::shape(&mut shapes);
    compile(&shapes, Naming::CamelCase, &shape, None, &[])
}

/// An object's text with its members as they are declared, or the last first.
fn object(members: &[(&str, String)], declared: bool) -> String {
    let one = |(name, value): &(&str, String)| format!("\"{name}\":{value}");
    let mut members: Vec<String> = members.iter().map(one).collect();
    if !declared {
        members.reverse();
    }
    format!("{{{}}}", members.join(","))
}

pub(crate) fn profile(declared: bool) -> Bytes {
    let members = [
        ("id", "\"u-1001\"".to_owned()),
        ("name", "\"Ada Lovelace\"".to_owned()),
        ("segment", "\"home\"".to_owned()),
        ("points", "9007199254740993".to_owned()),
        ("newsletter", "true".to_owned()),
        ("password_hash", format!("\"{}\"", "x".repeat(60))),
        ("address", "{\"street\":\"St James's Square\",\"city\":\"London\",\"flags\":[1,2,3]}".to_owned()),
    ];
    object(&members, declared).into()
}

pub(crate) fn orders(count: usize, declared: bool) -> Bytes {
    let line = |number: usize| {
        let members = [
            ("product_id", (100 + number).to_string()),
            ("title", format!("\"A thing of use, number {number}\"")),
            ("quantity", "2".to_owned()),
            ("unit_price", "12.50".to_owned()),
        ];
        object(&members, declared)
    };
    let order = |number: usize| {
        let members = [
            ("id", (70_000 + number).to_string()),
            ("placed_at", "\"2026-11-24T09:30:00Z\"".to_owned()),
            ("status", "\"shipped\"".to_owned()),
            ("total", "50.00".to_owned()),
            ("note", "null".to_owned()),
            ("lines", format!("[{},{}]", line(number), line(number + 1))),
            ("margin", "7.125".to_owned()),
            ("warehouse", "\"north-4\"".to_owned()),
        ];
        object(&members, declared)
    };
    format!("[{}]", (0..count).map(order).collect::<Vec<_>>().join(",")).into()
}

pub(crate) fn picks(declared: bool) -> Bytes {
    let pick = |number: usize| {
        let members = [
            ("product_id", number.to_string()),
            ("title", format!("\"A thing you may like {number}\"")),
            ("price", "19.90".to_owned()),
            ("score", "0.734211".to_owned()),
        ];
        object(&members, declared)
    };
    format!("[{}]", (0..8).map(pick).collect::<Vec<_>>().join(",")).into()
}

// ---- a whole answer: items, each with a batched call --------------------------------------------------------------------

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Item {
    pub(crate) product_id: u64,
    pub(crate) quantity: u32,
    /// The product.
    #[call(Shop, get = "/products", batch(ids = product_id, by = id, most = 50))]
    pub(crate) product: Option<Product>,
}

#[view]
pub(crate) struct Product {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) price: f64,
}

/// Items with their products.
#[composition(get = "/items", deadline = "10s", public)]
pub(crate) struct Items {
    /// The items.
    #[call(Shop, get = "/items")]
    pub(crate) items: Vec<Item>,
}

/// Answers at once, from memory.
struct Memory {
    items: Bytes,
    batches: Mutex<HashMap<String, Bytes>>,
}

impl Memory {
    fn products(&self, keys: &str) -> Bytes {
        let mut batches = self.batches.lock().expect("nobody panics");
        if let Some(known) = batches.get(keys) {
            return known.clone();
        }
        let mut text = String::from("[");
        for key in keys.split(',').flat_map(|key| key.split("%2C")) {
            let comma = if text.len() > 1 { "," } else { "" };
            write!(text, "{comma}{{\"id\":{key},\"name\":\"Product number {key}\",\"price\":9.90,\"stock\":4}}")
                .unwrap();
        }
        text.push(']');
        let body = Bytes::from(text);
        batches.insert(keys.to_owned(), body.clone());
        body
    }
}

impl Transport for Memory {
    fn send(&self, outgoing: Outgoing) -> Sending<'_> {
        let query = outgoing.request.uri().query().and_then(|query| query.strip_prefix("ids="));
        let body = query.map_or_else(|| self.items.clone(), |keys| self.products(keys));
        let mut response = Response::new(Body::from(body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Box::pin(std::future::ready(Ok::<_, TransportError>(response)))
    }
}

/// The endpoint over backends in memory.
pub(crate) struct Served(axum::Router);

impl Served {
    /// With so many items.
    pub(crate) fn new(items: usize) -> Served {
        let item = |number: usize| format!("{{\"product_id\":{number},\"quantity\":2,\"margin\":1.5}}");
        let body = format!("[{}]", (0..items).map(item).collect::<Vec<_>>().join(","));
        let memory: Arc<dyn Transport> = Arc::new(Memory { items: body.into(), batches: Mutex::default() });
        let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Items>().compile().expect("it compiles");
        let configs = [("shop".to_owned(), BackendConfig::at("http://shop.test".to_owned()))].into();
        let meter = opentelemetry::global::meter("bench");
        let (identity, cache) = (IdentityHeaders::default(), Cache::new(CacheConfig::default(), &meter));
        let clients = Clients::with_transports(&configs, &identity, &meter, &cache, |_, _| Ok(memory.clone()));
        Served(Arc::new(bff).router(
            &Arc::new(clients.expect("clients")),
            &meter,
            &trefoil_composition::Idempotency::default(),
        ))
    }

    /// One answer.
    pub(crate) async fn answer(&self) -> Bytes {
        let mut request = Request::get("/items").body(axum::body::Body::empty()).expect("a request");
        request.extensions_mut().insert(RequestContext::local("bench", None::<Caller>));
        let response = self.0.clone().oneshot(request).await.expect("an answer");
        response.into_body().collect().await.expect("a body").to_bytes()
    }
}
