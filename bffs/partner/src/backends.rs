//! What the partner BFF may call.

use trefoil::backend;

/// What people have ordered.
#[backend]
pub struct Orders;

/// What is in stock, and where. Named apart from the endpoint `Inventory`.
#[backend(name = "inventory")]
pub struct Warehouse;
