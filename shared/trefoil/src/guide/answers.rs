//! What a client gets, and when.
//!
//! # A part is missing
//!
//! An answer without something that it can do without is 200 (or what `status` says), with `null` or the default in its place,
//! and one header: `Trefoil-Degraded: picks;reason=timeout, orders.lines.product;reason=status;count=3,
//! banner;reason=connect;default`. It is a list of RFC 9651: the path of each field whose call failed, in the client's names,
//! with a `reason`; `count` where it is missing in several items of lists; `default` where the declared default stands in. A
//! path that is no token is a string (`""` for an answer that is one value). The same stands in GraphQL's
//! `extensions.degraded`, and in the `end` of a stream. A hidden field is named, too, by its Rust name in the BFF's spelling.
//! Such an answer is never stored (`no-store`); one without the header is complete.
//!
//! What the same reason makes of an answer that **cannot** do without the call:
//!
//! | reason | what happened | status | code |
//! | --- | --- | --- | --- |
//! | `timeout` | the call's `within`, or the deadline, was over | 504 | `deadline-exceeded` |
//! | `connect` | no connection, or it broke before the answer was whole | 503 | `backend-unreachable` |
//! | `breaker` | the backend is known to be sick, and was not asked | 503, `Retry-After` | `backend-overloaded` |
//! | `shed` | there was no room for the call, and it was not made | 503, `Retry-After` | `backend-overloaded` |
//! | `status` | a status that the declaration does not expect, redirects included | 502, or one of `pass` | `backend-status` |
//! | `shape` | not what the type says: another type, bytes behind it, an HTML page, no body | 502 | `backend-shape` |
//! | `dependency` | an input of the call is missing since another call failed | by that call's reason | likewise |
//!
//! # The request is wrong
//!
//! Nothing is called before a request has been found good. All problems are `application/problem+json` (RFC 9457) with a stable
//! `code`, each with a page at its `type`; [`Code`](crate::context::Code) lists them.
//!
//! | status | when |
//! | --- | --- |
//! | 400 | the path or the body cannot be read: no JSON, two values, a member twice; a needed `Idempotency-Key` is missing |
//! | 401, 403 | no valid token; one that lacks a scope, which `WWW-Authenticate` names |
//! | 409 | a request with the same `Idempotency-Key` is under way |
//! | 413, 415 | the body is too large; it is not `application/json` |
//! | 422 | it can be read and does not fit: `errors` lists every fault, with `in`, `name` and `detail`; or the key was used for another request |
//! | 429 | the quota is used up |
//!
//! # Heads
//!
//! - **HEAD** is answered wherever GET is, by the same calls: the same head, and no body.
//! - **`ETag`, 304**: a complete answer to a GET with a body has an entity tag, and `If-None-Match` is heeded. `Cache-Control`
//!   is that of the least fresh part: a part that is not kept makes it `private, no-cache`, and only a `public` endpoint all of
//!   whose calls are `shared` is `public`.
//! - **`Cache-Status`** (RFC 9211) has a member for each kept call. The cache keeps whole 200s alone: a 404 that is `absent` is
//!   asked for each time.
//! - **`Server-Timing`** has an entry for each call; [`Bff::server_timing`](crate::Bff::server_timing) turns it off, where
//!   clients are strangers. Both name **hidden fields**, too: what a field is called is no secret, or `server_timing(false)`
//!   and no `cache`.
//! - **`Trefoil-Timeout-Ms`** of a client shortens the deadline, and never lengthens it; backends are sent what is left.
//! - **`Trefoil-Attempt`** of a client says which attempt of its own this is, from 1; backends are sent which attempt at the
//!   call it is. A request that is a retry is not retried again behind it, so that attempts do not multiply.
//! - **`Idempotency-Replayed: true`**: the write of this answer was made by an earlier request with the same key.
//!
//! # Field by field
//!
//! `Accept: text/event-stream` (Server-Sent Events) or `application/x-ndjson`, preferred over JSON, gets each top-level field
//! when it and all under it are settled, then the end:
//!
//! ```text
//! event: field
//! data: {"path":"profile","value":{"name":"Ada"}}
//!
//! event: end
//! data: {"degraded":[{"path":"picks","reason":"timeout"}]}
//! ```
//!
//! In NDJSON the same objects are lines, with their event in them: `{"event":"field","path":"profile","value":…}`. When
//! something fails that the answer cannot do without, an `error` with the members of the problem ends the stream; what fails
//! before the first field is an ordinary problem with its status. A stream that is quiet for 15 seconds gets a sign of life: a
//! comment (`:`) in SSE, a blank line in NDJSON. A stream begins before its values are known: so it has no status, `Location`,
//! `Link`, cookies or headers of the declaration's, no `ETag`, no `Server-Timing`, no `Cache-Status`, and its `Cache-Control`
//! is `no-store`. A client that leaves ends its calls.
//!
//! # GraphQL
//!
//! Each GET endpoint is a field of `Query`, each other one of `Mutation`, called as its struct in camelCase; only the calls
//! that a selection needs are made. `errors[]` has an entry for each place that is null by a failure. A
//! [handler](crate::handler) is no field.
