//! `#[root]` twice, beside what is shown, on what is hidden, and on a view.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition, view};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Orders;

#[composition(get = "/a")]
struct A {
    #[root]
    #[call(Orders, get = "/orders")]
    orders: Vec<String>,
    #[call(Orders, get = "/count")]
    count: u32,
}

#[composition(get = "/b")]
struct B {
    #[root]
    #[call(Orders, get = "/orders")]
    orders: Vec<String>,
    #[root]
    #[call(Orders, get = "/count")]
    count: u32,
}

#[composition(get = "/c")]
struct C {
    #[root]
    #[hidden]
    #[call(Orders, get = "/orders")]
    orders: Vec<String>,
}

#[view]
struct V {
    #[root]
    name: String,
}

fn main() {}
