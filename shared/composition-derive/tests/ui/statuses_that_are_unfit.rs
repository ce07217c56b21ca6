//! Not every status can mean that there is none, or be passed on.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Users;

#[composition(get = "/home")]
struct Home {
    #[call(Users, get = "/a", absent = [401, 200, 404, 404])]
    a: Option<String>,
    #[call(Users, get = "/b", pass = [401, 429, 500, 204])]
    b: String,
    #[call(Users, get = "/c", absent = 404)]
    c: Option<String>,
    #[call(Users, get = "/d", pass = [])]
    d: String,
    #[call(Users, get = "/e", pass = ["404"])]
    e: String,
}

fn main() {}
