//! How a program of the benchmark begins and ends: it takes a free port on loopback, writes its address to standard error as its
//! first line, and ends when its standard input does, so that none outlives the driver.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;

/// Says where this program listens.
///
/// # Errors
/// When nobody reads it.
pub fn listening(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stderr().lock(), "{address}")
}

/// Ends this process when its standard input ends.
pub fn end_with_standard_input() {
    std::thread::spawn(|| {
        // An input that cannot be read has ended, too.
        let _ = io::stdin().lock().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}
