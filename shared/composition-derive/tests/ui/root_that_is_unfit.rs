//! An answer that is one call's value: the call is missing, refers to itself, or the whole answer is given a name.

extern crate trefoil_composition as trefoil;

use trefoil::{backend, composition};
pub use trefoil::StandardCaller as Caller;

#[backend]
struct Orders;

#[composition(get = "/a")]
struct A(Vec<String>);

#[composition(get = "/b")]
struct B(#[call(Orders, get = "/orders/{value}")] Vec<String>);

#[composition(get = "/c")]
struct C(#[call(Orders, get = "/orders")] #[serde(rename(serialize = "orders"))] Vec<String>);

fn main() {}
