//! An answer's own head: its status, and headers from inputs and from what calls answered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, StandardCaller, backend, composition, input, view};
use trefoil_testing::{Answer, FakeBackends, Kit, Reply};

pub(crate) use trefoil_composition::StandardCaller as Caller;

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Login {
    pub(crate) token: String,
    pub(crate) id: String,
    pub(crate) total: Option<i64>,
}

#[input]
pub(crate) struct LoginInput {
    #[query]
    pub(crate) after: Option<String>,
}

/// Signs in.
#[composition(
    get = "/login",
    input = LoginInput,
    status = 201,
    location = "/web/sessions/{login.id}?of={caller.id}",
    link(next = "/web/logins?after={query.after}", self = "/web/logins", "https://example.com/rels/badge" = "https://example.com/{badge.id}"),
    cookie("session" = "{login.token}", path = "/", max_age = "1h", same_site = "strict"),
    cookie("badge" = badge.id, secure = false, http_only = false, domain = "example.com"),
    header("x-total-count" = login.total, "x-badge" = "n-{badge.token}")
)]
pub(crate) struct LoggedIn {
    /// Who.
    #[call(Shop, get = "/login")]
    pub(crate) login: Login,
    /// May be missing.
    #[call(Shop, get = "/badge", absent = [404])]
    pub(crate) badge: Option<Login>,
}

/// Feeds the head alone.
#[composition(post = "/logout", status = 204, cookie("session" = "", path = "/", max_age = "0s"), header("x-id" = login.id))]
pub(crate) struct LoggedOut {
    /// Who.
    #[call(Shop, get = "/login")]
    #[hidden]
    pub(crate) login: Login,
}

/// A list, whose length is told beside it.
#[composition(get = "/badges", header("x-total-count" = total, "x-first" = badges.id), link(next = "/web/badges?after={next}"))]
pub(crate) struct Badges {
    /// The badges.
    #[call(Shop, get = "/badge")]
    pub(crate) badges: Login,
    /// How many there are, and for the head alone.
    #[hidden]
    #[from(badges, header = "x-total-count")]
    pub(crate) total: Option<u32>,
    /// Where it goes on.
    #[from(badges, header = "x-next")]
    pub(crate) next: Option<String>,
}

const BADGE: &str = r#"{"token":"t","id":"b-1"}"#;

/// Is read again and again, and sets a cookie each time.
#[composition(get = "/visit", cookie("seen" = login.id))]
pub(crate) struct Visit {
    /// Who.
    #[call(Shop, get = "/login", cache("60s"))]
    pub(crate) login: Login,
}

/// Has another status than 200.
#[composition(get = "/ticket", status = 201, header("x-id" = login.id))]
pub(crate) struct Ticket {
    /// Who.
    #[call(Shop, get = "/login", cache("60s"))]
    pub(crate) login: Login,
}

/// May be kept, with its head.
#[composition(get = "/kept", header("x-id" = login.id))]
pub(crate) struct Kept {
    /// Who.
    #[call(Shop, get = "/login", cache("60s"))]
    pub(crate) login: Login,
}

fn backends(login: &str, badge: &str) -> FakeBackends {
    let backends = FakeBackends::new();
    backends.on("shop", "/login").json(login);
    backends.on("shop", "/badge").json(badge);
    backends
}

fn kit(backends: &FakeBackends) -> Kit {
    let bff = Bff::new("web")
        .caller::<StandardCaller>()
        .endpoint::<LoggedIn>()
        .endpoint::<LoggedOut>()
        .endpoint::<Badges>()
        .endpoint::<Visit>()
        .endpoint::<Ticket>()
        .endpoint::<Kept>();
    Kit::new(&bff, backends).caller("u 1", &[])
}

async fn ask(login: &str, badge: &str) -> Answer {
    kit(&backends(login, badge)).get("/login?after=a%26b").await
}

fn all(answer: &Answer, name: &str) -> Vec<String> {
    answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_answer_has_the_declared_status_and_headers() {
    let answer = ask(r#"{"token":"s3cr3t","id":"7","total":12}"#, BADGE).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("location"), Some("/web/sessions/7?of=u%201"));
    assert_eq!(
        all(&answer, "link"),
        [
            "</web/logins?after=a%26b>; rel=\"next\", </web/logins>; rel=\"self\", <https://example.com/b-1>; rel=\"https://example.com/rels/badge\""
        ]
    );
    assert_eq!(
        all(&answer, "set-cookie"),
        [
            "session=s3cr3t; Path=/; Max-Age=3600; SameSite=Strict; Secure; HttpOnly",
            "badge=b-1; Domain=example.com; SameSite=Lax"
        ]
    );
    assert_eq!(answer.header("x-total-count"), Some("12"));
    assert_eq!(answer.header("x-badge"), Some("n-t"));
    assert_eq!(answer.header("cache-control"), Some("no-store"), "no cache hands a cookie to the next caller");
}

#[tokio::test]
async fn what_is_null_or_was_not_given_leaves_its_header_out_and_the_answer_complete() {
    let backends = backends(r#"{"token":"s","id":"7"}"#, BADGE);
    backends.on("shop", "/badge").status(404);
    let answer = kit(&backends).get("/login").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("x-total-count"), None);
    assert_eq!(answer.header("x-badge"), None);
    assert_eq!(all(&answer, "link"), ["</web/logins>; rel=\"self\""]);
    assert_eq!(all(&answer, "set-cookie").len(), 1);
    assert_eq!(answer.header("trefoil-degraded"), None);
}

#[tokio::test]
async fn a_degraded_answer_has_the_head_that_it_can_have() {
    let backends = backends(r#"{"token":"s","id":"7"}"#, BADGE);
    backends.on("shop", "/badge").status(500);
    let answer = kit(&backends).get("/login").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("trefoil-degraded"), Some("badge;reason=status"));
    assert_eq!(answer.header("location"), Some("/web/sessions/7?of=u%201"));
    assert_eq!(answer.header("x-badge"), None);
}

#[tokio::test]
async fn a_problem_never_has_the_head() {
    let backends = backends("{}", BADGE);
    backends.on("shop", "/login").status(500);
    let answer = kit(&backends).get("/login").await;
    assert_eq!(answer.status, 502);
    for name in ["location", "link", "set-cookie", "x-badge"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn no_value_can_add_a_header_a_cookie_or_an_attribute() {
    for hostile in [
        r"x\r\nset-cookie: a=b",
        r"x\n",
        r"x; Domain=evil.example",
        r"x, y",
        r#"\"x\""#,
        r"x\\y",
        "ü",
        "a b",
        r"\u0000",
    ] {
        let answer = ask(&format!(r#"{{"token":"{hostile}","id":"7"}}"#), BADGE).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let cookies = all(&answer, "set-cookie");
        assert!(cookies.iter().all(|cookie| cookie.starts_with("badge=")), "{hostile}: {cookies:?}");
        assert_eq!(answer.header("location"), Some("/web/sessions/7?of=u%201"), "the rest of the head stands");
    }
    for hostile in [r"x\r\ny: z", r"x\n", "ü", r"\u007f", "x "] {
        let answer = ask(r#"{"token":"s","id":"7"}"#, &format!(r#"{{"token":"{hostile}","id":"1"}}"#)).await;
        assert_eq!(answer.header("x-badge"), None, "{hostile}");
        assert_eq!(answer.status, 201);
    }
}

#[tokio::test]
async fn a_value_stays_inside_its_part_of_a_url() {
    for (id, location) in [
        ("a/b?c#d&e%", Some("/web/sessions/a%2Fb%3Fc%23d%26e%25?of=u%201")),
        (r"x\r\ny", Some("/web/sessions/x%0D%0Ay?of=u%201")),
        ("https://evil.example", Some("/web/sessions/https%3A%2F%2Fevil.example?of=u%201")),
        ("", None),
        (".", None),
        ("..", None),
    ] {
        let answer = ask(&format!(r#"{{"token":"s","id":"{id}"}}"#), BADGE).await;
        assert_eq!(answer.header("location"), location, "{id}");
    }
    let answer = ask(r#"{"token":"s","id":"7"}"#, r#"{"token":"t","id":"x>; rel=\"evil\", <y"}"#).await;
    assert!(all(&answer, "link")[0].contains("<https://example.com/x%3E%3B%20rel%3D%22evil%22%2C%20%3Cy>"));
}

#[tokio::test]
async fn a_line_is_4096_bytes_long_at_most() {
    let long = "x".repeat(5_000);
    let answer = ask(&format!(r#"{{"token":"{long}","id":"{long}"}}"#), BADGE).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("location"), None);
    assert_eq!(all(&answer, "set-cookie").len(), 1);
}

#[tokio::test]
async fn what_a_backend_says_in_its_own_head_can_be_said_on() {
    let backends = backends("{}", BADGE);
    backends.on("shop", "/badge").reply(Reply::json(BADGE).header("x-total-count", "42").header("x-next", "c/1"));
    let answer = kit(&backends).get("/badges").await;
    assert_eq!(answer.text(), r#"{"badges":{"token":"t","id":"b-1","total":null},"next":"c/1"}"#);
    assert_eq!(answer.header("x-total-count"), Some("42"));
    assert_eq!(answer.header("x-first"), Some("b-1"));
    assert_eq!(answer.header("link"), Some("</web/badges?after=c%2F1>; rel=\"next\""));
}

#[tokio::test]
async fn a_selection_has_no_head_and_runs_without_it() {
    let backends = backends(r#"{"token":"s","id":"7"}"#, BADGE);
    let answer = kit(&backends).post("/graphql", r#"{"query":"{ loggedIn { login { id } } badges { next } }"}"#).await;
    assert_eq!(answer.text(), r#"{"data":{"loggedIn":{"login":{"id":"7"}},"badges":{"next":null}}}"#);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn a_204_has_no_body_and_its_head() {
    let answer = kit(&backends(r#"{"token":"s","id":"7"}"#, BADGE)).post("/logout", "").await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(answer.text(), "");
    assert_eq!(answer.header("content-type"), None);
    assert_eq!(answer.header("x-id"), Some("7"));
    assert_eq!(all(&answer, "set-cookie"), ["session=; Path=/; Max-Age=0; SameSite=Lax; Secure; HttpOnly"]);
}

#[tokio::test]
async fn a_stream_has_neither_the_status_nor_the_headers() {
    let backends = backends(r#"{"token":"s","id":"7"}"#, BADGE);
    let answer = kit(&backends).header("accept", "application/x-ndjson").get("/login").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("location"), None);
    assert_eq!(answer.header("set-cookie"), None);
}

#[test]
fn the_document_says_the_status_and_the_headers() {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<LoggedIn>().endpoint::<LoggedOut>();
    let document: serde_json::Value = serde_json::from_str(&bff.compile().unwrap().openapi()).unwrap();
    let created = &document["paths"]["/web/login"]["get"]["responses"]["201"];
    for name in ["Location", "Link", "Set-Cookie", "x-total-count", "x-badge"] {
        assert!(created["headers"][name].is_object(), "{name}: {created:#}");
    }
    assert!(created["content"]["application/json"].is_object());
    assert!(created["content"]["text/event-stream"].is_null(), "a stream begins before the status is known");
    let streamed = &document["paths"]["/web/login"]["get"]["responses"]["200"];
    assert!(streamed["content"]["text/event-stream"].is_object() && streamed["content"]["application/json"].is_null());
    let empty = &document["paths"]["/web/logout"]["post"]["responses"]["204"];
    assert!(empty.is_object() && empty["content"].is_null(), "{empty:#}");
}

const LOGIN: &str = r#"{"token":"t","id":"7"}"#;

#[tokio::test]
async fn an_answer_with_a_cookie_has_no_tag_and_is_never_a_304() {
    for condition in ["*", "W/\"other\""] {
        let answer = kit(&backends(LOGIN, "null")).header("if-none-match", condition).get("/visit").await;
        assert_eq!(answer.status.as_u16(), 200);
        assert_eq!((answer.header("etag"), answer.header("cache-control")), (None, Some("no-store")));
        assert_eq!(all(&answer, "set-cookie").len(), 1);
        assert!(answer.text().contains("\"7\""));
    }
}

#[tokio::test]
async fn a_304_stands_for_a_200_alone_and_has_its_head() {
    let answer = kit(&backends(LOGIN, "null")).header("if-none-match", "*").get("/ticket").await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (201, None));
    assert!(answer.header("cache-control").unwrap().starts_with("private, max-age="));
    assert_eq!(answer.header("x-id"), Some("7"));
    let answer = kit(&backends(LOGIN, "null")).header("if-none-match", "*").get("/kept").await;
    assert_eq!((answer.status.as_u16(), answer.text(), answer.header("x-id")), (304, "", Some("7")));
}
