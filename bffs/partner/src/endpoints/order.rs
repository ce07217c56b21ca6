//! `GET /partner/orders/{id}`: an order to fulfil.

use trefoil::{composition, input};

use crate::backends::Orders;
use crate::views::OrderRecord;

/// Which order.
#[input]
pub struct OrderInput {
    /// The order's id.
    #[path]
    pub id: u64,
}

/// An order, as the partner fulfils it.
#[composition(get = "/orders/{id}", deadline = "1s", input = OrderInput, scopes("orders:read"))]
pub struct Order {
    /// The order.
    #[call(Orders, get = "/orders/{path.id}", header("x-partner" = caller.partner), pass = [404])]
    pub order: OrderRecord,
}
