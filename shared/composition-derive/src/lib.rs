//! The macros: a declaration becomes data.
//!
//! ```
//! # extern crate trefoil_composition as trefoil; // A team writes `use trefoil::…`.
//! use trefoil::{backend, caller, composition, input, view};
//!
//! /// Who is who.
//! #[backend]
//! pub struct Users;
//!
//! #[backend]
//! pub struct Recommendations;
//!
//! #[caller]
//! pub struct Caller {
//!     /// Which partner the token was given to.
//!     #[claim("partner_id")]
//!     pub partner: String,
//! }
//!
//! #[view]
//! pub struct Profile {
//!     pub id: String,
//!     #[serde(rename = "segment_code")]
//!     pub segment: String,
//!     pub tier: Option<Tier>,
//! }
//!
//! #[view]
//! #[serde(rename_all = "snake_case")]
//! pub enum Tier {
//!     Gold,
//!     Silver,
//! }
//!
//! #[input]
//! pub struct HomeInput {
//!     /// How many suggestions.
//!     #[query(default = 6, min = 1, max = 20)]
//!     pub limit: u32,
//!     #[header("accept-language")]
//!     pub language: Option<String>,
//! }
//!
//! /// Everything the landing screen shows.
//! #[composition(get = "/home", deadline = "300ms", input = HomeInput, scopes("home:read"))]
//! pub struct Home {
//!     /// Who is signed in. Without it there is no screen.
//!     #[call(Users, get = "/users/{caller.id}", pass = [404])]
//!     pub profile: Profile,
//!
//!     /// Suggestions. Left out, and named as missing, when the service is slow or down.
//!     #[call(
//!         Recommendations,
//!         get = "/segments/{profile.segment}/picks",
//!         query(limit = query.limit, partner = caller.partner),
//!         header("accept-language" = header.language),
//!         within = "80ms"
//!     )]
//!     pub picks: Option<Vec<String>>,
//! }
//!
//! /// One line of an order: wherever it stands, in a list or not, its product comes with it.
//! #[view]
//! pub struct OrderLine {
//!     pub product_id: u64,
//!     pub quantity: u32,
//!
//!     /// The product. All lines of all orders are one call.
//!     #[call(Catalog, get = "/products", batch(ids = product_id, by = id, most = 50), within = "100ms")]
//!     pub product: Option<Product>,
//!
//!     /// Who sells it, one call for each supplier.
//!     #[call(Catalog, get = "/suppliers/{product.supplier_id}", each(at_once = 4), absent = [404])]
//!     pub supplier: Option<Supplier>,
//! }
//!
//! #[backend]
//! pub struct Catalog;
//!
//! #[view]
//! pub struct Product {
//!     pub id: u64,
//!     pub title: String,
//!     pub supplier_id: u64,
//! }
//!
//! #[view]
//! pub struct Supplier {
//!     pub name: String,
//! }
//! # fn main() {}
//! ```
//!
//! # References
//!
//! - `{profile.segment}` in a string, or `profile.segment` as a value, is a field of the same struct and a part of its view;
//!   the call starts when it is there. `{{` and `}}` in a string are braces.
//! - `path`, `query`, `header`, `body`, `caller` and `needs` are reserved: `query.limit` is a field of the input, `body.lines` a part of
//!   its body (`body` is all of it), `caller.id` the
//!   subject of the token, `caller.partner` a claim of the type `Caller` at the crate's root.
//! - Any endpoint may use a view, so a call in a view refers to fields of the same view, to `caller`, and to what the view says that
//!   it `needs`, which whoever uses it supplies: `needs.currency`, by `supply(currency = query.currency)` or `supply(currency = "EUR")`.
//! - They are checked when the crate is built: what there is not, what may be null where it must not be, what fits no URL, and
//!   calls that wait for each other are errors. To rustc each reference is a member of a companion (`Parts_of_Profile`), so an
//!   unknown part is an unknown field.
//!
//! # What is emitted
//!
//! - `#[view]` ⟶ `Debug`, `Clone` and serde's derives (save those in a `#[derive]` below it), and `Shaped`, `HasParts` and
//!   `OneOfABatch`, or `Shaped`, `InUrl` and `BatchKey`, of `trefoil_composition`.
//! - `#[composition]` ⟶ the same, and `Endpoint`: the declaration as owned data. `#[input]` ⟶ `Input`. `#[caller]` ⟶
//!   `CallerType`. `#[backend]` ⟶ `Backend`.
//! - Nothing that runs at a request: the library runs the data.
//!
//! A mistake is underlined where it stands and says how to mend it; all mistakes of an item are shown at once.

mod ast;
mod attr;
mod check;
mod errors;
mod expand;
mod fallback;
mod macros;
mod reference;
mod words;

use proc_macro::TokenStream;

/// An endpoint: a struct with named fields, each of which says which call fills it; or a struct with one field without a name,
/// whose call's value is the whole answer.
///
/// `#[composition(get = "/orders/{id}", deadline = "300ms", input = OrderInput, scopes("orders:read"))]`
///
/// - `get`, or `post`, `put`, `patch`, `delete`: the method, and the path below the BFF's. It has one spelling: it begins with `/`, does not end with one, and has no empty and no
///   dot segments. `{id}` is a whole segment, and a `#[path]` field of the input; the input has no others.
/// - `deadline`: the most time an answer may take, in whole `ms` or `s`, from 1ms to 60s. Default 1s.
/// - `input`: a struct with [`macro@input`]. Without it nothing of a request is read.
/// - `scopes(…)`: what the caller's token must grant beside being valid. `public`: no token is needed, and no call can refer to
///   `caller`.
/// - `idempotency(required)` or `idempotency(optional)`, where a call writes: the client's `Idempotency-Key` is heeded. A repeat
///   with the same key makes no second write: the first one's answer stands in, and the reads are made anew. One whose write failed
///   may be tried again as it was; the same key with other inputs is refused, whatever became of the first. The write runs to its
///   end, whoever has left. `keep = "24h"`: how long its answer, and what the key was for, is kept, in whole `m`, `h` or `d`, from 1m to 7d, default 24h.
///   `finish = "30s"`: how long it may take, from 1s to 60s, default 30s. Not beside `public`.
///
/// - `supply(currency = query.currency, warehouse = profile.warehouse)`: what the views that the fields lead to say that they need. See
///   [`macro@view`].
///
/// The answer's own head. Values are references, or strings with references in them. A line with a value that is null, that an
/// input did not give, or whose call failed is left out, and so is one with a value that cannot stand there, which is logged; the
/// answer stands. A problem has nothing of the head; a degraded answer has what is known. It is REST's alone: GraphQL has no
/// head, and a stream begins with 200 before values are known and has none of these lines. A client that needs the cookie or the
/// `Location` asks for JSON; what one that streams needs is a field.
///
/// - `status = 201`: the status of an answer, 200 to 299. Where every field is `#[hidden]` or `()` there is no body, and the
///   status is 204 if it does not say; 204 and 205 are for these alone.
/// - `location = "/web/orders/{order.id}"`: a URL as clients see it. It begins with its path, or with `https://` and a host; each
///   value is percent-encoded and leaves no segment empty or dots only.
/// - `link(next = "/web/orders?cursor={next}")`: likewise; all of them are one `Link` (RFC 8288). A relation of your own is a URL.
/// - `cookie("session" = "{login.token}", path = "/", max_age = "1h", same_site = "strict")`: a `Set-Cookie`; also `domain`. It is
///   `Secure`, `HttpOnly` and `SameSite=Lax`, unless `secure = false`, `http_only = false` or `same_site` say otherwise. A value is
///   visible ASCII without quotes, commas, semicolons and backslashes. An answer with a cookie says `Cache-Control: no-store`.
/// - `header("x-total-count" = total)`: a header; a value is ASCII without control characters. The gateway's own are refused.
/// - A line is 4,096 bytes long at most.
///
/// On each field `#[call(Backend, get = "/path", …)]`:
///
/// - `get`: the path at the backend, with references in it. Values are encoded for where they stand.
/// - `post`, `put`, `patch`, `delete`: likewise, and the call writes. An endpoint makes one write at most, and is no `get`. What
///   the write refers to comes before it; every other call, in views too, starts when it has succeeded. Its field is required and
///   has no `or`: when it fails, the answer does.
/// - `query(limit = 5, q = "text", "page[after]" = query.after, tag = "{profile.segment}-x")`: each name once. A value is an
///   integer, a boolean, a string with references in it, or a reference. An input that is not given is left out.
/// - `header("accept-language" = header.language)`: likewise. Headers of identity, of the connection and of the trace are the
///   gateway's. A `get` may ask for a part by `header("range" = header.range)`: where it is sent, 206 is success, too.
/// - `body = body`, on a `post`, `put` or `patch`: a value is the whole body. `body(user_id = caller.id, lines = body.lines,
///   rate = 1.5, to(city = body.city))`: an object with these members, under the backend's names; parentheses in it are objects.
///   A value is of any kind: of a whole object or list that a backend answered, the members are sent that its view names, in the
///   backend's names (serde's for deserialising), `null` for one that it left out. Not a `Raw`, nor
///   what calls or functions fill a part of: those are errors at start. An optional part of the request that is not given leaves its member
///   out. Any other null makes no call, as in a URL.
/// - `at`: `"data.items"`: the value is inside the backend's envelope, below these members, in the backend's names.
/// - `within`: the most time this call may take; less than the deadline.
/// - `T`: the answer needs it. `Option<T>`: null, and named as missing, when the call fails.
/// - `()`: the call's success is all there is to know. Any 2xx is one, with or without a body, which is not read. It is in no answer
///   and no document, and it is made whatever a GraphQL query asks for; an endpoint that shows nothing else is a `Boolean` there,
///   `true` when it is done. Required, its failure is the answer's; an `Option<()>` that fails is named as missing.
/// - Of any other type, a success without a body is a failure (`shape`), save that an `Option` is null, and complete, with 204 and
///   205, and with a 201 or 202 that has none.
/// - `absent = [404]`, on an `Option`: these statuses mean "there is none". 204, and 400 to 499 save 401, 403, 407, 408, 429.
/// - `pass = [404]`, on a required field: the answer takes these statuses. 400 to 499 save 401, 407, 408, 429.
/// - `or = Vec::new()`, on a required field: what stands in when the call fails, an expression of the field's type (a string
///   literal also does for a `String`). Not beside `pass`.
/// - `cache("60s")`: the answer is kept so long (`s`, `m`, `h`, up to a day), for its caller alone; `cache(backend)`: for as
///   long as the backend's `Cache-Control` says. Then, each if need be: `shared` (one answer for all callers; the backend is
///   not told who asks, and the call cannot refer to `caller`), `stale_while_revalidate = "30s"` (so long after that it is
///   still given out while it is made new), `stale_if_error = "5m"` (so long after that it stands in for a failure),
///   `tags("catalog", "product-{path.id}")` (what it can be purged by). Whole 200s alone are kept: an `absent` 404 is asked for each
///   time.
/// - `retry`, `retry(attempts = 3)`: a call that failed in passing (no connection, a break, 502, 503, 504) is attempted again, so often
///   in all: 1 to 10; without a number 2. Not on a `post` or `patch` without an idempotency key. Over what the backend's configuration says.
/// - `hedge`, on a `get`: beside an attempt that takes longer than 95 of a hundred of the backend's answers do a second one is sent, and
///   the first good answer wins.
/// - A required call cannot refer to what may be null, unless it has an `or`.
/// - `#[serde(rename(serialize = "name"))]` fixes the client's name.
///
/// - `when = query.with_reviews`, a `bool` or an `Option<bool>`, or `when = is_premium(profile.tier)`, a function to `bool`: when it
///   is false the call is not made, and its field is null and complete, or its default. So the field is an `Option` or has an
///   `or`. The call waits for what the condition refers to. Where that is missing because a call
///   failed, the field fails with `dependency`, save that a function is given `None` for an `Option`. A function that panics fails the
///   field with `shape`. In both cases the call is not made.
///
/// What fills a field besides a call:
///
/// - `#[from(orders, header = "x-total-count")]`: a header of the answer to the call of the field `orders`, read by the field's
///   type: text, a whole number, a number, a boolean or an enum. Without the header an `Option` is null, and complete; else, or
///   when it is not what the type says, the field fails with `shape`. When the call failed, the field depends on it.
/// - `#[computed(full_name(profile.first, profile.last))]`: what an ordinary function makes of other values, each given as a
///   reference to its own type: `fn full_name(first: &String, last: &Option<String>) -> String`. It returns the field's type, or
///   what its `Option` is of. An argument that is an `Option` is `None` when there is no value and also when its call failed,
///   which the field is not named for. Any other argument that is null skips the function: the field is an `Option`, null, and
///   complete; one whose call failed fails the field with `dependency`. A whole object, list or map can be an argument, as the
///   backend sent it, unless calls fill a part of it. A function that panics costs its field alone, with `shape`; it must be
///   quick, since nothing else is done for this request meanwhile.
/// - Each can be referred to as any field, and can be hidden.
///
/// `#[hidden]` beside it: the field feeds others and is in no answer, no stream and no document. When its call fails, it is named
/// as any other. A hidden call that feeds nothing is a guard: it is always made, whatever a GraphQL query asks for; required, it
/// fails the answer when it fails, and a stream says nothing before it has not.
///
/// `pub struct Orders(#[call(Shop, get = "/orders")] pub Vec<Order>);` answers with the list itself, and so with a map, an object
/// as it is, or any other value:
///
/// - With hidden fields beside it, the struct has names and the answer is marked: `#[root] #[call(…)] pub orders: Vec<Order>`.
/// - An `Option` answers `null`, complete or not, as a field would be.
/// - What is missing inside is named from the value on: `lines.product`. The whole answer's path is empty: `""` in
///   `Trefoil-Degraded` and in a stream's one `field` event; an answer that shows nothing is called by the endpoint's name there. Where an empty path would name nothing (a problem's `field`, logs,
///   `Server-Timing`, pictures), it is called by the endpoint's name.
/// - In GraphQL the type of the endpoint's field is that of the value; in OpenAPI, the schema of the answer is the value's.
#[proc_macro_attribute]
pub fn composition(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::composition(options.into(), item.into()).into()
}

/// What can stand in an answer: a struct with named fields, an enum of variants without fields, or one of views. It is not
/// generic.
///
/// - The struct is the allow-list: what it does not name never leaves.
/// - A backend's name of a field is serde's: `rename = "…"`, `rename(deserialize = "…")`, `alias`, and `rename_all` on the
///   struct. No two fields read the same name.
/// - The client's name follows the BFF's rule, save where `rename(serialize = "…")` fixes it. It is a name in GraphQL, too.
/// - `default` or `default = "path"`, on a field or on the struct: what stands in for a member that the backend leaves out.
/// - A variant is a string, the same for the backend and the client: its name, after `rename` and `rename_all`.
/// - `#[bounds(min = 1, max = 99)]`, `min_length`, `max_length`, `min_items`, `max_items`: what a field must satisfy where the
///   view is the body of a request; both ends are included. Those of a list's length are the list's, the others its elements'.
///   Text without a bound has at most 1,024 characters, a list at most 1,000 elements. An answer is not held to them. A bound that
///   does not fit the type is an error; a default that breaks one, too, at start.
/// - Any other attribute of serde's is an error. The struct's own JSON has the backend's names in both directions.
/// - Doc comments are the documentation of the API.
/// - A view may contain itself, in an `Option<Box<…>>` or a `Vec`; not by a call of its own, which would never end: an error at start.
/// - `#[from(…)]` and `#[computed(…)]` fill a field as in a [`macro@composition`], for each object.
/// - `#[hidden]` on a field: it feeds the view's calls, and is in no answer and no document.
/// - A field is text, a number, a boolean, an enum, a view, or an `Option`, a `Vec`, a `Box` or a map (`BTreeMap` or `HashMap`
///   with `String` keys) of one. A key that stands twice in a map is a failure, as a member that stands twice is.
/// - `#[serde(flatten)]` on a field whose type is a view: the members of that view stand in place of the field, read from and
///   written into the outer object, in order. `{address.city}` still refers to one. Calls in the inner view are made. Two members
///   of one name, and a view inside itself this way, are errors at start.
/// - `#[serde(tag = "type")] pub enum Payment { Card(Card), Invoice(Invoice) }`: one of several views. The member `type` says which,
///   by the variant's name, and stands beside the view's own members; it may come anywhere and is written first, its name by the
///   BFF's rule. A tag that no variant has is a failure of the call. In OpenAPI it is a `oneOf` with a discriminator; in GraphQL
///   a union, told apart by `__typename`, so no two variants are the same view. Calls in the views are made. No reference leads
///   into it. Values in it stand at most 64 deep.
/// - `Raw<T>` passes a value on as it came, whatever is in it, and says by `T` what the documents tell of it.
///
/// What it is given by others, `#[view(needs(currency: String, warehouse: Option<String>))]`, and what it gives,
/// `#[view(supply(country = address.country))]`:
///
/// - Its calls, conditions and functions refer to what it needs as to a value of its own: `{needs.currency}`, also beside the key of a
///   batch. A need has any type that can stand in an answer; of a view, a part can be named (`needs.profile.tier`).
/// - Whoever has a field with such a view in it, at any depth of lists and options, supplies it or says that it needs it, too, and so
///   passes it on. A tagged enum passes on likewise: it says `needs`.
/// - What is supplied is an input, the caller's, a part of another field, a need under another name, or a literal: `"EUR"`, `5`,
///   `-1.5`, `true`. It is of the need's type, or what an `Option` is of; it may be null only where an `Option` is needed. Such a
///   need may be left unsupplied.
/// - A need that is null skips the call that refers to it: null, and complete; also where a parameter that the client did not give
///   supplies it, which in a call of the endpoint itself would be left out.
/// - Who is supplied from a field that a call fills waits for that call, and nobody else does; when it failed, what refers to the need
///   fails with `dependency`. A GraphQL selection makes the call, selected or not.
/// - A view's own fields are supplied for each of its objects. A batch that refers to a need is one call for all objects that are given
///   the same.
/// - What is needed and not supplied, supplied and not needed, or of another type is an error when the crate is built.
///
/// A field may be filled by a call, with the options that it has in a [`macro@composition`], save these:
///
/// - It says how often it is made, since the view may stand in a list.
/// - `each(at_once = 8)`: once for each object; the same request is made once. From 1 to 64 are under way at a time.
/// - `batch(ids = product_id, by = id, most = 50)`: once for many objects. The query parameter `ids` carries the
///   `product_id` of each, separated by commas, at most `most` of them in one call (from 1 to 1,000; 50 if it does not say).
///   So a key with a comma in it, or an empty one, cannot be asked for: the backend would take it for other keys. It is no part of
///   any call, and its object's field fails with `shape`; where keys are like that, say `each`.
///   The answer is a list, and each object gets the element whose `id` is its key; one that has no element is as if the backend
///   said 404. The field is a view or an `Option` of one. A key is a string, a whole number or an enum; `by` may be a part
///   of a part (`key.id`), none of them optional. Beside the key, the call is the same for all objects: it refers to `caller`
///   and to `needs` only.
/// - On an `Option`, a key or a value that is null makes no call: the field is null, and complete.
/// - No `pass`: the 404 of one item never becomes the answer's.
/// - Nothing of the backend's fills the field. The struct's own JSON has it all the same: to deserialise one, a member that is
///   not an `Option` must be there.
#[proc_macro_attribute]
pub fn view(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::view(options.into(), item.into()).into()
}

/// What an endpoint takes from a request: a struct with named fields. All of it is validated before any call.
///
/// - `#[path]`: the parameter of the same name in the endpoint's path. It is not optional and has no default.
/// - `#[query]`: a query parameter; `name = "page[size]"` is its name where the BFF's rule gives another.
/// - `#[header("accept-language")]`: a header. Those of identity, of the connection and of the trace cannot be read.
/// - Each is text, a number, a boolean or an enum with [`macro@view`]; an `Option` of one need not be given.
/// - `#[body]`, once, for an endpoint with `post`, `put` or `patch`: a JSON body, of a view, a list or a map, or an `Option` of
///   one. A client names its members as in answers, and none beside; a backend gets it in its own names. References call it
///   `body`, whatever the field is called.
/// - `default = …`, an expression of the field's type, stands in when it is not given.
/// - `min`, `max`: bounds of a number, whole or not. `min_length`, `max_length`: of a text, in characters. Both ends are included.
///   A default that breaks them is an error at start.
#[proc_macro_attribute]
pub fn input(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::input(&options.into(), item.into()).into()
}

/// A service that a BFF may call: a unit struct. Its name in config, metrics and traces is the struct's in kebab-case, or
/// `#[backend(name = "…")]`.
#[proc_macro_attribute]
pub fn backend(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::backend(options.into(), item.into()).into()
}

/// What a BFF knows of its callers beside the id: a struct called `Caller` at the crate's root, with named fields.
///
/// - A field is the claim of the same name in the token, or `#[claim("name")]`.
/// - Each is text, a number, a boolean or an enum with [`macro@view`], or an `Option` of one.
/// - `id` is the token's subject, and every caller has it.
/// - An `Option` that the token has no claim for is null, and skips each call that refers to it: null, and complete.
/// - Without claims: `pub use trefoil::StandardCaller as Caller;`.
#[proc_macro_attribute]
pub fn caller(options: TokenStream, item: TokenStream) -> TokenStream {
    macros::caller(&options.into(), item.into()).into()
}
