//! What the shop knows: people, products, orders, reviews, stock. Made of tables of words and arithmetic.
//!
//! The same data in every run: an id always names the same thing, so a test or a page can be written against it. No
//! randomness, no clock, no HTTP.

pub(crate) mod arithmetic;
pub(crate) mod literals;
pub(crate) mod orders;
pub(crate) mod people;
pub(crate) mod products;
pub(crate) mod reviews;
pub(crate) mod stock;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use orders::Order;
use people::Person;
use products::Product;

/// The seeded data, made once at start and shared by the backends.
pub(crate) struct Shop {
    /// By id.
    pub(crate) people: HashMap<String, Person>,
    /// Product `n` is at `n - 1`.
    pub(crate) products: Vec<Product>,
    /// Oldest first; order `50001 + n` is at `n`.
    pub(crate) orders: Vec<Arc<Order>>,
}

impl Shop {
    pub(crate) fn open() -> Arc<Self> {
        let people = (0..people::COUNT).map(people::person).map(|person| (person.id.clone(), person)).collect();
        let products: Vec<Product> = (1..=products::COUNT).map(products::product).collect();
        let orders = (0..orders::COUNT).map(|n| Arc::new(orders::seeded(n, &products))).collect();
        Arc::new(Self { people, products, orders })
    }

    /// The product of this id, if the shop has it.
    pub(crate) fn product(&self, id: u64) -> Option<&Product> {
        self.products.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }
}
