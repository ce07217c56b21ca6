//! One connection. Whoever waits on it drives it: no task stands behind it, and an idle one wakes nobody.

use std::io::{self, ErrorKind, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead as _, AsyncWrite as _, ReadBuf};
use tokio::net::TcpStream;

use crate::transport::TransportError;
use crate::transport::answer::Malformed;

/// A socket, and whether somebody waits for an answer on it.
pub(super) struct Connection {
    stream: TcpStream,
    owing: bool,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> io::Result<Connection> {
        // A request leaves in one write, as a rule: there is nothing that waiting for more could be sent with.
        stream.set_nodelay(true)?;
        Ok(Connection { stream, owing: false })
    }

    /// Sends what the socket takes of `parts`. From then on an answer is owed.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.owing = true;
        match parts {
            [part] => Pin::new(&mut self.stream).poll_write(cx, part),
            parts => Pin::new(&mut self.stream).poll_write_vectored(cx, parts),
        }
    }

    /// Reads what has come; 0 bytes when the other side has closed.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    /// The answer is whole.
    pub(super) fn settle(&mut self) {
        self.owing = false;
    }

    /// Why nothing may be sent on it: there is something already, which would be taken for the answer and hand one caller another's. The
    /// system is asked, since the runtime learns only now and then what has come.
    pub(super) fn check_silent(&self) -> Result<(), TransportError> {
        match SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(TransportError::Broken(error.to_string())),
            Ok(0) => Err(TransportError::Broken("closed before anything was sent".to_owned())),
            Ok(_) => Err(Malformed("an answer that came before its request").into()),
        }
    }

    /// Whether it may be kept: the other side has neither closed it nor sent what nobody asked for, as far as the runtime knows. Before
    /// it is used again the system is asked.
    pub(super) fn is_free(&self) -> bool {
        matches!(self.stream.try_read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

impl Drop for Connection {
    /// One that still owes an answer is reset. So the backend learns at once that nobody waits, and no port of ours stays taken for
    /// a minute (TIME-WAIT), which would soon be all there are where many calls time out.
    fn drop(&mut self) {
        if self.owing {
            let _ = self.stream.set_zero_linger();
        }
    }
}
