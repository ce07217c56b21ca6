//! The mobile app's BFF: small answers over slow links, so fewer calls, fewer fields and a tighter deadline than the web's.

pub mod backends;
pub mod views;

/// The screens, one declaration a file.
pub mod endpoints {
    pub mod home;
    pub mod orders;
}

pub use trefoil::StandardCaller as Caller;

use crate::endpoints::{home::Home, orders::OrderList};

/// The BFF, with every endpoint that it has.
pub fn bff() -> trefoil::Bff {
    trefoil::Bff::new("mobile")
        .title("Trefoil shop, mobile")
        .doc("What the app's screens show: smaller than the web's, and sooner there or not at all.")
        .caller::<Caller>()
        .endpoint::<Home>()
        .endpoint::<OrderList>()
}
