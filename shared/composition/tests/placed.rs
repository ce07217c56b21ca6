//! What a request gives as a part of a URL's path is not empty, `.` or `..`, which would lead somewhere else, and what it gives for a
//! header can stand in one.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use serde_json::{Value, json};
use trefoil_composition::{Bff, backend, caller, composition, input, view};
use trefoil_testing::{FakeBackends, Kit};

#[backend]
pub(crate) struct Shop;

#[caller]
pub(crate) struct Caller {
    pub(crate) tenant: String,
}

#[input]
pub(crate) struct ShelfInput {
    #[query]
    pub(crate) shelf: String,
    #[query]
    pub(crate) word: Option<String>,
    #[query]
    pub(crate) file: Option<String>,
}

/// A shelf.
#[composition(get = "/shelf", input = ShelfInput)]
pub(crate) struct Shelf {
    #[call(Shop, get = "/shelves/{query.shelf}/name")]
    pub(crate) name: String,
    #[call(Shop, get = "/words/{query.word}")]
    pub(crate) word: Option<String>,
    #[call(Shop, get = "/files/{query.file}.txt", query(of = query.shelf))]
    pub(crate) file: Option<String>,
}

/// A city.
#[composition(get = "/city", input = CityInput)]
pub(crate) struct City {
    #[call(Shop, get = "/city", header("x-city" = query.city, "x-both" = "{query.city} of {caller.tenant}"))]
    pub(crate) name: Option<String>,
}

#[input]
pub(crate) struct CityInput {
    #[query]
    pub(crate) city: Option<String>,
}

#[view]
pub(crate) struct Note {
    pub(crate) about: String,
}

#[input]
pub(crate) struct NoteInput {
    #[body]
    pub(crate) note: Note,
}

/// Puts a note up.
#[composition(post = "/note", input = NoteInput)]
pub(crate) struct PutNote {
    #[call(Shop, put = "/notes/{body.about}", body = body)]
    pub(crate) done: (),
}

/// What is the caller's.
#[composition(get = "/mine")]
pub(crate) struct Mine {
    #[call(Shop, get = "/users/{caller.id}")]
    pub(crate) name: String,
    #[call(Shop, get = "/tenants/{caller.tenant}")]
    pub(crate) tenant: Option<String>,
}

fn kit(backends: &FakeBackends, id: &str, tenant: &str) -> Kit {
    backends.on("shop", "/").json(r#""found""#);
    let bff = Bff::new("web").caller::<Caller>().endpoint::<Shelf>().endpoint::<PutNote>().endpoint::<Mine>();
    let bff = bff.endpoint::<City>();
    Kit::new(&bff, backends).caller(id, &[]).claim("tenant", tenant)
}

#[tokio::test(start_paused = true)]
async fn of_a_client_it_is_a_422_that_names_every_such_input_and_nothing_is_called() {
    let backends = FakeBackends::new();
    let kit = kit(&backends, "u-1", "t-1");
    let is_none = "is empty, `.` or `..`, which cannot be a part of a path";
    for odd in ["", ".", "..", "%2e%2E"] {
        let answer = kit.get(&format!("/shelf?shelf={odd}&word={odd}&file={odd}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (422, &json!("invalid-input")), "{odd}");
        let fault = |name| json!({"in": "query", "name": name, "detail": is_none});
        assert_eq!(answer.json()["errors"], json!([fault("shelf"), fault("word")]), "{odd}");
    }
    for about in ["", ".", "..", "\\u002e\\u002e"] {
        let answer = kit.post("/note", &format!("{{\"about\":\"{about}\"}}")).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["in"]), (422, &json!("body")), "{about}");
    }
    let asked = json!({"query": "{ shelf(shelf: \"..\") { name } }"}).to_string();
    let answer: Value = kit.post("/graphql", &asked).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["errors"][0], json!({"argument": "shelf", "detail": is_none}));
    assert!(backends.all_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn dots_with_more_around_them_are_as_good_as_any_text() {
    let backends = FakeBackends::new();
    let answer = kit(&backends, "...", "a..").get("/shelf?shelf=...&word=.a&file=..").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut paths: Vec<String> = backends.all_calls().iter().map(|call| call.path.clone()).collect();
    paths.sort();
    assert_eq!(paths, ["/files/...txt?of=...", "/shelves/.../name", "/words/.a"]);
}

#[tokio::test(start_paused = true)]
async fn what_no_header_can_carry_is_told_like_it() {
    for (city, tenant, status) in
        [("Porto", "t", 200), ("K%C3%B6ln", "t", 422), ("a%0Ab", "t", 422), ("Porto", "ä", 401)]
    {
        let backends = FakeBackends::new();
        let answer = kit(&backends, "u-1", tenant).get(&format!("/city?city={city}")).await;
        assert_eq!(answer.status.as_u16(), status, "{city} {tenant}: {}", answer.text());
        if status == 422 {
            let detail = "has characters other than visible ASCII, which no header can carry";
            assert_eq!(answer.json()["errors"], json!([{"in": "query", "name": "city", "detail": detail}]));
        }
        assert_eq!(backends.all_calls().len(), usize::from(status == 200));
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_token_it_is_a_401_with_a_challenge_and_nothing_is_called() {
    for (id, tenant, claim) in [(".", "t", "sub"), ("..", "t", "sub"), ("u", "..", "tenant")] {
        let backends = FakeBackends::new();
        let answer = kit(&backends, id, tenant).get("/mine").await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("invalid-token")), "{id} {tenant}");
        assert_eq!(answer.json()["detail"], format!("the token has no usable claim `{claim}`"));
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer realm=\"web\", error=\"invalid_token\""), "{challenge}");
        assert!(backends.all_calls().is_empty());
    }
}
