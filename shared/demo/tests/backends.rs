//! The shop's services do what their contract says, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use trefoil_demo::{Backends, NAMES};

struct Shop {
    backends: Backends,
    client: Client,
}

impl Shop {
    async fn open() -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        Self { backends: Backends::start(&BTreeMap::new()).await.unwrap(), client }
    }

    fn url(&self, backend: &str, path: &str) -> String {
        format!("{}{path}", self.backends.urls()[backend])
    }

    async fn get(&self, backend: &str, path: &str) -> (StatusCode, String) {
        let answer = self.client.get(self.url(backend, path)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn json(&self, backend: &str, path: &str) -> Value {
        let (status, text) = self.get(backend, path).await;
        assert!(status.is_success(), "{status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    async fn control(&self, backend: &str, change: Value) -> (StatusCode, Value) {
        // As curl -d sends it: the content type is a form's.
        let call = self.client.post(self.url(backend, "/_control")).body(change.to_string());
        let answer = call.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn place(&self, key: Option<&str>, basket: Value) -> reqwest::Response {
        let mut call = self.client.post(self.url("orders", "/orders")).body(basket.to_string());
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        call.send().await.unwrap()
    }
}

#[tokio::test]
async fn the_data_is_linked() {
    let shop = Shop::open().await;
    let user = shop.json("users", "/users/u-1001").await;
    let picks = shop.json("recommendations", &format!("/segments/{}/picks", user["segment"].as_str().unwrap())).await;
    assert_eq!(picks.as_array().unwrap().len(), 6);
    let orders = shop.json("orders", "/users/u-1001/orders?limit=5").await;
    assert_eq!(orders.as_array().unwrap().len(), 5);
    for id in orders.as_array().unwrap().iter().flat_map(|order| order["lines"].as_array().unwrap()) {
        let id = &id["product_id"];
        for (backend, path) in
            [("catalog", "/products/"), ("inventory", "/stock/"), ("media", "/products/"), ("reviews", "/products/")]
        {
            let rest = match backend {
                "media" => "/images",
                "reviews" => "/reviews",
                _ => "",
            };
            shop.json(backend, &format!("{path}{id}{rest}")).await;
        }
    }
    let last = shop.json("orders", "/orders/51500").await;
    assert_eq!(last["user_id"], "u-1001");
    assert_eq!(shop.json("orders", "/users/u-1001/orders/51500").await, last);
    assert_eq!(shop.get("orders", "/users/u-1002/orders/51500").await.0, StatusCode::NOT_FOUND);
    shop.json("users", "/users/u-1300").await;
    assert_eq!(shop.get("users", "/users/u-1301").await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("orders", "/orders/49999").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_order_adds_up_and_names_people_and_products_there_are() {
    let shop = Shop::open().await;
    for id in (50_001..=51_500).step_by(7) {
        let order = shop.json("orders", &format!("/orders/{id}")).await;
        let cents = |value: &Value| value.to_string().replace('.', "").parse::<u64>().unwrap();
        let (_, text) = shop.get("orders", &format!("/orders/{id}")).await;
        let total = text.split("\"total\":").nth(1).unwrap().split(',').next().unwrap();
        assert_eq!(total.split('.').nth(1).map(str::len), Some(2), "two digits: {total}");
        let prices = text.split("\"unit_price\":").skip(1).map(|rest| rest.split('}').next().unwrap());
        let quantities = order["lines"].as_array().unwrap().iter().map(|line| cents(&line["quantity"]));
        let sum: u64 = prices
            .zip(quantities)
            .map(|(price, quantity)| price.replace('.', "").parse::<u64>().unwrap() * quantity)
            .sum();
        assert_eq!(total.replace('.', "").parse::<u64>().unwrap(), sum, "{text}");
        shop.json("users", &format!("/users/{}", order["user_id"].as_str().unwrap())).await;
    }
}

#[tokio::test]
async fn orders_come_newest_first_of_one_status_and_counted() {
    let shop = Shop::open().await;
    let answer = shop.client.get(shop.url("orders", "/users/u-1001/orders?limit=3")).send().await.unwrap();
    assert_eq!(answer.headers()["x-total-count"], "15");
    let ids: Vec<u64> =
        answer.json::<Value>().await.unwrap().as_array().unwrap().iter().map(|o| o["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [51_500, 51_400, 51_300]);
    let delivered = shop.json("orders", "/users/u-1001/orders?status=delivered&limit=100").await;
    assert!(delivered.as_array().unwrap().iter().all(|order| order["status"] == "delivered"));
    assert_eq!(shop.get("orders", "/users/u-1001/orders?status=lost").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(shop.get("orders", "/users/u-1001/orders?limit=101").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(shop.get("orders", "/users/nobody/orders").await, (StatusCode::OK, "[]".to_owned()));
}

#[tokio::test]
async fn one_key_places_one_order_and_a_reset_forgets_it() {
    let shop = Shop::open().await;
    let basket = json!({ "user_id": "u-1002", "lines": [{ "product_id": 4, "quantity": 2 }] });
    let first = shop.place(Some("k"), basket.clone()).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let location = first.headers()["location"].to_str().unwrap().to_owned();
    let first = first.text().await.unwrap();
    assert_eq!(shop.place(Some("k"), basket.clone()).await.text().await.unwrap(), first);
    assert_ne!(shop.place(None, basket.clone()).await.text().await.unwrap(), first);
    assert_eq!(shop.get("orders", &location).await, (StatusCode::OK, first));
    assert_eq!(shop.json("orders", "/users/u-1002/orders").await[1]["id"], 51_501);

    shop.control("orders", json!({ "reset": true })).await;
    assert_eq!(shop.get("orders", &location).await.0, StatusCode::NOT_FOUND);
    let refused = [
        (json!({ "user_id": "u-1", "lines": [] }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "user_id": "u-1", "lines": [{ "product_id": 0, "quantity": 1 }] }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "user_id": "u-1", "lines": [{ "product_id": 1, "quantity": 0 }] }), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({ "user_id": "u-1" }), StatusCode::BAD_REQUEST),
    ];
    for (basket, status) in refused {
        let answer = shop.place(None, basket.clone()).await;
        assert_eq!(answer.status(), status, "{basket}");
        assert!(answer.json::<Value>().await.unwrap()["error"].is_string());
    }
}

#[tokio::test]
async fn products_and_stock_come_by_id_by_list_and_by_page() {
    let shop = Shop::open().await;
    let ids =
        |list: &Value, key: &str| list.as_array().unwrap().iter().map(|x| x[key].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(ids(&shop.json("catalog", "/products?ids=3,999,1").await, "id"), [3, 1]);
    assert_eq!(ids(&shop.json("inventory", "/stock?product_ids=3,999,1").await, "product_id"), [3, 1]);
    assert_eq!(shop.get("catalog", "/products?ids=a").await.0, StatusCode::BAD_REQUEST);

    let page = shop.json("catalog", "/products?limit=2&after=197").await;
    assert_eq!((ids(&page["data"]["items"], "id"), page["page"]["nextAfter"].as_u64()), (vec![198, 199], Some(199)));
    let last = shop.json("catalog", "/products?limit=2&after=199").await;
    assert_eq!((ids(&last["data"]["items"], "id"), &last["page"]["nextAfter"]), (vec![200], &Value::Null));

    let page = shop.client.get(shop.url("inventory", "/stock?limit=2&after=5")).send().await.unwrap();
    assert_eq!(
        (&page.headers()["x-next-cursor"], &page.headers()["x-total-count"]),
        (&"7".parse().unwrap(), &"200".parse().unwrap())
    );
    assert!(shop.json("catalog", "/categories").await[0]["children"][0]["children"][0]["children"].is_array());
}

#[tokio::test]
async fn each_writes_names_as_its_team_does_and_bodies_are_of_the_promised_size() {
    let shop = Shop::open().await;
    for (backend, path, names, size) in [
        ("users", "/users/u-1001", &["member_since", "password_hash", "risk_score", "internal_notes"][..], 250..400),
        (
            "orders",
            "/users/u-1001/orders?limit=5",
            &["placed_at", "margin", "warehouse_note", "unit_price"],
            1_100..1_900,
        ),
        ("orders", "/orders/50001", &["user_id", "tracking_code", "address"], 300..900),
        ("catalog", "/products/1", &["priceCents", "ratingAverage", "supplierCost"], 300..600),
        ("recommendations", "/segments/home/picks?limit=6", &["imageUrl", "campaign"], 850..1_200),
        ("inventory", "/stock/1", &["product_id", "unit_cost", "bin_location"], 100..500),
        ("reviews", "/products/1/reviews", &["created_at", "author_email"], 150..3_000),
        ("media", "/products/1/images", &["storage_key"], 300..1_200),
    ] {
        let (status, text) = shop.get(backend, path).await;
        assert_eq!(status, StatusCode::OK);
        for name in names {
            assert!(text.contains(&format!("\"{name}\":")), "{name} in {text}");
        }
        assert!(size.contains(&text.len()), "{backend} {path}: {} bytes", text.len());
    }
}

#[tokio::test]
async fn a_product_that_nobody_reviewed_has_no_rating() {
    let shop = Shop::open().await;
    assert_eq!(shop.get("reviews", "/products/200/rating").await.0, StatusCode::NOT_FOUND);
    assert_eq!(shop.get("reviews", "/products/200/reviews").await, (StatusCode::OK, "[]".to_owned()));
    let rating = shop.get("reviews", "/products/7/rating").await.1;
    let average = rating.split("\"average\":").nth(1).unwrap().split(',').next().unwrap();
    assert!(shop.get("catalog", "/products/7").await.1.contains(&format!("\"ratingAverage\":{average},")));
}

#[tokio::test]
async fn control_calls_are_neither_counted_nor_listed_nor_slowed_nor_failed() {
    let shop = Shop::open().await;
    for name in NAMES {
        let (status, shown) =
            shop.control(name, json!({ "latency_ms": 60_000, "failure_rate": 1.0, "status": 500, "down": true })).await;
        assert_eq!(status, StatusCode::OK);
        let told = json!({ "calls": 0, "latency_ms": 60_000, "failure_rate": 1.0, "status": 500, "down": true });
        assert_eq!((shown, shop.json(name, "/_control").await), (told.clone(), told));
        assert_eq!(shop.json(name, "/_last").await, json!([]));
        let fresh = json!({ "calls": 0, "latency_ms": 0, "failure_rate": 0.0, "status": 503, "down": false });
        assert_eq!(shop.control(name, json!({ "reset": true })).await, (StatusCode::OK, fresh));
    }
}

#[tokio::test]
async fn what_a_control_call_gets_wrong_is_named_and_changes_nothing() {
    let shop = Shop::open().await;
    for (change, named) in [
        (json!({ "latency": 5 }), "latency"),
        (json!({ "failure_rate": 1.5 }), "failure_rate"),
        (json!({ "status": 42 }), "status"),
        (json!({ "latency_ms": -1 }), "-1"),
        (json!([]), "invalid"),
    ] {
        let (status, answer) = shop.control("users", change).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"].as_str().unwrap().contains(named), "{answer}");
    }
    let bad = shop.client.post(shop.url("users", "/_control")).body("{").send().await.unwrap();
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_rate_fails_every_fifth_call_with_the_status_told() {
    let shop = Shop::open().await;
    shop.control("users", json!({ "failure_rate": 0.2, "status": 500 })).await;
    let mut statuses = Vec::new();
    for _ in 0..10 {
        statuses.push(shop.get("users", "/users/u-1001").await.0.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 200, 500, 200, 200, 200, 200, 500]);
    assert_eq!(shop.json("users", "/_control").await["calls"], 10);
}

#[tokio::test]
async fn latency_holds_every_call() {
    let shop = Shop::open().await;
    shop.control("users", json!({ "latency_ms": 120 })).await;
    let began = Instant::now();
    shop.json("users", "/users/u-1001").await;
    assert!(began.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn a_service_that_is_down_closes_even_a_connection_that_was_kept() {
    let shop = Shop::open().await;
    shop.json("users", "/users/u-1001").await;
    shop.control("users", json!({ "down": true })).await;
    for _ in 0..3 {
        let error = shop.client.get(shop.url("users", "/users/u-1001")).send().await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    }
    assert_eq!(shop.json("users", "/_control").await["calls"], 4);
    shop.control("users", json!({ "down": false })).await;
    shop.json("users", "/users/u-1001").await;
}

#[tokio::test]
async fn the_last_calls_are_shown_as_they_came_newest_first() {
    let shop = Shop::open().await;
    shop.json("orders", "/users/u-1001/orders?limit=1").await;
    let call = shop.client.get(shop.url("orders", "/orders/50001"));
    call.header("Trefoil-Caller", "u-1").header("X-Two", "a").header("X-Two", "b").send().await.unwrap();
    let last = shop.json("orders", "/_last").await;
    assert_eq!((&last[0]["method"], &last[0]["path"]), (&json!("GET"), &json!("/orders/50001")));
    assert_eq!((&last[0]["headers"]["trefoil-caller"], &last[0]["headers"]["x-two"]), (&json!("u-1"), &json!("a, b")));
    assert_eq!(last[1]["path"], "/users/u-1001/orders?limit=1");
    shop.control("orders", json!({ "reset": true })).await;
    assert_eq!(shop.json("orders", "/_last").await, json!([]));
}
