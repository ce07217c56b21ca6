//! What the web BFF may call.

use trefoil::backend;

/// Who people are, and which segment they belong to.
#[backend]
pub struct Users;

/// What people have ordered.
#[backend]
pub struct Orders;

/// What there is to buy.
#[backend]
pub struct Catalog;

/// What a segment of people may like.
#[backend]
pub struct Recommendations;

/// What is in stock, and where.
#[backend]
pub struct Inventory;

/// What people think of products.
#[backend]
pub struct Reviews;

/// Pictures of products.
#[backend]
pub struct Media;
