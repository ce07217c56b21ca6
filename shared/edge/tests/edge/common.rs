//! What the edge's tests share: an issuer with real keys, a source that counts, a gateway of two BFFs, a client.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use aws_lc_rs::{rand::SystemRandom, signature};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::BodyExt;
use opentelemetry::metrics::MeterProvider;
use serde_json::{Value, json};
use tower::ServiceExt;
use trefoil_context::RequestContext;
use trefoil_edge::{
    AuthPolicy, BffPolicy, BffRoutes, BuildError, CorsPolicy, EdgeConfig, InProcessQuota, IssuerKeys, KeyError,
    KeySource, KeysConfig, PublicRoute, QuotaStore, RouteQuota, Sampling, stack,
};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "web";

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

// === Keys ===

/// A private key of the issuer, and how it is published.
pub(crate) struct Signer {
    pub(crate) kid: String,
    pub(crate) alg: &'static str,
    pub(crate) jwk: Value,
    key: Private,
}

enum Private {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Signer {
    pub(crate) fn rsa(kid: &str) -> Signer {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        // PKCS#1: a sequence (4 bytes of head) of the modulus (5 bytes of head with a leading zero, 256 bytes) and 65537.
        let der = key.public_key().as_ref();
        let (n, e) = (&der[9..265], [1, 0, 1]);
        let jwk = json!({"kty": "RSA", "kid": kid, "use": "sig", "n": b64(n), "e": b64(e)});
        Signer { kid: kid.into(), alg: "RS256", jwk, key: Private::Rsa(key) }
    }

    pub(crate) fn ec(kid: &str) -> Signer {
        let key = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let point = key.public_key().as_ref().to_vec();
        let jwk = json!({"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "x": b64(&point[1..33]), "y": b64(&point[33..])});
        Signer { kid: kid.into(), alg: "ES256", jwk, key: Private::Ec(key) }
    }

    pub(crate) fn ed(kid: &str) -> Signer {
        let key = Ed25519KeyPair::generate().unwrap();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(key.public_key().as_ref())});
        Signer { kid: kid.into(), alg: "EdDSA", jwk, key: Private::Ed(key) }
    }

    /// The public key in DER, as a confused verifier would take it for a shared secret.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        match &self.key {
            Private::Rsa(key) => key.public_key().as_ref().to_vec(),
            Private::Ec(key) => key.public_key().as_ref().to_vec(),
            Private::Ed(key) => key.public_key().as_ref().to_vec(),
        }
    }

    /// A token from raw JSON texts, so that anything can be said.
    pub(crate) fn sign_raw(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", b64(header), b64(claims));
        let signature = match &self.key {
            Private::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
            Private::Ec(key) => key.sign(&SystemRandom::new(), message.as_bytes()).unwrap().as_ref().to_vec(),
            Private::Ed(key) => key.sign(message.as_bytes()).as_ref().to_vec(),
        };
        format!("{message}.{}", b64(signature))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": self.alg, "kid": self.kid, "typ": "at+jwt"});
        self.sign_raw(&header.to_string(), &claims.to_string())
    }

    /// A good token of this caller.
    pub(crate) fn token(&self, caller: &str) -> String {
        self.sign(&claims(caller))
    }

    /// A good token with one claim set or (null) taken away.
    pub(crate) fn token_with(&self, name: &str, value: Value) -> String {
        let mut claims = claims("u1");
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        self.sign(&claims)
    }

    /// A good token with one member of the header set or (null) taken away.
    pub(crate) fn token_with_header(&self, name: &str, value: Value) -> String {
        let mut header = json!({"alg": self.alg, "kid": self.kid, "typ": "at+jwt"});
        if value.is_null() {
            header.as_object_mut().unwrap().remove(name);
        } else {
            header[name] = value;
        }
        self.sign_raw(&header.to_string(), &claims("u1").to_string())
    }
}

pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(crate) fn claims(caller: &str) -> Value {
    json!({"iss": ISSUER, "aud": AUDIENCE, "sub": caller, "exp": now_s() + 600, "iat": now_s(), "scope": "read write"})
}

pub(crate) fn jwks(signers: &[&Signer]) -> Value {
    json!({"keys": signers.iter().map(|signer| signer.jwk.clone()).collect::<Vec<_>>()})
}

/// The issuer's usual key; made once, since RSA keys take their time.
pub(crate) static KEY: LazyLock<Signer> = LazyLock::new(|| Signer::rsa("k1"));

// === A source of keys ===

/// Publishes what it is told to, after the delay it is told, and counts.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) document: Mutex<Option<Value>>,
    pub(crate) delay: Mutex<Duration>,
    pub(crate) fetches: AtomicUsize,
}

impl Source {
    pub(crate) fn publishing(document: Value) -> Arc<Source> {
        Arc::new(Source { document: Mutex::new(Some(document)), ..Source::default() })
    }

    pub(crate) fn set(&self, document: Option<Value>) {
        *self.document.lock().unwrap() = document;
    }

    pub(crate) fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl KeySource for Source {
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeyError>> {
        async {
            self.fetches.fetch_add(1, Ordering::SeqCst);
            let delay = *self.delay.lock().unwrap();
            tokio::time::sleep(delay).await;
            let document = self.document.lock().unwrap().clone();
            document.map(|document| document.to_string().into()).ok_or_else(|| KeyError("down".into()))
        }
        .boxed()
    }
}

// === A gateway ===

/// What to build; every part can be set.
pub(crate) struct Gateway {
    pub(crate) config: EdgeConfig,
    pub(crate) policy: BffPolicy,
    pub(crate) source: Arc<Source>,
    pub(crate) keys_config: KeysConfig,
    pub(crate) router: Router,
    pub(crate) public: Vec<PublicRoute>,
    pub(crate) quotas: Vec<RouteQuota>,
    pub(crate) sampling: Sampling,
    pub(crate) quota: Arc<dyn QuotaStore>,
    pub(crate) meter: opentelemetry::metrics::Meter,
}

pub(crate) fn gateway() -> Gateway {
    Gateway {
        config: EdgeConfig::default(),
        policy: BffPolicy { cors: CorsPolicy::default(), auth: AuthPolicy::new(ISSUER, AUDIENCE), quota: None },
        source: Source::publishing(jwks(&[&KEY])),
        keys_config: KeysConfig::default(),
        router: routes(),
        quotas: Vec::new(),
        public: vec![public(Method::GET, "/web/docs"), public(Method::GET, "/web/seen-by-all")],
        sampling: Sampling::always_off(),
        quota: Arc::new(InProcessQuota::default()),
        meter: opentelemetry::metrics::NoopMeterProvider::new().meter("edge"),
    }
}

pub(crate) fn public(method: Method, path: &str) -> PublicRoute {
    PublicRoute { method, path: path.into() }
}

impl Gateway {
    pub(crate) fn try_build(self) -> Result<Edge, BuildError> {
        let keys = IssuerKeys::new(self.source, self.keys_config);
        let bff = BffRoutes {
            name: "web".into(),
            prefix: "/web".into(),
            router: self.router,
            public: self.public,
            quotas: self.quotas,
            policy: self.policy,
            keys,
        };
        stack(&self.config, vec![bff], self.sampling, &self.meter, self.quota).map(Edge)
    }

    pub(crate) fn build(self) -> Edge {
        self.try_build().unwrap()
    }
}

fn routes() -> Router {
    Router::new()
        .route("/whoami", get(whoami).put(whoami))
        .route("/items/{id}", get(whoami))
        .route("/docs", get(|| async { "the documentation" }))
        .route("/seen-by-all", get(seen))
        .route("/seen", get(seen))
        .route("/body", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/panic", get(panics))
}

async fn panics() -> String {
    panic!("the secret is 42")
}

/// Who the handler thinks is calling.
async fn whoami(request: Request) -> String {
    let context = request.extensions().get::<RequestContext>().unwrap();
    let caller = context.caller.as_ref();
    let scopes = caller.map(|caller| caller.scopes.iter().cloned().collect::<Vec<_>>().join(" "));
    format!("{}|{}", caller.map_or("nobody", |caller| caller.id.as_str()), scopes.unwrap_or_default())
}

/// What the handler sees: all headers, and the context.
async fn seen(request: Request) -> axum::Json<Value> {
    let context = request.extensions().get::<RequestContext>().unwrap();
    let mut headers: Vec<&str> = request.headers().keys().map(http::HeaderName::as_str).collect();
    headers.sort_unstable();
    axum::Json(json!({
        "headers": headers,
        "id": context.id.as_str(),
        "caller": context.caller.as_ref().map(|caller| caller.id.clone()),
        "timeout": context.deadline.map(|deadline| deadline.remaining().as_millis() as u64),
        "trace": context.trace.to_traceparent(),
        "tracestate": context.tracestate.as_deref().map(|state| state.to_str().unwrap()),
    }))
}

// === A client ===

#[derive(Clone)]
pub(crate) struct Edge(pub(crate) Router);

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Edge {
    pub(crate) async fn send(&self, mut request: Request) -> Answer {
        // As every client of HTTP/1.1 does.
        request.headers_mut().entry("host").or_insert_with(|| "gateway.example".parse().unwrap());
        self.send_as_it_is(request).await
    }

    pub(crate) async fn send_as_it_is(&self, request: Request) -> Answer {
        // Longer than anything may take: what waits for ever fails, where time is paused at once.
        let answer = tokio::time::timeout(Duration::from_secs(600), self.0.clone().oneshot(request));
        let response: Response = answer.await.expect("there is an answer").unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path, &[])).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request(Method::GET, path, headers)).await
    }

    /// GET with this token.
    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Answer {
        self.get_with(path, &[("authorization", &format!("Bearer {token}"))]).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code of the problem that this answer is; the answer is checked to be a whole one.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["requestId"].as_str(), self.header("x-request-id"));
        problem["code"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Request {
    let mut builder = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Body::empty()).unwrap()
}

// === A log ===

/// The lines that were logged on this thread, as JSON.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Everything from now on, until the guard is dropped.
    pub(crate) fn start() -> (Log, tracing::subscriber::DefaultGuard) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn lines(&self, target: &str) -> Vec<Value> {
        let lines = self.text();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["target"] == target).collect()
    }
}
