//! Every screen keeps its word whatever a backend does: each call of each endpoint, slow, refused, broken and wrong in turn.

use trefoil::testing::{FakeBackends, Kit};

const ORDERS: &str = r#"[{"id":1001,"number":"A-1001","placed_at":"2026-11-24T10:00:00Z","status":"shipped","currency":"EUR",
    "total":39.80,"lines":[{"product_id":7,"quantity":2}]}]"#;

#[tokio::test(start_paused = true)]
async fn every_endpoint_keeps_its_word_whatever_a_backend_does() {
    let backends = FakeBackends::new();
    backends.on("users", "/users/u-1").json(r#"{"name":"Ada Lovelace","loyalty":{"tier":"gold"}}"#);
    backends.on("orders", "/users/u-1/orders").json(ORDERS);
    backends.on("catalog", "/products?ids=7").json(r#"[{"id":7,"name":"Lamp","imageUrl":"https://media.example/7"}]"#);
    let kit = Kit::new(&bff_mobile::bff(), &backends).caller("u-1", &["home:read", "orders:read"]);
    for path in ["/home", "/orders"] {
        kit.matrix(path).await.assert_semantics();
    }
}
