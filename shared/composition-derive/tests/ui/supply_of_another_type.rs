extern crate trefoil_composition as trefoil;

#[allow(unused_imports)]
use trefoil::{StandardCaller as Caller, backend, composition, input, view};

#[backend]
pub struct Orders;
#[backend]
pub struct Prices;

#[view(needs(currency: String, warehouse: Option<String>))]
pub struct Line {
    pub id: String,
    #[call(Prices, get = "/prices/{id}", query(in_currency = needs.currency, from = needs.warehouse), each(at_once = 8))]
    pub price: Option<f64>,
}

#[input]
pub struct ListInput {
    #[query]
    pub currency: u32,
    #[query]
    pub other: Option<String>,
}

#[composition(get = "/orders", input = ListInput, supply(currency = query.currency))]
pub struct OrderList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

#[composition(get = "/others", input = ListInput, supply(currency = query.other))]
pub struct OtherList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

/// It passes on what it is given, which is not what is needed.
#[view(needs(currency: u64))]
pub struct Order {
    pub lines: Vec<Line>,
}

fn main() {}
