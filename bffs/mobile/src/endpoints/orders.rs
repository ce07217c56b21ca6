//! `GET /mobile/orders`: the caller's orders, each line with its product. Two calls, however many orders and lines.

use trefoil::{composition, input};

use crate::backends::Orders;
use crate::views::{Order, OrderStatus};

/// Which orders.
#[input]
pub struct OrdersInput {
    /// How many at the most.
    #[query(default = 10, min = 1, max = 50)]
    pub limit: u32,
    /// Only those that stand so; all when it is not given.
    #[query]
    pub status: Option<OrderStatus>,
}

/// The caller's orders, newest first, each line with its product.
#[composition(get = "/orders", deadline = "250ms", input = OrdersInput, scopes("orders:read"))]
pub struct OrderList {
    /// The orders.
    #[call(Orders, get = "/users/{caller.id}/orders", query(limit = query.limit, status = query.status))]
    pub orders: Vec<Order>,
}
