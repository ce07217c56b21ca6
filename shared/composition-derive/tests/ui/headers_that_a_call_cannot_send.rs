//! Some headers are the gateway's own. A handler is held to the same list.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Users;

#[composition(put = "/home")]
struct Home {
    #[call(
        Users,
        put = "/a",
        header(
            "accept" = 1,
            "accept-encoding" = 1,
            "authorization" = 1,
            "connection" = 1,
            "content-encoding" = 1,
            "content-length" = 1,
            "content-type" = 1,
            "cookie" = 1,
            "expect" = 1,
            "forwarded" = 1,
            "host" = 1,
            "if-match" = 1,
            "if-modified-since" = 1,
            "if-none-match" = 1,
            "if-range" = 1,
            "if-unmodified-since" = 1,
            "keep-alive" = 1,
            "proxy-authenticate" = 1,
            "proxy-authorization" = 1,
            "proxy-connection" = 1,
            "range" = 1,
            "set-cookie" = 1,
            "te" = 1,
            "traceparent" = 1,
            "tracestate" = 1,
            "trailer" = 1,
            "transfer-encoding" = 1,
            "upgrade" = 1,
            "x-forwarded-for" = 1,
            "x-forwarded-host" = 1,
            "x-forwarded-proto" = 1,
            "x-request-id" = 1,
            "trefoil-caller" = 1,
            "trefoil_timeout_ms" = 1,
            "accept-language" = 1,
            "x-tenant" = 1,
            "prefer" = 1,
        )
    )]
    a: (),
}

fn main() {}
