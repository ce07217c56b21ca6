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

#[view(needs(currency))]
pub struct One {
    pub id: String,
}

#[view(needs(currency: String, currency: u32), needs())]
pub struct Two {
    pub lines: Vec<Line>,
}

#[view(needs(currency: String), supply(warehouse = "Berlin".to_owned()))]
pub struct Three {
    pub lines: Vec<Line>,
}

#[view(supply(currency))]
pub struct Four {
    pub lines: Vec<Line>,
}

#[view(need(currency: String))]
pub struct Five {
    pub lines: Vec<Line>,
}

#[view(needs(currency: String))]
pub enum Six {
    One,
    Two,
}

#[composition(get = "/orders", needs(currency: String))]
pub struct OrderList {
    #[call(Orders, get = "/lines")]
    pub lines: Vec<Line>,
}

fn main() {}
