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

#[view(needs(currency: String))]
pub struct Order {
    pub id: String,
    #[call(Prices, get = "/totals/{id}", query(in_currency = needs.curency), each(at_once = 8))]
    pub total: Option<f64>,
    #[call(Prices, get = "/taxes/{needs.country}/{id}", each(at_once = 8))]
    pub tax: Option<f64>,
    #[call(Prices, get = "/rates/{needs}", each(at_once = 8))]
    pub rate: Option<f64>,
    pub lines: Vec<Line>,
}

#[composition(get = "/orders")]
pub struct OrderList {
    #[call(Orders, get = "/lines/{needs.currency}")]
    pub lines: String,
}

fn main() {}
