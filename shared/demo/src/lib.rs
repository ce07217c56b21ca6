//! A small shop to try Trefoil on: seven backends, a dev identity provider, dev certificates, and the command that starts
//! them with the gateway in one process.
//!
//! All on loopback, nothing on disk but a temporary folder that goes at the end. Never part of an image: the gateway
//! has it behind its feature `demo`.

mod backends;
mod certificates;
mod flags;
mod gateway;
mod issuer;
mod ports;
mod probe;
mod progress;
mod ready;
mod run;
mod screen;
mod shop;
mod stop;
mod tour;

use clap::{Args as _, Command, FromArgMatches as _};
use trefoil::server::{ExtraCommand, print_error};

pub use backends::{Backends, NAMES};
pub use certificates::{Certificates, CertificatesError};
pub use issuer::{Issuer, IssuerError};
pub use ports::PortError;

/// The command `demo`. `gateway_yaml` is the text of the gateway's configuration; the demo's addresses, issuer,
/// certificates and quotas are laid over it.
#[must_use]
pub fn command(gateway_yaml: &'static str) -> ExtraCommand {
    // Said last: the flags' own documentation is not what the command does.
    let command = flags::Flags::augment_args(Command::new("demo"))
        .about("Starts a small shop, an identity provider and the gateway, to try it all on");
    ExtraCommand {
        command,
        run: Box::new(move |matches, bffs| {
            Box::pin(async move {
                let flags = match flags::Flags::from_arg_matches(&matches) {
                    Ok(flags) => flags,
                    Err(error) => return print_error(&error.to_string()),
                };
                match run::run(gateway_yaml, &flags, &bffs).await {
                    Ok(code) => code,
                    Err(error) => print_error(&error.to_string()),
                }
            })
        }),
    }
}
