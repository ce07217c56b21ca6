//! Every endpoint keeps its word whatever a backend does: each call of each, slow, refused, broken and wrong in turn.

use trefoil::testing::{FakeBackends, Kit};

const ORDER: &str = r#"{"id":1001,"number":"A-1001","placed_at":"2026-11-24T10:00:00Z","status":"shipped","currency":"EUR",
    "total":39.80,"lines":[{"product_id":7,"quantity":2,"unit_price":19.90}],
    "shipping":{"carrier":"DHL","tracking_code":"JD01"}}"#;

#[tokio::test(start_paused = true)]
async fn every_endpoint_keeps_its_word_whatever_a_backend_does() {
    let backends = FakeBackends::new();
    backends.on("orders", "/orders/1001").json(ORDER);
    backends
        .on("inventory", "/stock")
        .json(r#"[{"product_id":7,"available":3,"warehouses":[{"code":"LIS","quantity":3}]}]"#);
    let kit = Kit::new(&bff_partner::bff(), &backends)
        .caller("acme", &["orders:read", "inventory:read"])
        .claim("partner", "acme");
    for path in ["/orders/1001", "/inventory"] {
        kit.matrix(path).await.assert_semantics();
    }
}
