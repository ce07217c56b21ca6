extern crate trefoil_composition as trefoil;

#[allow(unused_imports)]
use trefoil::{StandardCaller as Caller, backend, composition, input, view};

#[backend]
pub struct Orders;
#[backend]
pub struct Prices;

#[view(needs(currency: String))]
pub struct Line {
    pub id: String,
    #[call(Prices, get = "/prices/{id}/{needs.currency}", each(at_once = 8))]
    pub price: Option<f64>,
}

#[composition(get = "/orders", supply(currency = "{caller.id}-EUR"))]
pub struct OrderList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

#[composition(get = "/others", supply(currency = "EUR".to_owned()))]
pub struct OtherList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

#[composition(get = "/more", supply(currency = b"EUR"))]
pub struct MoreList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

#[composition(get = "/none", supply(currency = None))]
pub struct NoList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

fn main() {}
