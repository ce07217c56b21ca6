//! Compressed answers, by either transport: asked for where the backend's section says so, and decoded before anybody sees them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use trefoil_backend::{
    BackendConfig, Body, Cache, CacheConfig, Call, CallFailure, Client, Clients, Coding, CompressionConfig, DnsConfig,
    Effort, Policy, Reply, Served, TransportError,
};
use trefoil_context::{Deadline, IdentityHeaders, RequestContext};

use crate::kit::{Kind, LONG, Server};

const PLAIN: &[u8] = br#"{"name":"Ada","name":"Ada","name":"Ada","name":"Ada"}"#;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// An answer in whatever coding, of a length that is said.
fn answer(coding: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nvary: accept-encoding\r\ncontent-encoding: {coding}\r\n\
         content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// The same in chunks of so many bytes.
fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(size) {
        answer.extend(format!("{:x}\r\n", chunk.len()).bytes().chain(chunk.iter().copied()).chain(*b"\r\n"));
    }
    answer.extend(b"0\r\n\r\n");
    answer
}

fn in_gzip() -> CompressionConfig {
    CompressionConfig { coding: Coding::Gzip, ..CompressionConfig::default() }
}

/// A client that calls the server by the transport that is to be held to it: through a proxy goes reqwest's.
fn client(kind: Kind, server: &Server, compression: CompressionConfig) -> (Clients, Arc<Client>) {
    let config = match kind {
        Kind::Lean => server.config(),
        Kind::Reqwest => {
            let proxy = Some(format!("http://{}", server.address));
            BackendConfig { proxy, ..BackendConfig::at("http://users.test") }
        }
    };
    let config = BackendConfig { compression, max_body_bytes: 256 << 10, ..config };
    let configs = BTreeMap::from([("users".to_owned(), config)]);
    let meter = opentelemetry::global::meter("test");
    let cache = Cache::new(CacheConfig::default(), &meter);
    let (tls, identity) = (BTreeMap::new(), IdentityHeaders::default());
    let clients = Clients::build(&configs, &tls, &DnsConfig::default(), &identity, &meter, &cache).unwrap();
    let client = Arc::clone(clients.get("users").unwrap());
    (clients, client)
}

/// How a call is made.
#[derive(Default)]
struct Asking {
    method: Method,
    headers: &'static [(&'static str, &'static str)],
    cache: Option<Policy>,
    for_effect: bool,
}

async fn ask(client: &Arc<Client>, asking: Asking) -> Result<Reply, CallFailure> {
    let header = |&(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let call = Call {
        context: &RequestContext::local("test", None),
        field: "user",
        method: asking.method,
        path_and_query: "/users".to_owned(),
        headers: asking.headers.iter().map(header).collect::<HeaderMap>(),
        body: Body::Empty,
        deadline: Deadline::within(LONG),
        effort: Effort::default(),
        cache: asking.cache,
        for_effect: asking.for_effect,
    };
    client.call(call).await
}

async fn get(client: &Arc<Client>) -> Result<Reply, CallFailure> {
    ask(client, Asking::default()).await
}

/// Which of the requests asked for a compressed answer.
fn asked(server: &Server) -> Vec<bool> {
    server.requests().iter().map(|head| head.to_ascii_lowercase().contains("\r\naccept-encoding: gzip\r\n")).collect()
}

both! {
    async fn an_answer_in_gzip_is_asked_for_and_decoded(kind: Kind) {
        let coded = gzip(PLAIN);
        let members = [gzip(&PLAIN[..9]), gzip(&PLAIN[9..])].concat();
        let answers = [answer("gzip", &coded), chunked(&coded, 1), chunked(&members, 7), answer("x-gzip", &coded)];
        let server = Server::in_turn(&answers).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        for _ in &answers {
            let reply = get(&client).await.unwrap();
            assert_eq!(reply.body, PLAIN);
            // Nobody decodes it again, nor believes its length to be another.
            assert!(!reply.headers.contains_key("content-encoding") && !reply.headers.contains_key("content-length"));
        }
        assert_eq!(asked(&server), [true; 4]);
        assert_eq!(server.connections(), 1);
    }

    async fn an_answer_that_is_not_compressed_stays_as_it_is(kind: Kind) {
        let server = Server::answering(answer("identity", PLAIN)).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        let reply = get(&client).await.unwrap();
        assert_eq!((&reply.body[..], &reply.headers["content-length"]), (PLAIN, &PLAIN.len().to_string().parse().unwrap()));
    }

    async fn nothing_is_asked_for_nor_decoded_by_default(kind: Kind) {
        let coded = gzip(PLAIN);
        let server = Server::answering(answer("gzip", &coded)).await;
        let (_clients, client) = client(kind, &server, CompressionConfig::default());
        let reply = get(&client).await.unwrap();
        assert_eq!((&reply.body[..], &reply.headers["content-encoding"]), (&coded[..], &HeaderValue::from_static("gzip")));
        assert!(!server.requests()[0].to_ascii_lowercase().contains("accept-encoding"));
    }

    async fn a_coding_that_was_not_asked_for_is_left_for_whoever_refuses_it(kind: Kind) {
        let twice = gzip(&gzip(PLAIN));
        let server = Server::in_turn([answer("br", PLAIN), answer("gzip, gzip", &twice)]).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        for coding in ["br", "gzip, gzip"] {
            assert_eq!(get(&client).await.unwrap().headers["content-encoding"], coding);
        }
    }

    async fn what_cannot_be_decoded_is_malformed(kind: Kind) {
        let coded = gzip(PLAIN);
        let cut = &coded[..coded.len() - 1];
        let answers = [answer("gzip", PLAIN), answer("gzip", cut), chunked(cut, 5), answer("gzip", &[&coded, &b"!"[..]].concat())];
        let server = Server::in_turn(&answers).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        for _ in &answers {
            let failure = get(&client).await.unwrap_err();
            assert!(matches!(failure, CallFailure::Transport(TransportError::Malformed(_))), "{failure}");
        }
        assert_eq!(server.requests().len(), answers.len());
    }

    async fn a_bomb_fails_and_so_does_what_decodes_to_more_than_a_body_may_have(kind: Kind) {
        let bomb = gzip(&vec![b' '; 8 << 20]);
        let server = Server::answering(answer("gzip", &bomb)).await;
        let (_one, dense) = client(kind, &server, in_gzip());
        assert_eq!(get(&dense).await.unwrap_err(), CallFailure::TooDense { max_ratio: 100 });
        let lax = CompressionConfig { max_inflate_ratio: 1032, ..in_gzip() };
        let (_other, large) = client(kind, &server, lax);
        assert_eq!(get(&large).await.unwrap_err(), CallFailure::TooLarge { limit: 256 << 10 });
    }

    async fn an_answer_without_a_body_is_none_in_whatever_coding(kind: Kind) {
        let heads = ["204 No Content\r\n", "304 Not Modified\r\n", "200 OK\r\ncontent-length: 77\r\n"];
        let answers = heads.map(|head| format!("HTTP/1.1 {head}content-encoding: gzip\r\n\r\n"));
        let server = Server::in_turn(&answers).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        for (method, status) in [(Method::GET, 204), (Method::GET, 304), (Method::HEAD, 200)] {
            let reply = ask(&client, Asking { method, ..Asking::default() }).await.unwrap();
            assert_eq!((reply.status.as_u16(), &reply.body[..]), (status, &b""[..]));
        }
    }

    async fn a_range_and_a_call_for_its_effect_are_not_asked_for_compressed(kind: Kind) {
        let server = Server::answering(answer("gzip", b"broken")).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        let range = Asking { headers: &[("range", "items=0-9")], ..Asking::default() };
        let effect = Asking { method: Method::POST, for_effect: true, ..Asking::default() };
        for asking in [range, effect] {
            let reply = ask(&client, asking).await.unwrap();
            // Nor is it decoded: whether that matters is for whoever reads it.
            assert_eq!((&reply.body[..], &reply.headers["content-encoding"]), (&b"broken"[..], &HeaderValue::from_static("gzip")));
        }
        assert_eq!(asked(&server), [false, false]);
    }

    async fn what_is_kept_is_decoded_and_a_304_renews_it(kind: Kind) {
        // A header more.
        let first = answer("gzip\r\netag: \"1\"", &gzip(PLAIN));
        let not_modified = b"HTTP/1.1 304 Not Modified\r\netag: \"1\"\r\ncontent-encoding: gzip\r\n\r\n".to_vec();
        let server = Server::in_turn([first, not_modified]).await;
        let (_clients, client) = client(kind, &server, in_gzip());
        let policy = Policy { ttl: Some(Duration::from_millis(50)), ..Policy::default() };
        let mut renewed = false;
        for _ in 0..3 {
            let reply = ask(&client, Asking { cache: Some(policy.clone()), ..Asking::default() }).await.unwrap();
            assert_eq!((reply.status.as_u16(), &reply.body[..]), (200, PLAIN));
            assert!(!reply.headers.contains_key("content-encoding"));
            renewed |= matches!(reply.cached.unwrap().served, Served::Asked { status: Some(_), .. });
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        assert!(renewed);
    }
}
