//! Needs on their way: through tagged enums, flattened views and other names; and what cannot be known before start.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::json;
use trefoil_composition::{Bff, StandardCaller as Caller, backend, composition, input, view};
use trefoil_testing::{FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Shop;
#[backend]
pub(crate) struct Prices;

/// Something with a price.
#[view(needs(currency: String))]
pub(crate) struct Card {
    pub(crate) id: String,
    #[call(Prices, get = "/prices/{id}/{needs.currency}", each(at_once = 4), within = "200ms")]
    pub(crate) price: Option<String>,
}

#[view]
pub(crate) struct Note {
    pub(crate) text: String,
}

/// One of two things, of which one needs a currency.
#[view(needs(currency: String))]
#[serde(tag = "type")]
pub(crate) enum Entry {
    Card(Card),
    Note(Note),
}

/// A shelf with a card's members in it, in the currency that the shelf has.
#[view(supply(currency = shown_in))]
pub(crate) struct Shelf {
    pub(crate) shown_in: String,
    #[serde(flatten)]
    pub(crate) first: Card,
    pub(crate) others: Vec<Entry>,
}

/// It is given a currency under another name.
#[view(needs(default_currency: String), supply(currency = needs.default_currency))]
pub(crate) struct Window {
    pub(crate) entries: Vec<Option<Entry>>,
}

#[input]
pub(crate) struct PageInput {
    #[query(default = "EUR")]
    pub(crate) currency: String,
}

/// Shelves and a window.
#[composition(get = "/page", input = PageInput, supply(default_currency = query.currency))]
pub(crate) struct Page {
    #[call(Shop, get = "/shelves")]
    pub(crate) shelves: Vec<Shelf>,
    #[call(Shop, get = "/window")]
    pub(crate) window: Window,
}

/// Its price is everybody's.
#[view(needs(tier: String))]
pub(crate) struct Everybodys {
    pub(crate) id: String,
    #[call(Prices, get = "/tiers/{needs.tier}/{id}", each(at_once = 4), cache("60s", shared))]
    pub(crate) price: Option<String>,
}

/// Which is not the caller's.
#[composition(get = "/mine", supply(tier = caller.id))]
pub(crate) struct Mine {
    #[call(Shop, get = "/all")]
    pub(crate) all: Vec<Everybodys>,
}

/// A branch that gives its branches a currency, and needs one.
#[view(needs(currency: String), supply(currency = own))]
pub(crate) struct Branch {
    pub(crate) own: String,
    pub(crate) branches: Vec<Branch>,
    #[call(Prices, get = "/prices/{own}/{needs.currency}", each(at_once = 4))]
    pub(crate) price: Option<String>,
}

/// Branches.
#[composition(get = "/tree", input = PageInput, supply(currency = query.currency))]
pub(crate) struct Tree {
    #[call(Shop, get = "/tree")]
    pub(crate) branches: Vec<Branch>,
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web").caller::<Caller>().endpoint::<Page>();
    Kit::new(&bff, backends).caller("u-1", &[])
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    let shelf = |id: &str, currency: &str| {
        json!({
            "id": id,
            "others": [{"id": format!("{id}2"), "type": "Card"}, {"type": "Note", "text": "none"}],
            "shown_in": currency
        })
    };
    backends.on("shop", "/shelves").json(&json!([shelf("a", "CHF"), shelf("b", "GBP")]).to_string());
    backends.on("shop", "/window").json(r#"{"entries":[{"type":"Card","id":"c"},null]}"#);
    backends.on("prices", "/prices/").asked(|call| Reply::json(&json!(call.path[8..]).to_string()));
    backends
}

#[tokio::test(start_paused = true)]
async fn a_need_is_passed_on_through_enums_flattened_views_and_other_names() {
    let answer = kit(&well()).get("/page?currency=SEK").await;
    let shelf = |id: &str, currency: &str| {
        json!({
            "shownIn": currency,
            "id": id,
            "price": format!("{id}/{currency}"),
            "others": [
                {"type": "Card", "id": format!("{id}2"), "price": format!("{id}2/{currency}")},
                {"type": "Note", "text": "none"}
            ]
        })
    };
    assert_eq!(answer.header("trefoil-degraded"), None, "{}", answer.text());
    assert_eq!(
        answer.json(),
        json!({
            "shelves": [shelf("a", "CHF"), shelf("b", "GBP")],
            "window": {"entries": [{"type": "Card", "id": "c", "price": "c/SEK"}, null]}
        })
    );
}

#[tokio::test(start_paused = true)]
async fn graphql_gives_the_same_without_selecting_what_is_given() {
    let query =
        "{ page { shelves { price others { ... on Card { price } } } window { entries { ... on Card { price } } } } }";
    let answer = kit(&well()).post("/graphql", &json!({ "query": query }).to_string()).await;
    assert_eq!(
        answer.json(),
        json!({"data": {"page": {
            "shelves": [
                {"price": "a/CHF", "others": [{"price": "a2/CHF"}, {}]},
                {"price": "b/GBP", "others": [{"price": "b2/GBP"}, {}]}
            ],
            "window": {"entries": [{"price": "c/EUR"}, null]}
        }}})
    );
}

fn refused(bff: &Bff) -> String {
    match bff.compile() {
        Ok(_) => panic!("it compiles"),
        Err(errors) => errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn what_is_kept_for_everybody_is_not_made_of_what_is_the_callers() {
    let errors = refused(&Bff::new("web").caller::<Caller>().endpoint::<Mine>());
    assert!(
        errors.starts_with("Mine: `Everybodys.price` is kept for every caller (`shared`), and its need `tier` is supplied by `caller.id`"),
        "{errors}"
    );
}

#[test]
fn a_view_that_gives_itself_what_it_needs_is_refused_at_start() {
    let errors = refused(&Bff::new("web").caller::<Caller>().endpoint::<Tree>());
    assert!(errors.starts_with("Tree: `Branch` leads back to itself and supplies `currency`"), "{errors}");
}

#[test]
fn a_need_of_a_declaration_by_hand_that_nothing_supplies_is_refused_at_start() {
    use trefoil_composition::declare::{Declaration, Endpoint as _};
    let bff = Bff::new("web").caller::<Caller>().declare(|shapes| {
        let mut declaration: Declaration = Page::declare(shapes);
        // What only the compiler has checked.
        declaration.answer = shapes.object::<Declaration>("Bare", "", |shapes| {
            let mut fields = Vec::new();
            if let trefoil_composition::shape::Shape::Object(id) =
                <Page as trefoil_composition::shape::Shaped>::shape(shapes)
            {
                fields.clone_from(&shapes.get(id).fields);
            }
            fields.iter_mut().for_each(|field| field.supply.clear());
            fields
        });
        declaration
    });
    let errors = refused(&bff);
    assert!(
        errors.contains("Page: `Card` needs `currency`, and nothing supplies it; write `supply(currency = …)` on the endpoint or on a view between"),
        "{errors}"
    );
}
