//! A proxy between the gateway and a backend that does what networks and sick servers do.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// What it does. A change ends all connections, so that the next request meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing: what comes is passed on.
    None,
    /// The answer comes after this time.
    Latency(Duration),
    /// The connection is reset when the request is in.
    Reset,
    /// The connection is closed for sending when the request is in, and left open for more.
    HalfClose,
    /// The answer comes byte by byte, each after this time.
    Drip(Duration),
    /// The answer is no HTTP.
    Garbage,
    /// Nobody listens.
    Refuse,
}

/// A running proxy.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    fault: watch::Sender<Fault>,
    listening: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

struct Shared {
    target: OnceLock<SocketAddr>,
    open: AtomicUsize,
}

/// A connection that is open.
struct Open(Arc<Shared>);

impl Proxy {
    /// A proxy that does nothing yet.
    pub(crate) async fn start() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared { target: OnceLock::new(), open: AtomicUsize::new(0) });
        let (fault, faults) = watch::channel(Fault::None);
        let (told, listening) = watch::channel(true);
        let task = tokio::spawn(run(address, listener, Arc::clone(&shared), faults, told));
        Proxy { address, shared, fault, listening, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where requests are passed on to.
    pub(crate) fn to(&self, target: SocketAddr) {
        self.shared.target.set(target).expect("said once");
    }

    /// From now on this happens.
    pub(crate) async fn set(&mut self, fault: Fault) {
        self.fault.send_replace(fault);
        let listens = fault != Fault::Refuse;
        self.listening.wait_for(|listening| *listening == listens).await.expect("it runs");
        while self.open() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn run(
    address: SocketAddr,
    listener: TcpListener,
    shared: Arc<Shared>,
    mut faults: watch::Receiver<Fault>,
    told: watch::Sender<bool>,
) {
    let mut listener = Some(listener);
    loop {
        let fault = *faults.borrow_and_update();
        if fault == Fault::Refuse {
            listener = None;
        } else if listener.is_none() {
            let socket = TcpSocket::new_v4().expect("a socket");
            socket.set_reuseaddr(true).expect("an option");
            socket.bind(address).expect("the same port");
            listener = Some(socket.listen(128).expect("it listens"));
        }
        told.send_replace(listener.is_some());
        let mut connections = JoinSet::new();
        loop {
            let accepted = async {
                match &listener {
                    Some(listener) => listener.accept().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = faults.changed() => match changed {
                    Ok(()) => break,
                    Err(_) => return,
                },
                Ok((stream, _)) = accepted => {
                    shared.open.fetch_add(1, Ordering::SeqCst);
                    let (open, target) = (Open(Arc::clone(&shared)), shared.target.get().copied());
                    connections.spawn(async move {
                        if let Some(target) = target {
                            // Whatever becomes of it is what is tested.
                            let _ = serve(stream, target, fault).await;
                        }
                        drop(open);
                    });
                }
            }
        }
    }
}

async fn serve(mut stream: TcpStream, target: SocketAddr, fault: Fault) -> std::io::Result<()> {
    if matches!(fault, Fault::Reset | Fault::HalfClose | Fault::Garbage) {
        let mut request = [0; 4096];
        if stream.read(&mut request).await? == 0 {
            return Ok(());
        }
        return match fault {
            Fault::Reset => stream.set_zero_linger(),
            Fault::Garbage => stream.write_all(b"\x16\x03\x01 no HTTP at all\r\n\r\n\0\0\0\0").await,
            _ => {
                stream.shutdown().await?;
                // Until the gateway closes it, too.
                while stream.read(&mut request).await? > 0 {}
                Ok(())
            }
        };
    }
    let (mut from, mut to) = stream.into_split();
    let (mut answer, mut request) = TcpStream::connect(target).await?.into_split();
    let back = async {
        let mut buffer = [0; 4096];
        loop {
            let read = answer.read(&mut buffer).await?;
            if read == 0 {
                return to.shutdown().await;
            }
            match fault {
                Fault::Drip(each) => {
                    for byte in &buffer[..read] {
                        sleep(each).await;
                        to.write_all(std::slice::from_ref(byte)).await?;
                    }
                }
                Fault::Latency(time) => {
                    sleep(time).await;
                    to.write_all(&buffer[..read]).await?;
                }
                _ => to.write_all(&buffer[..read]).await?,
            }
        }
    };
    // Whoever leaves first ends both ways.
    tokio::select! {
        result = copy(&mut from, &mut request) => result.map(|_| ()),
        result = back => result,
    }
}
