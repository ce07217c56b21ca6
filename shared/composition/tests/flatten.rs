//! A view's members stand in place of a field of another (serde's `flatten`).
#![allow(missing_docs, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::json;
use trefoil_composition::{Bff, StandardCaller, backend, composition, view};
use trefoil_testing::{Answer, FakeBackends, Kit};

#[backend]
pub(crate) struct Users;
#[backend]
pub(crate) struct Places;

#[view]
pub(crate) struct Place {
    pub(crate) code: String,
    pub(crate) name: String,
}

/// Where on earth.
#[view]
pub(crate) struct Position {
    pub(crate) lat: f64,
    #[serde(rename = "lng")]
    pub(crate) long_side: f64,
}

#[view]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    /// The city's name.
    pub(crate) city: String,
    pub(crate) postal_code: Option<String>,
    #[serde(flatten)]
    pub(crate) position: Position,
    #[call(Places, get = "/places", batch(codes = postal_code, by = code), within = "100ms")]
    pub(crate) place: Option<Place>,
    #[call(Places, get = "/at/{position.lat}", each(at_once = 2), within = "100ms")]
    pub(crate) near: Option<String>,
}

#[view]
pub(crate) struct Profile {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) address: Box<Address>,
    pub(crate) age: u8,
}

#[composition(get = "/profile", deadline = "300ms")]
pub(crate) struct ProfilePage {
    #[call(Users, get = "/users/1")]
    pub(crate) profile: Profile,
    #[call(Places, get = "/weather/{profile.address.city}", query(lat = profile.address.position.lat), within = "100ms")]
    pub(crate) weather: Option<String>,
}

const USER: &str = r#"{"lng":2.50,"postalCode":"P1","age":7,"position":0,"address":{"city":"no"},"lat":1.10,"city":"Bonn am Rhein","id":"u"}"#;
const PROFILE: &str = r#"{"id":"u","city":"Bonn am Rhein","postalCode":"P1","lat":1.10,"longSide":2.50,"place":{"code":"P1","name":"Bonn"},"near":"here","age":7}"#;

fn well(user: &str) -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("users", "/users/1").json(user);
    backends.on("places", "/places").json(r#"[{"name":"Bonn","code":"P1"}]"#);
    backends.on("places", "/at/1.10").json(r#""here""#);
    backends.on("places", "/weather/Bonn%20am%20Rhein").json(r#""sun""#);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    Kit::new(&Bff::new("web").caller::<StandardCaller>().endpoint::<ProfilePage>(), backends).caller("u-1", &[])
}

async fn graphql(query: &str) -> Answer {
    kit(&well(USER)).post("/graphql", &json!({ "query": query }).to_string()).await
}

#[tokio::test]
async fn members_are_read_from_the_outer_object_and_written_into_it_in_place() {
    let backends = well(USER);
    let answer = kit(&backends).get("/profile").await;
    assert_eq!(answer.text(), format!(r#"{{"profile":{PROFILE},"weather":"sun"}}"#));
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn references_lead_into_a_flattened_field_and_calls_in_it_are_made() {
    let backends = well(USER);
    kit(&backends).get("/profile").await;
    let mut asked: Vec<String> = backends.calls("places").into_iter().map(|call| call.path).collect();
    asked.sort();
    assert_eq!(asked, ["/at/1.10", "/places?codes=P1", "/weather/Bonn%20am%20Rhein?lat=1.10"]);
}

#[tokio::test]
async fn what_is_missing_in_one_is_named_where_it_stands() {
    let backends = well(USER);
    backends.on("places", "/places").status(500);
    let answer = kit(&backends).get("/profile").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("profile.place;reason=status"));
    let answer = kit(&well(&USER.replace("\"lng\"", "\"long_side\""))).get("/profile").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (502, &json!("backend-shape")));
    let answer = kit(&well(&USER.replace("\"age\":7", "\"age\":7,\"lat\":1.10"))).get("/profile").await;
    assert_eq!(answer.status, 502, "a member that stands twice");
}

#[tokio::test(start_paused = true)]
async fn every_fault_is_answered_as_declared() {
    kit(&well(USER)).matrix("/profile").await.assert_semantics();
}

#[tokio::test]
async fn a_stream_has_the_same() {
    let events = kit(&well(USER)).header("accept", "application/x-ndjson").get("/profile").await;
    assert!(events.text().contains(&format!(r#""path":"profile","value":{PROFILE}"#)), "{}", events.text());
}

#[tokio::test]
async fn graphql_and_the_documents_show_the_fields_inline() {
    let answer = graphql("{ profilePage { profile { longSide city place { name } } weather } }").await;
    assert_eq!(
        answer.text(),
        r#"{"data":{"profilePage":{"profile":{"longSide":2.50,"city":"Bonn am Rhein","place":{"name":"Bonn"}},"weather":"sun"}}}"#
    );
    assert!(graphql("{ profilePage { profile { address { city } } } }").await.text().contains("\"errors\""));
    let document = kit(&well(USER)).get("/openapi.json").await.json();
    let profile = &document["components"]["schemas"]["Profile"];
    assert_eq!(profile["required"], json!(["id", "city", "postalCode", "lat", "longSide", "place", "near", "age"]));
    assert_eq!(profile["properties"]["city"], json!({"type": "string", "description": "The city's name."}));
    assert!(document["components"]["schemas"].get("Address").is_none());
}

#[test]
fn a_typed_value_is_the_same_json() {
    let profile: Profile =
        serde_json::from_str(r#"{"id":"u","city":"B","lat":1.5,"lng":2.5,"place":null,"near":null,"age":7}"#).unwrap();
    assert_eq!(profile.address.position.long_side, 2.5);
    let json = serde_json::to_value(&profile).unwrap();
    assert_eq!(json["postalCode"], json!(null));
    assert_eq!(json["lng"], json!(2.5));
}

#[view]
pub(crate) struct Shipping {
    pub(crate) city: String,
}

#[view]
pub(crate) struct Twice {
    #[serde(flatten)]
    pub(crate) position: Position,
    #[serde(rename = "lng")]
    pub(crate) other: f64,
    #[serde(flatten)]
    pub(crate) shipping: Shipping,
    #[serde(rename = "town")]
    pub(crate) city: String,
}

#[view]
pub(crate) struct Endless {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) inner: Box<Inner>,
}

#[view]
pub(crate) struct Inner {
    #[serde(flatten)]
    pub(crate) outer: Box<Endless>,
}

#[composition(get = "/clashes")]
pub(crate) struct Clashes {
    #[call(Users, get = "/twice")]
    pub(crate) twice: Twice,
    #[call(Users, get = "/endless")]
    pub(crate) endless: Option<Endless>,
}

#[test]
fn two_members_of_one_name_and_a_view_in_itself_are_refused_at_start() {
    let errors = Bff::new("web").caller::<StandardCaller>().endpoint::<Clashes>().compile().unwrap_err();
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    for one in [
        "Twice: the backend's `lng` would fill both `long_side` and `other`, one of them by `flatten`; rename one",
        "Twice: two fields are `city` to clients; rename one",
        "Endless: it would be flattened into itself, without end; give the inner one a field of its own",
    ] {
        assert!(said.iter().any(|said| said == one), "{one} is not in {said:#?}");
    }
}
