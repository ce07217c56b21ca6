//! The head of an answer to a write: of the request's body, and the same for a repeat as for the first.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use http::Method;
use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{Answer, FakeBackends, Kit, Reply};

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Basket {
    pub(crate) name: String,
    pub(crate) delivery: Option<Delivery>,
}

#[view]
pub(crate) struct Delivery {
    pub(crate) city: String,
}

#[view]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) token: String,
}

#[input]
pub(crate) struct OrderInput {
    #[body]
    pub(crate) basket: Basket,
}

/// Places an order.
#[composition(
    post = "/orders",
    input = OrderInput,
    idempotency(required),
    status = 201,
    location = "/web/orders/{order.id}?of={body.name}",
    link(next = "/web/cities/{body.delivery.city}"),
    cookie("order" = "{order.token}", path = "/"),
    cookie("at" = place, http_only = false),
    header("x-name" = body.name, "x-stock" = stock)
)]
pub(crate) struct PlaceOrder {
    /// The order.
    #[call(Shop, post = "/orders", body = body)]
    pub(crate) order: Order,
    /// Where it is found there.
    #[hidden]
    #[from(order, header = "x-place")]
    pub(crate) place: Option<String>,
    /// Read when it is placed.
    #[hidden]
    #[call(Shop, get = "/stock")]
    pub(crate) stock: u64,
}

fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    let placed = Reply::answer(201, "application/json", r#"{"id":7,"token":"t-7"}"#).header("x-place", "p1");
    backends.on("shop", "/orders").method(Method::POST).reply(placed.header("set-cookie", "theirs=1"));
    backends.on("shop", "/stock").json("3");
    backends
}

async fn place(kit: &Kit, body: &str) -> Answer {
    kit.post("/orders", body).await
}

fn cookies(answer: &Answer) -> Vec<&str> {
    answer.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_head_can_say_what_the_body_said_encoded_for_where_it_stands() {
    let kit =
        Kit::new(&Bff::new("web").caller::<StandardCaller>().endpoint::<PlaceOrder>(), &well()).caller("u-1", &[]);
    let answer = place(&kit.clone().key("a"), r#"{"name":"A & B","delivery":{"city":"Köln/Süd"}}"#).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("location"), Some("/web/orders/7?of=A%20%26%20B"));
    assert_eq!(answer.header("link"), Some("</web/cities/K%C3%B6ln%2FS%C3%BCd>; rel=\"next\""));
    assert_eq!(answer.header("x-name"), Some("A & B"));
    // What was not given, or what no header can carry, leaves its line out.
    let answer = place(&kit.key("b"), r#"{"name":"Zoë"}"#).await;
    assert_eq!((answer.status.as_u16(), answer.header("link"), answer.header("x-name")), (201, None, None));
    assert_eq!(answer.header("location"), Some("/web/orders/7?of=Zo%C3%AB"));
}

#[tokio::test(start_paused = true)]
async fn a_repeat_has_the_head_of_the_first_with_what_is_read_anew() {
    let backends = well();
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<PlaceOrder>();
    let kit = Kit::new(&bff, &backends).caller("u-1", &[]).key("k-1");
    let basket = r#"{"name":"A","delivery":{"city":"Rome"}}"#;
    let first = place(&kit, basket).await;
    backends.on("shop", "/orders").method(Method::POST).status(500);
    backends.on("shop", "/stock").json("2");
    let again = place(&kit, basket).await;
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    for name in ["location", "link", "x-name", "cache-control", "content-type"] {
        assert!(first.headers.contains_key(name) && again.headers.get(name) == first.headers.get(name), "{name}");
    }
    // The cookies are ours, made of what was kept; the backend's own is not.
    assert_eq!(cookies(&first), ["order=t-7; Path=/; SameSite=Lax; Secure; HttpOnly", "at=p1; SameSite=Lax; Secure"],);
    assert_eq!(cookies(&again), cookies(&first));
    assert_eq!((first.header("x-stock"), again.header("x-stock")), (Some("3"), Some("2")));
}
