//! Some headers are the gateway's own.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, input};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[input]
struct HomeInput {
    #[header("authorization")]
    token: String,
    #[header("Trefoil_Caller")]
    who: String,
    #[header("no header")]
    none: String,
}

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", header("cookie" = "a=b", "trefoil-caller" = "me", "connection" = "close", "accept" = "text/html", traceparent = "x", "if-none-match" = "x"))]
    a: String,
    #[call(Users, get = "/b", header("range" = "items=0-9"))]
    b: Vec<String>,
}

#[composition(put = "/home")]
struct Put {
    #[call(Users, put = "/a", header("range" = "items=0-9"))]
    a: (),
}

fn main() {}
