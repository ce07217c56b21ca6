//! A path parameter is always there.

extern crate trefoil_composition as trefoil;

use trefoil::input;
pub use trefoil::StandardCaller as Caller;

#[input]
struct OrderInput {
    #[path]
    id: Option<String>,
    #[path(default = 5)]
    line: u32,
    #[path("order")]
    order: u32,
}

fn main() {}
