//! A BFF with one of everything that a document has to describe.

#[path = "orders.rs"]
mod orders;

use std::collections::BTreeMap;

pub use trefoil_composition::StandardCaller as Caller;
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};

#[backend]
pub struct SecretUsers;
#[backend]
pub struct SecretCatalog;

/// Who is signed in.
#[view]
pub struct Profile {
    /// The name to greet with.
    pub name: String,
    #[serde(rename = "segment_code")]
    pub segment: String,
    /// Present where the person has chosen one.
    pub nick_name: Option<String>,
    /// The tier of the person.
    pub tier: Tier,
}

/// How dear a customer is.
#[view]
pub enum Tier {
    /// Buys often.
    #[serde(rename = "gold")]
    Gold,
    #[serde(rename = "silver")]
    Silver,
}

/// A thing to buy.
#[view]
pub struct Product {
    pub id: u64,
    pub stock: u32,
    pub rank: i32,
    pub moved: i64,
    pub rating: f64,
    pub on_sale: bool,
    /// Prices by currency.
    pub prices: BTreeMap<String, f64>,
    pub category: Option<Category>,
    pub tier: Option<Tier>,
    pub tags: Option<Vec<String>>,
}

/// A shelf, with the shelves in it.
#[view]
pub struct Category {
    pub name: String,
    pub children: Vec<Category>,
}

/// The landing screen,
/// in one round trip.
///
/// It greets, and it suggests.
#[composition(get = "/home", deadline = "300ms", scopes("home:read", "users:read"))]
pub struct Home {
    /// Who is signed in.
    #[call(SecretUsers, get = "/hidden-users/{caller.id}")]
    pub signed_in: Profile,
    /// Suggestions.
    #[call(SecretCatalog, get = "/hidden-segments/{signed_in.segment}/picks", within = "80ms")]
    pub picks: Option<Vec<Product>>,
    /// A greeting.
    #[call(SecretCatalog, get = "/hidden-greeting", or = "Hello".to_owned())]
    pub greeting: String,
    /// What is on sale, if anything is.
    #[call(SecretCatalog, get = "/hidden-sale", absent = [404])]
    pub sale: Option<Product>,
}

/// Which product.
#[input]
pub struct ProductInput {
    /// The product's number.
    #[path]
    pub product_id: u64,
    /// How many reviews.
    #[query(default = 5, min = 0, max = 20)]
    pub review_limit: u32,
    /// A word to look for.
    #[query(min_length = 2, max_length = 20)]
    pub search: Option<String>,
    /// For whom.
    #[query]
    pub tier: Tier,
    /// The client's language.
    #[header("accept-language")]
    pub language: Option<String>,
}

/// A product's page.
#[composition(get = "/products/{product_id}", deadline = "300ms", input = ProductInput)]
pub struct ProductPage {
    /// The product.
    #[call(SecretCatalog, get = "/hidden-products/{path.product_id}", query(n = query.review_limit, q = query.search, tier = query.tier), header("accept-language" = header.language), pass = [400, 404, 410])]
    pub product: Product,
}

/// Whether the shop is open.
#[composition(get = "/status", public)]
pub struct Status {
    /// What it says on the door.
    #[call(SecretCatalog, get = "/hidden-door")]
    pub door: Option<String>,
}

pub fn bff() -> Bff {
    Bff::new("shop")
        .title("The shop <for all>")
        .doc("What the shop's screens show.")
        .caller::<StandardCaller>()
        .endpoint::<Home>()
        .endpoint::<ProductPage>()
        .endpoint::<Status>()
        .endpoint::<orders::PlaceOrder>()
        .endpoint::<orders::CancelOrder>()
        .endpoint::<orders::Shelf>()
        .endpoint::<orders::Window>()
}
