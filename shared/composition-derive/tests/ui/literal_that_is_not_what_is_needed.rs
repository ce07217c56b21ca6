extern crate trefoil_composition as trefoil;

#[allow(unused_imports)]
use trefoil::{StandardCaller as Caller, backend, composition, input, view};

#[backend]
pub struct Orders;
#[backend]
pub struct Prices;

#[view]
pub enum Size {
    Small,
    Large,
}

#[view(needs(currency: String, most: Option<u8>, factor: f64, sale: bool, size: Option<Size>))]
pub struct Line {
    pub id: String,
    #[call(Prices, get = "/prices/{id}", query(in_currency = needs.currency, most = needs.most, by = needs.factor, sale = needs.sale, size = needs.size), each(at_once = 8))]
    pub price: Option<f64>,
}

#[composition(get = "/orders", supply(currency = 5, most = 256, factor = "much", sale = 1, size = "SMALL"))]
pub struct OrderList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

#[composition(get = "/others", supply(currency = true, most = -1, factor = false, sale = "yes"))]
pub struct OtherList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

fn main() {}
