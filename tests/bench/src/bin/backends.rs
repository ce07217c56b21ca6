//! The three backends in one process and one thread, each on a port of its own: fixed answers, as cheap as they can be made, so
//! that what is measured waits for no backend. One of them can be made slow.
//!
//! It reads no more of HTTP than the end of a head, and takes no bodies.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::time::{Duration, Instant};

use clap::Parser;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

/// Serves the three backends.
#[derive(Parser)]
struct Flags {
    /// How long the last of them takes, in milliseconds.
    #[arg(long, default_value_t = 0)]
    slow_ms: u64,
}

/// More of a head than this is not read, in bytes.
const MOST_HEAD_BYTES: usize = 8192;

struct Connection {
    stream: TcpStream,
    backend: usize,
    head: Vec<u8>,
}

/// An answer that is not due yet.
struct Due {
    at: Instant,
    connection: usize,
    /// Which of the connections that have had this place it is for.
    stream: u64,
}

struct Backends {
    answers: [Vec<u8>; 3],
    slow: Option<Duration>,
    connections: Vec<Option<(u64, Connection)>>,
    free: Vec<usize>,
    opened: u64,
    due: VecDeque<Due>,
    /// What is read goes here first.
    buffer: Box<[u8; MOST_HEAD_BYTES]>,
}

fn main() -> io::Result<()> {
    bench::program::end_with_standard_input();
    let flags = Flags::parse();
    let mut poll = Poll::new()?;
    let mut listeners = Vec::new();
    for token in 0..3 {
        let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
        poll.registry().register(&mut listener, Token(token), Interest::READABLE)?;
        bench::program::listening(listener.local_addr()?)?;
        listeners.push(listener);
    }
    let slow = Some(Duration::from_millis(flags.slow_ms)).filter(|slow| !slow.is_zero());
    let mut backends = Backends {
        answers: bench::bodies::bodies().map(|body| answer(&body)),
        slow,
        connections: Vec::new(),
        free: Vec::new(),
        opened: 0,
        due: VecDeque::new(),
        buffer: Box::new([0; MOST_HEAD_BYTES]),
    };
    let mut events = Events::with_capacity(1024);
    loop {
        let wait = backends.due.front().map(|due| due.at.saturating_duration_since(Instant::now()));
        match poll.poll(&mut events, wait) {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            other => other?,
        }
        for event in &events {
            let token = event.token().0;
            match listeners.get(token) {
                Some(listener) => backends.accept(listener, token, poll.registry())?,
                None => backends.serve(token - listeners.len()),
            }
        }
        backends.answer_what_is_due();
    }
}

fn answer(body: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
    [head, body.to_owned()].concat().into_bytes()
}

impl Backends {
    fn accept(&mut self, listener: &TcpListener, backend: usize, registry: &mio::Registry) -> io::Result<()> {
        loop {
            let mut stream = match listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            stream.set_nodelay(true)?;
            let place = self.free.pop().unwrap_or_else(|| {
                self.connections.push(None);
                self.connections.len() - 1
            });
            registry.register(&mut stream, Token(place + 3), Interest::READABLE)?;
            self.opened += 1;
            self.connections[place] = Some((self.opened, Connection { stream, backend, head: Vec::new() }));
            // What came with the connection makes no event of its own.
            self.serve(place);
        }
    }

    fn serve(&mut self, place: usize) {
        let Some(Some((stream, connection))) = self.connections.get_mut(place) else { return };
        match connection.asked(&mut *self.buffer) {
            Ok(false) => {}
            Ok(true) => match self.slow.filter(|_| connection.backend == 2) {
                Some(slow) => {
                    self.due.push_back(Due { at: Instant::now() + slow, connection: place, stream: *stream });
                }
                None if connection.stream.write(&self.answers[connection.backend]).is_ok() => {}
                None => self.close(place),
            },
            Err(_) => self.close(place),
        }
    }

    fn answer_what_is_due(&mut self) {
        let now = Instant::now();
        while let Some(due) = self.due.pop_front_if(|due| due.at <= now) {
            let Some(Some((stream, connection))) = self.connections.get_mut(due.connection) else { continue };
            // Whoever asked may have left.
            if *stream == due.stream && connection.stream.write(&self.answers[connection.backend]).is_err() {
                self.close(due.connection);
            }
        }
    }

    fn close(&mut self, place: usize) {
        self.connections[place] = None;
        self.free.push(place);
    }
}

impl Connection {
    /// Reads what has come; whether a whole request has.
    fn asked(&mut self, bytes: &mut [u8]) -> io::Result<bool> {
        loop {
            match self.stream.read(bytes) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                // Less than there was room for is all there was: there is no need to ask again.
                Ok(count) if self.head.is_empty() && bytes[..count].ends_with(b"\r\n\r\n") => return Ok(true),
                Ok(count) => {
                    self.head.extend_from_slice(&bytes[..count]);
                    if self.head.ends_with(b"\r\n\r\n") {
                        self.head.clear();
                        return Ok(true);
                    }
                    if self.head.len() > MOST_HEAD_BYTES {
                        return Err(ErrorKind::InvalidData.into());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
