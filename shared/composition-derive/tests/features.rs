//! What each part of a declaration becomes: one claim for each feature.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test cannot find fails it")]

extern crate trefoil_composition as trefoil;

use std::collections::BTreeMap;
use std::time::Duration;

use trefoil::declare::{
    Access, Backend, Cache, Call, CallerType, Endpoint, Fan, Input, Param, Piece, Reference, Root, Template,
};
use trefoil::shape::{FieldShape, Shape, Shaped, Shapes};
use trefoil::{backend, caller, composition, input, view};
use trefoil_context::Place;

/// Who is who.
#[backend]
#[derive(Clone)]
struct UserAccounts;

#[backend(name = "orders-v2")]
struct Orders;

#[caller]
struct Caller {
    /// Which partner.
    #[claim("partner_id")]
    partner: String,
    tier: Option<Tier>,
}

/// How much they pay.
#[view]
#[serde(rename_all = "snake_case")]
#[derive(Default, PartialEq)]
enum Tier {
    /// Much.
    BigGold,
    #[default]
    Silver,
    #[serde(rename = "basic")]
    Iron,
}

#[view]
#[serde(rename_all(deserialize = "camelCase"))]
struct Profile {
    ///  Indented once.
    ///
    /// And more.
    user_id: String,
    r#type: Option<String>,
    #[serde(rename = "segment_code", alias = "segment", alias = "seg")]
    segment: String,
    #[serde(rename(deserialize = "t", serialize = "level"), default)]
    tier: Tier,
    #[serde(default = "twenty")]
    page_size: u32,
    address: Option<Address>,
    labels: BTreeMap<String, f64>,
}

fn twenty() -> u32 {
    20
}

#[view]
#[serde(default)]
#[derive(Default)]
struct Address {
    city: String,
    #[serde(default = "twenty")]
    number: u32,
    parent: Option<Box<Address>>,
    others: Vec<Address>,
}

#[input]
struct OrderInput {
    /// The order.
    #[path]
    id: String,
    #[path(min = 1, max = 99)]
    line: u32,
    #[query(name = "page[size]", default = 6, min = -1, max = 20)]
    limit: i64,
    #[query(min_length = 2, max_length = 9, default = "news")]
    q: String,
    #[query]
    after: Option<String>,
    #[header("Accept-Language")]
    language: Option<String>,
    #[query(default = Tier::BigGold)]
    tier: Tier,
}

/// An order.
///
/// With everything.
#[composition(get = "/orders/{id}/lines/{line}", input = OrderInput, scopes("orders:read", "users:read"), deadline = "2s")]
struct OrderPage {
    #[call(UserAccounts, get = "/users/{caller.id}", query(partner = caller.partner))]
    #[serde(rename(serialize = "user"))]
    profile: Profile,
    #[call(
        Orders,
        get = "/orders/{path.id}.json",
        query(
            limit = query.limit, fixed = -5, flag = true, q = "a {{b}} {profile.segment}-{query.q}", empty = "",
            "page[after]" = query.after, type = profile.tier
        ),
        header("X-Segment" = profile.segment, "accept-language" = header.language),
        within = "1s",
        pass = [404, 410],
    )]
    order: Vec<String>,
    #[call(Orders, get = "/cities/{profile.address.city}/{profile.type}", absent = [204, 404])]
    city: Option<Address>,
    #[call(
        Orders,
        get = "/tier",
        query(kind = profile.type),
        or = Tier::Iron,
        cache("2m", shared, stale_while_revalidate = "30s", stale_if_error = "1h", tags("tiers", "tier-{path.id}")),
    )]
    tier: Tier,
    #[call(Orders, get = "/word", or = "none", cache(backend))]
    word: String,
}

/// One line of an order.
#[view]
#[serde(rename_all = "camelCase")]
struct Line {
    product_id: Option<u64>,
    #[call(Orders, get = "/products", batch("filter[id]" = product_id, by = key.code), absent = [404])]
    product: Option<Product>,
    #[call(
        Orders,
        get = "/suppliers",
        query(partner = caller.partner),
        batch(ids = product.supplier, by = id, most = 1000),
        within = "5s"
    )]
    #[serde(rename(serialize = "soldBy"))]
    supplier: Option<Box<Supplier>>,
    #[call(Orders, get = "/tier", each(at_once = 8), or = Tier::Iron)]
    tier: Tier,
}

#[view]
struct Product {
    key: ProductKey,
    supplier: String,
}

#[view]
struct ProductKey {
    code: u32,
}

#[view]
struct Supplier {
    id: String,
}

#[composition(get = "/ping", public)]
struct Ping {
    #[call(Orders, get = "/ping/")]
    pong: bool,
}

#[composition(get = "/plain")]
struct Plain {
    #[call(Orders, get = "/plain")]
    value: f64,
}

fn fields<T: Shaped>() -> Vec<FieldShape> {
    let mut shapes = Shapes::new();
    match T::shape(&mut shapes) {
        Shape::Object(id) => shapes.get(id).fields.clone(),
        other => panic!("{other:?}"),
    }
}

fn field<T: Shaped>(name: &str) -> FieldShape {
    fields::<T>().into_iter().find(|field| field.rust == name).unwrap()
}

fn call(name: &str) -> Call {
    field::<OrderPage>(name).call.unwrap()
}

fn params() -> Vec<Param> {
    OrderInput::declare(&mut Shapes::new())
}

fn literal(text: &str) -> Piece {
    Piece::Literal(text.into())
}

fn reference(root: Root, path: &[&str]) -> Piece {
    Piece::Reference(Reference { root, path: path.iter().map(ToString::to_string).collect() })
}

#[test]
fn an_endpoint_says_where_it_is_who_may_call_and_how_long_it_takes() {
    let declaration = OrderPage::declare(&mut Shapes::new());
    assert_eq!(declaration.type_name, "OrderPage");
    assert_eq!(declaration.doc, "An order.\n\nWith everything.");
    assert_eq!((declaration.method, declaration.path.as_str()), (http::Method::GET, "/orders/{id}/lines/{line}"));
    assert_eq!(declaration.deadline, Duration::from_secs(2));
    assert_eq!(declaration.access, Access::Token { scopes: vec!["orders:read".into(), "users:read".into()] });
    assert_eq!(declaration.params, params());
}

#[test]
fn without_a_word_an_endpoint_needs_a_token_and_takes_a_second() {
    let plain = Plain::declare(&mut Shapes::new());
    assert_eq!(plain.access, Access::Token { scopes: vec![] });
    assert_eq!(plain.deadline, Duration::from_secs(1));
    assert_eq!(plain.params, vec![]);
    assert_eq!(Ping::declare(&mut Shapes::new()).access, Access::Public);
}

#[test]
fn a_backend_is_named_in_kebab_case_unless_it_says_otherwise() {
    assert_eq!((UserAccounts::NAME, UserAccounts::DOC), ("user-accounts", "Who is who."));
    assert_eq!((Orders::NAME, Orders::DOC), ("orders-v2", ""));
    assert_eq!(call("order").backend, "orders-v2");
}

#[test]
fn a_path_keeps_its_references_in_place() {
    assert_eq!(
        call("order").path,
        Template(vec![literal("/orders/"), reference(Root::Request(Place::Path), &["id"]), literal(".json")])
    );
    assert_eq!(
        call("city").path,
        Template(vec![
            literal("/cities/"),
            reference(Root::Field, &["profile", "address", "city"]),
            literal("/"),
            reference(Root::Field, &["profile", "type"]),
        ])
    );
    assert_eq!(call("profile").path, Template(vec![literal("/users/"), reference(Root::Caller, &["id"])]));
}

#[test]
fn query_values_are_literals_references_and_strings_with_references() {
    let query = call("order").query;
    let expected = [
        ("limit", vec![reference(Root::Request(Place::Query), &["limit"])]),
        ("fixed", vec![literal("-5")]),
        ("flag", vec![literal("true")]),
        (
            "q",
            vec![
                literal("a {b} "),
                reference(Root::Field, &["profile", "segment"]),
                literal("-"),
                reference(Root::Request(Place::Query), &["q"]),
            ],
        ),
        ("empty", vec![]),
        ("page[after]", vec![reference(Root::Request(Place::Query), &["after"])]),
        ("type", vec![reference(Root::Field, &["profile", "tier"])]),
    ];
    assert_eq!(query, expected.map(|(name, pieces)| (name.to_owned(), Template(pieces))));
}

#[test]
fn header_names_are_written_small() {
    let names: Vec<String> = call("order").headers.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["x-segment", "accept-language"]);
}

#[test]
fn a_call_says_what_its_failures_mean() {
    let order = call("order");
    assert_eq!((order.within, order.pass, order.absent), (Some(Duration::from_secs(1)), vec![404, 410], vec![]));
    assert_eq!(call("city").absent, [204, 404]);
    assert_eq!(call("tier").or.as_deref(), Some("\"basic\""));
    assert_eq!(call("word").or.as_deref(), Some("\"none\""));
    assert_eq!(call("profile").or, None);
}

#[test]
fn a_call_says_how_its_answers_are_kept() {
    assert_eq!(call("profile").cache, None);
    assert_eq!(call("word").cache, Some(Cache::default()));
    let expected = Cache {
        ttl: Some(Duration::from_secs(120)),
        shared: true,
        stale_while_revalidate: Duration::from_secs(30),
        stale_if_error: Duration::from_secs(3_600),
        tags: vec![
            Template(vec![literal("tiers")]),
            Template(vec![literal("tier-"), reference(Root::Request(Place::Path), &["id"])]),
        ],
    };
    assert_eq!(call("tier").cache, Some(expected));
}

#[test]
fn a_call_in_a_view_says_how_often_it_is_made() {
    let fan = |name: &str| field::<Line>(name).call.map(|call| call.fan);
    let key = |path: &[&str]| Reference { root: Root::Field, path: path.iter().map(ToString::to_string).collect() };
    assert_eq!(fan("product_id"), None);
    assert_eq!(
        fan("product"),
        Some(Fan::Batch {
            key: key(&["product_id"]),
            parameter: "filter[id]".into(),
            by: vec!["key".into(), "code".into()],
            most: 50,
        })
    );
    let parameter = "ids".to_owned();
    let expected = Fan::Batch { key: key(&["product", "supplier"]), parameter, by: vec!["id".into()], most: 1_000 };
    assert_eq!(fan("supplier"), Some(expected));
    assert_eq!(fan("tier"), Some(Fan::Each { at_once: 8 }));
    assert_eq!(call("order").fan, Fan::One);
}

#[test]
fn a_call_in_a_view_has_what_a_call_has() {
    let call = |name: &str| field::<Line>(name).call.unwrap();
    assert_eq!(call("product").absent, [404]);
    assert_eq!(call("supplier").within, Some(Duration::from_secs(5)));
    // The keys are no part of the query: they are the batch's.
    assert_eq!(call("product").query, []);
    let partner = Template(vec![reference(Root::Caller, &["partner"])]);
    assert_eq!(call("supplier").query, [("partner".to_owned(), partner)]);
    assert_eq!(call("tier").or.as_deref(), Some("\"basic\""));
    assert_eq!(field::<Line>("supplier").renamed.as_deref(), Some("soldBy"));
}

#[test]
fn a_views_own_json_has_its_called_fields_too() {
    let short = r#"{"productId":7,"tier":"basic"}"#;
    let line: Line = serde_json::from_str(short).unwrap();
    assert!(line.product.is_none() && line.supplier.is_none());
    assert!(serde_json::from_str::<Line>(r#"{"productId":7}"#).is_err(), "a required one must be there");
    assert_eq!(
        serde_json::to_string(&line).unwrap(),
        r#"{"productId":7,"product":null,"supplier":null,"tier":"basic"}"#
    );
}

#[test]
fn a_backends_names_are_serdes_and_the_clients_name_is_apart() {
    let names: Vec<_> = fields::<Profile>().into_iter().map(|field| (field.rust, field.wire, field.renamed)).collect();
    let expected = [
        ("user_id", vec!["userId"], None),
        ("type", vec!["type"], None),
        ("segment", vec!["segment_code", "segment", "seg"], None),
        ("tier", vec!["t"], Some("level")),
        ("page_size", vec!["pageSize"], None),
        ("address", vec!["address"], None),
        ("labels", vec!["labels"], None),
    ];
    let owned = |name: &str| name.to_owned();
    assert_eq!(
        names,
        expected.map(|(rust, wire, renamed)| (owned(rust), wire.into_iter().map(owned).collect(), renamed.map(owned)))
    );
    assert_eq!(field::<OrderPage>("profile").renamed.as_deref(), Some("user"));
}

#[test]
fn defaults_are_the_fields_own_then_the_containers() {
    assert_eq!(field::<Profile>("tier").default.as_deref(), Some("\"silver\""));
    assert_eq!(field::<Profile>("page_size").default.as_deref(), Some("20"));
    assert_eq!(field::<Profile>("segment").default, None);
    let defaults: Vec<_> = fields::<Address>().into_iter().map(|field| field.default.unwrap()).collect();
    assert_eq!(defaults, ["\"\"", "20", "null", "[]"]);
}

#[test]
fn the_structs_own_json_has_the_backends_names_both_ways() {
    let json =
        r#"{"userId":"u","type":null,"segment_code":"s","t":"big_gold","pageSize":7,"address":null,"labels":{}}"#;
    let profile: Profile = serde_json::from_str(json).unwrap();
    assert_eq!(profile.tier, Tier::BigGold);
    assert_eq!(serde_json::to_string(&profile).unwrap(), json);
    let short: Profile = serde_json::from_str(r#"{"userId":"u","seg":"s","labels":{}}"#).unwrap();
    assert_eq!((short.segment.as_str(), short.page_size, short.tier), ("s", 20, Tier::Silver));
}

#[test]
fn a_doc_comment_loses_one_blank_a_line() {
    assert_eq!(field::<Profile>("user_id").doc, "Indented once.\n\nAnd more.");
}

#[test]
fn an_enums_strings_follow_serdes_names() {
    let mut shapes = Shapes::new();
    let Shape::Enum(id) = Tier::shape(&mut shapes) else { panic!() };
    let tier = shapes.get_enum(id);
    assert_eq!((tier.name.as_str(), tier.doc.as_str()), ("Tier", "How much they pay."));
    let variants: Vec<_> = tier.variants.iter().map(|variant| (variant.wire.as_str(), variant.doc.as_str())).collect();
    assert_eq!(variants, [("big_gold", "Much."), ("silver", ""), ("basic", "")]);
    assert_eq!(serde_json::to_string(&[Tier::BigGold, Tier::Iron]).unwrap(), r#"["big_gold","basic"]"#);
}

#[test]
fn a_view_may_lead_to_itself() {
    let mut shapes = Shapes::new();
    let address = Address::shape(&mut shapes);
    assert_eq!(field::<Address>("parent").shape, Shape::Nullable(Box::new(address.clone())));
    assert_eq!(field::<Address>("others").shape, Shape::List(Box::new(address)));
}

#[test]
fn an_input_says_where_each_parameter_stands_and_what_it_must_satisfy() {
    let params = params();
    assert_eq!(OrderInput::PATH, ["id", "line"]);
    let places: Vec<_> =
        params.iter().map(|param| (param.place, param.rust.as_str(), param.renamed.as_deref())).collect();
    assert_eq!(
        places,
        [
            (Place::Path, "id", None),
            (Place::Path, "line", None),
            (Place::Query, "limit", Some("page[size]")),
            (Place::Query, "q", None),
            (Place::Query, "after", None),
            (Place::Header, "language", Some("accept-language")),
            (Place::Query, "tier", None),
        ]
    );
    assert_eq!(params[0].doc, "The order.");
    assert_eq!((params[1].bounds.min, params[1].bounds.max), (Some(1), Some(99)));
    assert_eq!((params[2].bounds.min, params[2].bounds.max), (Some(-1), Some(20)));
    assert_eq!((params[3].bounds.min_length, params[3].bounds.max_length), (Some(2), Some(9)));
    let defaults: Vec<_> = params.iter().filter_map(|param| param.default.as_deref()).collect();
    assert_eq!(defaults, ["6", "\"news\"", "\"big_gold\""]);
}

#[test]
fn a_caller_has_typed_claims() {
    let claims = <Caller as CallerType>::declare(&mut Shapes::new());
    let names: Vec<_> =
        claims.iter().map(|claim| (claim.rust.as_str(), claim.wire.as_str(), claim.doc.as_str())).collect();
    assert_eq!(names, [("partner", "partner_id", "Which partner."), ("tier", "tier", "")]);
    assert!(claims[1].shape.is_nullable());
}
