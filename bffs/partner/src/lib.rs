//! The partners' BFF: machines of other companies, so scopes of its own, names in snake_case as their systems have them, and
//! nothing that tells how the shop is built inside.

pub mod backends;
pub mod views;

/// What partners ask for, one declaration a file.
pub mod endpoints {
    pub mod inventory;
    pub mod inventory_csv;
    pub mod order;
}

use trefoil::{Naming, caller};

use crate::endpoints::{inventory::Inventory, inventory_csv::inventory_csv, order::Order};

/// Who is asking: a partner's system.
#[caller]
pub struct Caller {
    /// The partner's short name.
    #[claim("partner")]
    pub partner: String,
}

/// The BFF, with every endpoint that it has.
pub fn bff() -> trefoil::Bff {
    trefoil::Bff::new("partner")
        .title("Trefoil shop, partners")
        .doc("Orders and stock for partners' systems.")
        .naming(Naming::SnakeCase)
        .server_timing(false)
        .caller::<Caller>()
        .endpoint::<Order>()
        .endpoint::<Inventory>()
        .handler(inventory_csv())
}
