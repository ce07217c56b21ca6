//! Every screen keeps its word whatever a backend does: each call of each endpoint, slow, refused, broken and wrong in turn.

use trefoil::testing::{FakeBackends, Kit};

const PICKS: &str =
    r#"[{"id":7,"name":"Lamp","price":19.90,"currency":"EUR","imageUrl":"https://media.example/7","stock":3}]"#;
const ORDER: &str = r#"{"id":1001,"number":"A-1001","placed_at":"2026-11-24T10:00:00Z","status":"shipped","currency":"EUR",
    "total":39.80,"lines":[{"product_id":7,"quantity":2,"unit_price":19.90}],
    "shipping":{"carrier":"DHL","tracking_code":"JD01","address":{"name":"Ada","street":"1 St James's Sq",
        "postal_code":"SW1Y","city":"London","country":"GB"}},
    "payment":{"method":"card","brand":"visa","last_digits":"4242","internal_reference":"PAY-1"}}"#;

/// Backends that answer all that the endpoints ask.
fn well() -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("users", "/users/u-1").json(
        r#"{"id":"u-1","name":"Ada Lovelace","email":"ada@example.com","segment":"desk","member_since":"2020-01-01",
            "city":"London","loyalty":{"tier":"gold","points":7}}"#,
    );
    backends.on("orders", "/users/u-1/orders").json(&format!("[{ORDER}]"));
    backends.on("orders", "/users/u-1/orders/1001").json(ORDER);
    backends.on("orders", "/orders").answer(201, "application/json", ORDER);
    backends.on("catalog", "/products?ids=7").json(r#"[{"id":7,"name":"Lamp"}]"#);
    backends.on("recommendations", "/segments/desk/picks").json(PICKS);
    backends.on("catalog", "/products/7").json(
        r#"{"id":7,"name":"Lamp","description":"It shines.","category":"desk","price":19.90,"currency":"EUR",
            "weightGrams":900,"attributes":{"material":"steel","byHand":true}}"#,
    );
    backends
        .on("media", "/products/7/images")
        .json(r#"[{"url":"https://media.example/7","alt":"A lamp","width":800,"height":600}]"#);
    backends.on("reviews", "/products/7/rating").json(r#"{"average":4.5,"count":2}"#);
    backends.on("reviews", "/products/7/reviews").json(
        r#"[{"id":"r-1","author":"Bob","rating":5,"title":"Bright","text":"Very.","created_at":"2026-11-24T10:00:00Z"}]"#,
    );
    backends
        .on("catalog", "/categories")
        .json(r#"[{"slug":"desk","name":"Desk","productCount":40,"children":[{"slug":"audio","name":"Audio","productCount":20,"children":[]}]}]"#);
    backends
        .on("catalog", "/products?after=")
        .json(r#"{"data":{"items":[{"id":7,"name":"Lamp","price":19.90,"currency":"EUR","imageUrl":"https://media.example/7"}]}}"#);
    backends.on("inventory", "/stock?warehouse=all&product_ids=7").json(r#"[{"product_id":7,"available":3}]"#);
    backends.on("inventory", "/stock/7").json(r#"{"available":3}"#);
    backends
}

#[tokio::test(start_paused = true)]
async fn every_endpoint_keeps_its_word_whatever_a_backend_does() {
    let kit = Kit::new(&bff_web::bff(), &well()).caller("u-1", &["home:read", "catalog:read", "orders:read"]);
    for path in ["/home", "/categories", "/products", "/products/7", "/orders/1001"] {
        kit.matrix(path).await.assert_semantics();
    }
}

#[tokio::test(start_paused = true)]
async fn placing_an_order_keeps_its_word_whatever_a_backend_does() {
    let kit = Kit::new(&bff_web::bff(), &well()).caller("u-1", &["orders:write"]).key("k-1");
    let basket = r#"{"lines":[{"productId":7,"quantity":2}]}"#;
    kit.matrix_of("POST", "/orders", basket).await.assert_semantics();
}

#[tokio::test(start_paused = true)]
async fn taking_an_order_back_keeps_its_word_whatever_the_backend_does() {
    let kit = Kit::new(&bff_web::bff(), &well()).caller("u-1", &["orders:write"]);
    kit.matrix_of("DELETE", "/orders/1001", "").await.assert_semantics();
}

#[tokio::test(start_paused = true)]
async fn an_order_is_placed_for_the_caller_and_nobody_else() {
    let backends = well();
    let kit = Kit::new(&bff_web::bff(), &backends).caller("u-1", &["orders:write"]).key("k-1");
    let answer = kit.post("/orders", r#"{"lines":[{"productId":7,"quantity":2}]}"#).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.headers["location"], "/web/orders/1001");
    assert_eq!(answer.json()["order"]["lines"][0]["product"]["name"], "Lamp");
    let placed = &backends.calls("orders")[0];
    assert_eq!(placed.body, r#"{"user_id":"u-1","lines":[{"product_id":7,"quantity":2}]}"#);
    let refused = kit.post("/orders", r#"{"userId":"u-2","lines":[]}"#).await;
    assert_eq!((refused.status.as_u16(), refused.json()["errors"].as_array().map(Vec::len)), (422, Some(2)));
    assert_eq!(backends.calls("orders").len(), 1);
}
