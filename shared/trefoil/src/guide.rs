//! One whole BFF, from its backends to its test: a library's, for its readers' shelves.
//!
//! A BFF is a crate. In a real one each endpoint is a file, and so are the backends and the views; here all stands on one page.
//! Each attribute's page lists what else it understands: [`composition`](macro@crate::composition), [`view`](macro@crate::view),
//! [`input`](macro@crate::input), [`backend`](macro@crate::backend), [`caller`](macro@crate::caller).
//!
#![cfg_attr(feature = "testing", doc = "```standalone_crate")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use trefoil::{Bff, backend, composition, input, view};
//!
//! // Who calls is known by the id alone. With claims of your own, this is a struct with `#[caller]`.
//! pub use trefoil::StandardCaller as Caller;
//!
//! // What may be called: a name in `backends` of the gateway's configuration, which says where it is.
//! #[backend]
//! pub struct Members;
//! #[backend]
//! pub struct Loans;
//! #[backend(name = "catalogue")]
//! pub struct Books;
//!
//! // What clients may see. The backend calls it `given_name`; clients see `first`.
//! #[view]
//! pub struct Member {
//!     #[serde(rename = "given_name")]
//!     pub first: String,
//!     pub last: String,
//!     pub branch: String,
//!     pub tier: Tier,
//! }
//!
//! #[view]
//! #[serde(rename_all = "snake_case")]
//! pub enum Tier {
//!     Reader,
//!     Scholar,
//! }
//!
//! // A loan passes on what its copies need.
//! #[view(needs(branch: String))]
//! pub struct Loan {
//!     pub id: u64,
//!     pub copies: Vec<Copy>,
//! }
//!
//! // However many loans and copies there are, their books are one call for every 20 of them.
//! #[view(needs(branch: String))]
//! pub struct Copy {
//!     pub book_id: String,
//!     #[call(
//!         Books,
//!         get = "/books",
//!         query(branch = needs.branch),
//!         batch(ids = book_id, by = id, most = 20),
//!         within = "100ms",
//!         cache("60s", stale_if_error = "5m", tags("books"))
//!     )]
//!     pub book: Option<Book>,
//! }
//!
//! #[view]
//! pub struct Book {
//!     pub id: String,
//!     pub title: String,
//! }
//!
//! #[input]
//! pub struct ShelfInput {
//!     /// How many loans.
//!     #[query(default = 10, min = 1, max = 50)]
//!     pub limit: u32,
//!     /// Only those since then: a date is text, and the backend's to judge.
//!     #[query]
//!     pub since: Option<String>,
//!     /// Whether tips are wanted.
//!     #[query(default = false)]
//!     pub with_tips: bool,
//! }
//!
//! fn full_name(first: &String, last: &String) -> String {
//!     format!("{first} {last}")
//! }
//!
//! /// What a reader has at home.
//! #[composition(
//!     get = "/shelf",
//!     deadline = "400ms",
//!     input = ShelfInput,
//!     scopes("loans:read"),
//!     supply(branch = member.branch)
//! )]
//! pub struct Shelf {
//!     // In no answer; others are made of it. It is tried twice, and its 404 is the answer's.
//!     #[hidden]
//!     #[call(Members, get = "/members/{caller.id}", retry, within = "150ms", pass = [404])]
//!     pub member: Member,
//!
//!     /// The reader's name.
//!     #[computed(full_name(member.first, member.last))]
//!     pub name: String,
//!
//!     /// The tier.
//!     #[computed(Tier::clone(member.tier))]
//!     pub tier: Tier,
//!
//!     /// The loans, which the backend has in an envelope.
//!     #[call(
//!         Loans,
//!         get = "/members/{caller.id}/loans",
//!         query(limit = query.limit, since = query.since),
//!         at = "data.items"
//!     )]
//!     pub loans: Vec<Loan>,
//!
//!     /// How many there are in all.
//!     #[from(loans, header = "x-total-count")]
//!     pub total: Option<u64>,
//!
//!     /// What else to read, if it is wanted: an empty list when it is not, or when it fails.
//!     #[call(Books, get = "/tips/{member.branch}", when = query.with_tips, within = "80ms", or = Vec::new())]
//!     pub tips: Vec<Book>,
//! }
//!
//! #[view]
//! pub struct Wish {
//!     #[bounds(min_length = 1, max_length = 36)]
//!     pub book_id: String,
//!     pub note: Option<String>,
//! }
//!
//! #[view]
//! pub struct Reservation {
//!     pub id: u64,
//!     pub book_id: String,
//! }
//!
//! #[input]
//! pub struct ReserveInput {
//!     #[body]
//!     pub wish: Wish,
//! }
//!
//! /// Reserves a book: once for each `Idempotency-Key`, however often it is sent.
//! #[composition(
//!     post = "/reservations",
//!     input = ReserveInput,
//!     scopes("loans:write"),
//!     idempotency(required),
//!     status = 201,
//!     location = "/library/reservations/{reservation.id}"
//! )]
//! pub struct Reserve {
//!     #[call(
//!         Loans,
//!         post = "/reservations",
//!         body(member = caller.id, book = body.book_id, note = body.note, source = "bff"),
//!         retry
//!     )]
//!     pub reservation: Reservation,
//!
//!     // Read when the write has succeeded. An `Option`: the write has happened, whether or not this is there.
//!     #[call(Books, get = "/books/{reservation.book_id}", within = "100ms")]
//!     pub book: Option<Book>,
//! }
//!
//! pub fn bff() -> Bff {
//!     Bff::new("library").title("Library").caller::<Caller>().endpoint::<Shelf>().endpoint::<Reserve>()
//! }
//!
//! // Its tests: over fake backends, without a socket.
//! use trefoil::testing::{FakeBackends, Kit, Reply};
//!
//! fn well() -> FakeBackends {
//!     let backends = FakeBackends::new();
//!     backends
//!         .on("members", "/members/m-1")
//!         .json(r#"{"given_name":"Ada","last":"Lovelace","branch":"west","tier":"scholar"}"#);
//!     let loans = Reply::json(r#"{"data":{"items":[{"id":1,"copies":[{"book_id":"b-1"},{"book_id":"b-2"}]}]}}"#);
//!     backends.on("loans", "/members/m-1/loans?limit=10").reply(loans.header("x-total-count", "7"));
//!     backends
//!         .on("catalogue", "/books?branch=west&ids=b-1,b-2")
//!         .json(r#"[{"id":"b-2","title":"Two"},{"id":"b-1","title":"One"}]"#);
//!     backends.on("catalogue", "/tips/west").json("[]");
//!     backends.on("loans", "/reservations").json(r#"{"id":9,"book_id":"b-1"}"#);
//!     backends.on("catalogue", "/books/b-1").json(r#"{"id":"b-1","title":"One"}"#);
//!     backends
//! }
//!
//! # fn main() {
//! # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
//! # shelves().await;
//! # reservations().await;
//! # });
//! # }
//! // With `#[tokio::test(start_paused = true)]` above it.
//! async fn shelves() {
//!     let kit = Kit::new(&bff(), &well()).caller("m-1", &["loans:read"]);
//!     let shelf = kit.get("/shelf").await;
//!     assert_eq!(shelf.json()["name"], "Ada Lovelace");
//!     assert_eq!(shelf.json()["loans"][0]["copies"][1]["book"]["title"], "Two");
//!     assert_eq!(shelf.json()["total"], 7);
//!     // Each call slow, refused, broken off, with wrong statuses and wrong shapes: the answer is what is declared.
//!     kit.matrix("/shelf?withTips=true").await.assert_semantics();
//! }
//!
//! async fn reservations() {
//!     let backends = well();
//!     let kit = Kit::new(&bff(), &backends).caller("m-1", &["loans:write"]).key("k-1");
//!     for _ in 0..2 {
//!         let made = kit.post("/reservations", r#"{"bookId":"b-1"}"#).await;
//!         assert_eq!((made.status.as_u16(), made.header("location")), (201, Some("/library/reservations/9")));
//!     }
//!     assert_eq!(backends.calls("loans").len(), 1, "one key, one write");
//!     let unfit = kit.post("/reservations", r#"{"bookId":"","colour":"red"}"#).await;
//!     assert_eq!((unfit.status.as_u16(), unfit.json()["errors"].as_array().map(Vec::len)), (422, Some(2)));
//!     kit.matrix_of("POST", "/reservations", r#"{"bookId":"b-1"}"#).await.assert_semantics();
//! }
//! ```
//!
//! `gateway plan library shelf` draws what an endpoint does, names its longest way and counts its requests; `gateway check
//! --strict` fails on what cannot hold. A binary is [`server::App`](crate::server::App):
//! `App::new().bff(library::bff()).main()`.

pub mod answers;
pub mod tests;
pub mod types;
