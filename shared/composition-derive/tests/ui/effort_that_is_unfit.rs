//! What a call says of `retry` and `hedge` is not all right.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition, view};

#[backend]
struct Catalog;

#[composition(post = "/basket")]
struct PostWithoutAKey {
    #[call(Catalog, post = "/a", retry)]
    written: Vec<String>,
}

#[composition(patch = "/basket")]
struct PatchWithoutAKey {
    #[call(Catalog, patch = "/a", retry(attempts = 3))]
    written: Vec<String>,
}

#[composition(put = "/basket")]
struct HedgedWrite {
    #[call(Catalog, put = "/a", retry, hedge)]
    written: Vec<String>,
}

#[composition(get = "/home")]
struct Home {
    #[call(Catalog, get = "/a", retry())]
    nothing_in_it: Vec<String>,
    #[call(Catalog, get = "/b", retry(3))]
    no_name: Vec<String>,
    #[call(Catalog, get = "/c", retry(attempts = 0))]
    none: Vec<String>,
    #[call(Catalog, get = "/d", retry(attempts = 11))]
    more_than_there_are: Vec<String>,
    #[call(Catalog, get = "/e", retry(attempts = "3"))]
    text: Vec<String>,
    #[call(Catalog, get = "/f", retry(attempt = 3))]
    unknown_option: Vec<String>,
    #[call(Catalog, get = "/g", retry(attempts = 3, attempts = 4))]
    option_twice: Vec<String>,
    #[call(Catalog, get = "/h", retry, retry(attempts = 3))]
    twice: Vec<String>,
    #[call(Catalog, get = "/i", hedge, hedge)]
    hedged_twice: Vec<String>,
    #[call(Catalog, get = "/j", hedge("50ms"))]
    with_a_time: Vec<String>,
    #[call(Catalog, get = "/k", hedge = true)]
    with_a_value: Vec<String>,
    #[call(Catalog, get = "/l", retries = 3)]
    unknown_word: Vec<String>,
}

#[view]
struct Line {
    product_id: String,
    #[call(Catalog, get = "/products/{product_id}", each(at_once = 8), retry(attempts = 12), hedge)]
    product: Option<String>,
}

fn main() {}
