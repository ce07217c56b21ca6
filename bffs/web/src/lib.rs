//! The web shop's BFF: wide screens, many parts, one round trip each.
//!
//! To add an endpoint: a file in `endpoints/`, a line below, and views where the answer needs new ones.

pub mod backends;
pub mod views;

/// The screens, one declaration a file.
pub mod endpoints {
    pub mod cancel_order;
    pub mod categories;
    pub mod home;
    pub mod order;
    pub mod place_order;
    pub mod product;
    pub mod products;
}

pub use trefoil::StandardCaller as Caller;

use crate::endpoints::{
    cancel_order::CancelOrder, categories::Categories, home::Home, order::OrderPage, place_order::PlaceOrder,
    product::ProductPage, products::ProductList,
};

/// The BFF, with every endpoint that it has.
pub fn bff() -> trefoil::Bff {
    trefoil::Bff::new("web")
        .title("Trefoil shop, web")
        .doc("What the web shop's screens show, one round trip a screen.")
        .caller::<Caller>()
        .endpoint::<Home>()
        .endpoint::<Categories>()
        .endpoint::<ProductList>()
        .endpoint::<ProductPage>()
        .endpoint::<OrderPage>()
        .endpoint::<PlaceOrder>()
        .endpoint::<CancelOrder>()
}
