//! A reference to the request needs an input.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/picks/{query.segment}", query(limit = query.limit), header("accept-language" = header.language))]
    picks: Vec<String>,
}

fn main() {}
