//! Each BFF's screens, whole, through the edge.

use crate::harness::Demo;

#[tokio::test]
async fn the_web_home_is_the_whole_screen_from_three_backends() {
    let demo = Demo::start().await;
    let answer = demo.get("/web/home").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("trefoil-degraded"), None);
    let home = answer.json();
    assert_eq!(home["profile"]["id"], "u-1001");
    assert_eq!(home["orders"].as_array().unwrap().len(), 5);
    assert_eq!(home["picks"].as_array().unwrap().len(), 6);
    // Declared order, and the client's names.
    let place = |name: &str| answer.text.find(name).unwrap();
    assert!(place("\"profile\"") < place("\"orders\"") && place("\"orders\"") < place("\"picks\""));
    assert!(home["orders"][0]["placedAt"].is_string());
    for backend in ["users", "orders", "recommendations"] {
        assert_eq!(demo.calls(backend).await, 1, "{backend}");
    }
    assert_eq!(demo.calls("catalog").await, 0);
    let timing = answer.header("server-timing").unwrap();
    assert_eq!(timing.split(", ").count(), 3, "{timing}");
}

#[tokio::test]
async fn what_a_view_does_not_name_never_leaves() {
    let demo = Demo::start().await;
    for path in [
        "/web/home",
        "/web/categories",
        "/web/products/7",
        "/mobile/home",
        "/mobile/orders",
        "/partner/orders/50001",
        "/partner/inventory",
    ] {
        let answer = demo.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        for secret in [
            "argon2id",
            "margin",
            "risk",
            "internal",
            "supplier",
            "warehouse_note",
            "unit_cost",
            "storage",
            "bin_location",
        ] {
            assert!(!answer.text.contains(secret), "{path} shows {secret}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn what_is_free_in_form_is_passed_on_as_it_came() {
    let demo = Demo::start().await;
    let attributes = |page: serde_json::Value| page["product"]["attributes"].clone();
    let page = demo.get("/web/products/5").await.json();
    assert_eq!(
        attributes(page),
        serde_json::json!({"material": "steel", "careHints": {"dishwasher": false, "oil": ["linseed"]}})
    );
    assert!(attributes(demo.get("/web/products/7").await.json()).is_null());
}

#[tokio::test]
async fn a_page_has_fields_that_no_call_fills_and_leaves_out_what_nobody_wants() {
    let demo = Demo::start().await;
    let page = demo.get("/web/products/7?reviews=1&images=false").await;
    let json = page.json();
    let shown = json["reviews"].as_array().map_or(0, Vec::len);
    assert!(json["reviewCount"].as_u64().is_some_and(|count| count >= shown as u64), "{json}");
    assert!(["in_stock", "nearly_gone", "sold_out"].iter().any(|word| json["availability"] == *word), "{json}");
    assert_eq!((&json["images"], page.header("trefoil-degraded")), (&serde_json::json!([]), None));
    assert_eq!(demo.calls("media").await, 0);
}

#[tokio::test]
async fn how_an_order_was_paid_is_told_by_its_kind() {
    let demo = Demo::start().await;
    let mut kinds = std::collections::BTreeSet::new();
    for id in [50_100, 50_200, 50_300] {
        let order = demo.get(&format!("/web/orders/{id}")).await;
        assert!(!order.text.contains("PAY-"), "{}", order.text);
        let payment = order.json()["order"]["payment"].clone();
        let shown = if payment["method"] == "card" { "lastDigits" } else { "termsDays" };
        assert!(payment.get(shown).is_some(), "{payment}");
        kinds.insert(payment["method"].to_string());
    }
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}

#[tokio::test]
async fn an_answer_can_be_a_list() {
    let demo = Demo::start().await;
    let answer = demo.get("/web/categories").await.json();
    assert_eq!(answer[0]["slug"], "outdoor");
    assert_eq!(answer[0]["children"][0]["children"][0]["productCount"], 20);
}

#[tokio::test]
async fn numbers_keep_their_literal() {
    let demo = Demo::start().await;
    let answer = demo.get("/web/orders/50100").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let total = answer.text.split("\"total\":").nth(1).unwrap().split(',').next().unwrap();
    assert_eq!(total.split('.').nth(1).map(str::len), Some(2), "a total of {total} has lost its cents");
}

#[tokio::test]
async fn an_order_of_somebody_else_is_not_there() {
    let demo = Demo::start().await;
    demo.get("/web/orders/50001").await.is_problem(404, "not-found");
    demo.get("/web/orders/1").await.is_problem(404, "not-found");
    assert_eq!(demo.get("/partner/orders/50001").await.status, 200);
}

#[tokio::test]
async fn a_product_page_lives_without_its_pictures() {
    let demo = Demo::start().await;
    let answer = demo.get("/web/products/7?reviews=2").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json()["reviews"].as_array().unwrap().len() <= 2);
    demo.control("media", serde_json::json!({ "down": true })).await;
    let answer = demo.get("/web/products/7").await;
    assert_eq!((answer.status, answer.json()["images"].as_array().map(Vec::len)), (200, Some(0)));
    assert_eq!(answer.header("trefoil-degraded"), Some("images;reason=connect;default"));
    // Product 200 has no reviews, so no rating: that is complete.
    demo.control("media", serde_json::json!({ "reset": true })).await;
    let answer = demo.get("/web/products/200").await;
    assert!(answer.json()["rating"].is_null());
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn mobile_is_smaller_and_makes_fewer_calls() {
    let demo = Demo::start().await;
    let (web, mobile) = (demo.get("/web/home").await, demo.get("/mobile/home").await);
    assert_eq!(mobile.status, 200, "{}", mobile.text);
    assert!(mobile.text.len() * 4 < web.text.len(), "{} against {}", mobile.text.len(), web.text.len());
    assert_eq!(demo.calls("recommendations").await, 1);
    let orders = demo.get("/mobile/orders?limit=3&status=delivered").await.json();
    assert!(orders["orders"].as_array().unwrap().iter().all(|order| order["status"] == "delivered"));
}

#[tokio::test]
async fn partners_see_their_own_names_and_no_timings() {
    let demo = Demo::start().await;
    let answer = demo.get("/partner/orders/50007").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json()["order"]["placed_at"].is_string());
    assert_eq!(answer.header("server-timing"), None);
    assert_eq!(demo.last("orders").await[0]["headers"]["x-partner"], "acme");
    let page = demo.get("/partner/inventory?limit=2&after=10").await.json();
    assert_eq!(page["items"][0]["product_id"], 11);
}

#[tokio::test]
async fn a_page_of_the_catalogue_is_unwrapped_and_knows_its_stock() {
    let demo = Demo::start().await;
    let answer = demo.get("/web/products?limit=3&after=5").await;
    assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, None), "{}", answer.text);
    let json = answer.json();
    let ids: Vec<_> =
        json["products"].as_array().unwrap().iter().map(|product| product["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, [6, 7, 8]);
    assert!(json["products"][0]["stock"]["available"].is_u64(), "{json}");
    assert_eq!((demo.calls("catalog").await, demo.calls("inventory").await), (1, 1));
}

#[tokio::test]
async fn the_stock_in_a_list_is_that_of_the_warehouse_asked_for() {
    let demo = Demo::start().await;
    let of = |json: serde_json::Value| -> Vec<u64> {
        let products = json["products"].as_array().unwrap().clone();
        products.iter().map(|product| product["stock"]["available"].as_u64().unwrap_or(0)).collect()
    };
    let all = of(demo.get("/web/products?limit=20").await.json());
    let answer = demo.get("/web/products?limit=20&warehouse=LEJ-2").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let one = of(answer.json());
    assert!(one.iter().zip(&all).all(|(one, all)| one <= all) && one != all, "{one:?} of {all:?}");
    assert!(one.iter().any(|there| *there > 0), "{one:?}");
    // What the view needs went into the one call for all of them.
    let calls = demo.last("inventory").await;
    assert!(calls[0]["path"].as_str().unwrap().starts_with("/stock?warehouse=LEJ-2&product_ids="), "{}", calls[0]);
    demo.get("/web/products?warehouse=x").await.is_problem(422, "invalid-input");
}

#[tokio::test]
async fn all_products_of_all_lines_are_one_batched_call() {
    let demo = Demo::start().await;
    let answer = demo.get("/mobile/orders").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    let lines: Vec<_> =
        json["orders"].as_array().unwrap().iter().flat_map(|order| order["lines"].as_array().unwrap()).collect();
    assert!(lines.len() > 10, "{}", lines.len());
    assert!(lines.iter().all(|line| line["product"]["id"] == line["productId"] && line["product"]["name"].is_string()));
    assert_eq!((demo.calls("orders").await, demo.calls("catalog").await), (1, 1));
    demo.control("catalog", serde_json::json!({ "down": true })).await;
    let answer = demo.get("/mobile/orders").await;
    let expected = format!("orders.lines.product;reason=connect;count={}", lines.len());
    assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, Some(expected.as_str())));
}
