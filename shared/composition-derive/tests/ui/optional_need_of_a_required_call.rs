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

#[view(needs(country: Option<String>))]
pub struct Order {
    pub id: String,
    #[call(Prices, get = "/taxes/{needs.country}/{id}", each(at_once = 8))]
    pub tax: f64,
}

fn main() {}
