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

#[composition(get = "/orders")]
pub struct OrderList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

fn main() {}
