//! What a call costs by each transport, in CPU time of the thread that makes it: `cargo run --release -p trefoil-backend --example cost`.
//!
//! A server on a thread of its own answers each request with 1.4 KB; 64 callers share one thread. `raw` is the least there is: a kept
//! socket, a prepared request, an answer of a known length. With arguments (`lean 200000`) only that one runs, for a profiler.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a tool for developers")]

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::LocalSet;
use tokio::time::timeout;
use trefoil_backend::transport::{LeanTransport, ReqwestTransport};
use trefoil_backend::{BackendConfig, Body, Outgoing, TlsPem, Transport};
use trefoil_context::Deadline;

const CALLERS: usize = 64;
const BODY: usize = 1400;
const BUDGET: Duration = Duration::from_millis(20);

fn answer() -> String {
    let body = "x".repeat(BODY);
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Tue, 24 Nov 2026 15:00:00 GMT\r\ncontent-length: {BODY}\r\n\r\n{body}"
    )
}

/// Answers requests; those for `/silent` never.
fn serve() -> SocketAddr {
    let (address, bound) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            address.send(listener.local_addr().unwrap()).unwrap();
            let answer: Arc<[u8]> = answer().into_bytes().into();
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let answer = Arc::clone(&answer);
                tokio::spawn(async move {
                    let mut read = [0; 4096];
                    while stream.read(&mut read).await.is_ok_and(|read| read > 0) {
                        if !read.starts_with(b"GET /silent") && stream.write_all(&answer).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
    });
    bound.recv().unwrap()
}

/// The CPU time of this thread, in nanoseconds.
fn cpu() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

async fn call(transport: &dyn Transport, address: SocketAddr, path: &'static str) {
    let mut request = Request::get(path).body(Body::Empty).unwrap();
    *request.uri_mut() =
        http::Uri::builder().scheme("http").authority(address.to_string()).path_and_query(path).build().unwrap();
    let headers = request.headers_mut();
    headers.reserve(8);
    headers.insert("accept", "application/json".parse().unwrap());
    headers.insert("trefoil-timeout-ms", "290".parse().unwrap());
    headers.insert("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00".parse().unwrap());
    headers.insert("x-request-id", "0199b0c4-6ad5-7000-8000-000000000000".parse().unwrap());
    let outgoing = Outgoing { request, address, deadline: Deadline::within(BUDGET) };
    let answer = transport.send(outgoing).await.unwrap();
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes().len(), BODY);
}

async fn raw(address: SocketAddr, calls: usize) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let request = format!(
        "GET / HTTP/1.1\r\nhost: {address}\r\naccept: application/json\r\ntrefoil-timeout-ms: 290\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\r\nx-request-id: 0199b0c4-6ad5-7000-8000-000000000000\r\n\r\n"
    );
    let whole = answer().len();
    let mut read = vec![0; 8192];
    for _ in 0..calls {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut have = 0;
        while have < whole {
            have += stream.read(&mut read[have..]).await.unwrap();
        }
    }
}

/// Nanoseconds a call.
fn measure(what: &str, address: SocketAddr, calls: usize) -> u64 {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let config = BackendConfig::at(format!("http://{address}"));
    let (name, silent) = what.split_once('/').map_or((what, false), |(name, _)| (name, true));
    let transport: Option<Rc<dyn Transport>> = match name {
        "lean" => Some(Rc::new(LeanTransport::new(&config).unwrap())),
        "reqwest" => Some(Rc::new(ReqwestTransport::new(&config, &TlsPem::default()).unwrap())),
        _ => None,
    };
    let run = |each: usize| {
        let local = LocalSet::new();
        for _ in 0..CALLERS {
            let transport = transport.clone();
            local.spawn_local(async move {
                let Some(transport) = transport else { return raw(address, each).await };
                for _ in 0..each {
                    if silent {
                        assert!(timeout(BUDGET, call(&*transport, address, "/silent")).await.is_err());
                    } else {
                        call(&*transport, address, "/").await;
                    }
                }
            });
        }
        runtime.block_on(local);
    };
    run(4);
    let each = calls / CALLERS;
    let before = cpu();
    run(each);
    (cpu() - before) / (each * CALLERS) as u64
}

fn main() {
    let address = serve();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [what, calls] = arguments.as_slice() {
        println!("{what}: {} ns a call", measure(what, address, calls.parse().unwrap()));
        return;
    }
    let contestants =
        [("raw", 60_000), ("lean", 60_000), ("reqwest", 60_000), ("lean/silent", 6_000), ("reqwest/silent", 6_000)];
    let mut rounds: Vec<Vec<u64>> = vec![Vec::new(); contestants.len()];
    for round in 0..7 {
        for turn in 0..contestants.len() {
            let at = if round % 2 == 0 { turn } else { contestants.len() - 1 - turn };
            let (what, calls) = contestants[at];
            rounds[at].push(measure(what, address, calls));
        }
    }
    for ((what, _), mut figures) in contestants.into_iter().zip(rounds) {
        figures.sort_unstable();
        println!("{what:15} median {:6} ns, least {:6} ns a call", figures[figures.len() / 2], figures[0]);
    }
}
