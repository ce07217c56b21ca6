//! What stands in `cache(…)` is not all right.

extern crate trefoil_composition as trefoil;

pub use trefoil::StandardCaller as Caller;
use trefoil::{backend, composition};

#[backend]
struct Catalog;

#[composition(post = "/basket")]
struct Basket {
    #[call(Catalog, post = "/n", cache("60s"))]
    written: Vec<String>,
}

#[composition(get = "/home")]
struct Home {
    #[call(Catalog, get = "/a", cache)]
    no_time: Vec<String>,
    #[call(Catalog, get = "/b", cache())]
    nothing_in_it: Vec<String>,
    #[call(Catalog, get = "/c", cache(shared))]
    no_time_first: Vec<String>,
    #[call(Catalog, get = "/c", cache(60, shared))]
    time_without_a_unit: Vec<String>,
    #[call(Catalog, get = "/d", cache("80ms"))]
    too_short: Vec<String>,
    #[call(Catalog, get = "/e", cache("25h"))]
    too_long: Vec<String>,
    #[call(Catalog, get = "/f", cache(ttl = "60s"))]
    time_with_a_name: Vec<String>,
    #[call(Catalog, get = "/g", cache("60s", share))]
    unknown_option: Vec<String>,
    #[call(Catalog, get = "/h", cache("60s", stale_if_error = 5))]
    number: Vec<String>,
    #[call(Catalog, get = "/i", cache("60s", stale_if_error = "0m"))]
    no_time_at_all: Vec<String>,
    #[call(Catalog, get = "/j", cache("60s", tags(catalog)))]
    tag_without_quotes: Vec<String>,
    #[call(Catalog, get = "/k", cache("60s", tags("a b", "", "c", "c")))]
    unfit_tags: Vec<String>,
    #[call(Catalog, get = "/l", cache("60s", tags("x-{home.id}")))]
    unknown_reference: Vec<String>,
    #[call(Catalog, get = "/m", cache("60s"), cache(backend))]
    twice: Vec<String>,
    #[call(Catalog, get = "/n", cache("60s", backend))]
    both_times: Vec<String>,
}

fn main() {}
