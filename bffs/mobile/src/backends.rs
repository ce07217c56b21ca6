//! What the mobile BFF may call.

use trefoil::backend;

/// Who people are.
#[backend]
pub struct Users;

/// What people have ordered.
#[backend]
pub struct Orders;

/// What there is to buy.
#[backend]
pub struct Catalog;
