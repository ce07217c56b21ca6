//! `DELETE /web/orders/{id}`: takes an order back.

use trefoil::composition;

use crate::backends::Orders;
use crate::endpoints::order::OrderInput;

/// Takes an order back that is not on its way yet.
#[composition(delete = "/orders/{id}", deadline = "1s", input = OrderInput, scopes("orders:write"))]
pub struct CancelOrder(
    /// That it is done. An order that does not exist, or is somebody else's, is a 404; one that is on its way a 409.
    #[call(Orders, delete = "/users/{caller.id}/orders/{path.id}", pass = [404, 409])]
    pub (),
);
