//! The stable codes of everything that can be wrong with a request or its answer.
//!
//! A code is part of the public interface: clients branch on it. Codes are added, never renamed. Each has its page: its
//! `type` URI is a path that the gateway itself serves ([`Code::uri`]).

use http::StatusCode;

macro_rules! codes {
    ($($variant:ident, $name:literal, $status:literal, $title:literal, $help:literal;)*) => {
        /// What is wrong, in one stable word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = concat!("`", $name, "` (", stringify!($status), "): ", $title, ". ", $help)] $variant,)* }

        impl Code {
            /// Every code there is, in the order of the documentation.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The code as clients see it.
            pub const fn name(self) -> &'static str { match self { $(Code::$variant => $name),* } }

            /// The status that goes with it, unless a declaration passes another one on (see [`crate::Problem::passed`]).
            pub const fn status(self) -> StatusCode {
                let status = match self { $(Code::$variant => StatusCode::from_u16($status)),* };
                match status { Ok(status) => status, Err(_) => StatusCode::INTERNAL_SERVER_ERROR }
            }

            /// The RFC 9457 `title`: the same words for every occurrence.
            pub const fn title(self) -> &'static str { match self { $(Code::$variant => $title),* } }

            /// What a client developer does about it: the text of the code's page.
            pub const fn help(self) -> &'static str { match self { $(Code::$variant => $help),* } }

            /// The RFC 9457 `type`: where this code is explained. A path on the gateway itself, save where a registry has one.
            pub const fn uri(self) -> &'static str {
                if let Code::QuotaExceeded = self {
                    return "https://iana.org/assignments/http-problem-types#quota-exceeded";
                }
                match self { $(Code::$variant => concat!("/problems/", $name)),* }
            }

            /// The code with this name.
            pub fn from_name(name: &str) -> Option<Code> { Code::ALL.iter().copied().find(|code| code.name() == name) }
        }
    };
}

codes! {
    InvalidPath, "invalid-path", 400, "The path is not acceptable", "Encoded slashes, backslashes, control characters and dot segments that leave the root are refused. Send the canonical path.";
    BadRequest, "bad-request", 400, "The request cannot be understood", "The HTTP message is malformed: a header that may stand once stands twice, or a value cannot be read.";
    MalformedBody, "malformed-body", 400, "The body is not JSON", "Send one JSON value in UTF-8, without a byte order mark and with nothing after it.";
    MissingIdempotencyKey, "missing-idempotency-key", 400, "An Idempotency-Key header is needed", "Send a key of your own making, the same one for each repeat of the same write.";
    Unauthenticated, "unauthenticated", 401, "A token is needed", "Send `Authorization: Bearer <token>` with an access token of this BFF's issuer.";
    InvalidToken, "invalid-token", 401, "The token is not valid", "It is expired, not yet valid, for another audience, by another issuer, or its signature does not verify. Get a new one.";
    InsufficientScope, "insufficient-scope", 403, "The token lacks a scope", "`WWW-Authenticate` names the scopes that this endpoint needs.";
    UnknownRoute, "unknown-route", 404, "There is nothing at this path", "The BFF's `openapi.json` lists the paths that there are.";
    NotFound, "not-found", 404, "There is no such thing", "The path is right, and what it names does not exist, or not for this caller.";
    MethodNotAllowed, "method-not-allowed", 405, "The method is not allowed here", "`Allow` lists the methods of this path.";
    NotAcceptable, "not-acceptable", 406, "No acceptable form of the answer", "Answers are `application/json`.";
    RequestTimeout, "request-timeout", 408, "The request came too slowly", "Send the whole request within the time limit.";
    Conflict, "conflict", 409, "The state of the thing does not allow it", "Read it again, then decide.";
    IdempotencyKeyInUse, "idempotency-key-in-use", 409, "A request with this key is under way", "Wait for the seconds in `Retry-After`, then send the same request with the same key: the answer will be that of the first.";
    Gone, "gone", 410, "The thing is gone for good", "Forget references to it.";
    BodyTooLarge, "body-too-large", 413, "The body is too large", "Stay below the limit that `detail` names, in bytes.";
    UriTooLong, "uri-too-long", 414, "The URI is too long", "Stay below the limit that `detail` names, in bytes.";
    UnsupportedMediaType, "unsupported-media-type", 415, "The body's media type is not supported", "Send `Content-Type: application/json`.";
    InvalidInput, "invalid-input", 422, "The input does not fit", "`errors` lists every fault: where it is, and what fits. Of more than 50 it lists the first, and `detail` says that there are more.";
    IdempotencyKeyReused, "idempotency-key-reused", 422, "The key was used for another request", "A key belongs to one request: repeat it only with the same input, and make a new one for another.";
    QuotaExceeded, "quota-exceeded", 429, "The quota is used up", "Wait for the seconds in `Retry-After`.";
    HeadersTooLarge, "headers-too-large", 431, "The headers are too large", "Send fewer or smaller headers; cookies are the usual cause. A head that is larger by far is refused without a body, and the connection closes.";
    Rejected, "rejected", 400, "The request was refused", "A service behind this gateway refused it; the status says how.";
    Internal, "internal", 500, "Something went wrong here", "It is a fault of the gateway, it has been logged under the request id, and a retry may or may not help.";
    BackendStatus, "backend-status", 502, "A service answered with an unexpected status", "`field` names the part of the answer that could not be filled.";
    BackendShape, "backend-shape", 502, "A service answered with unexpected data", "`field` names the part of the answer that could not be filled.";
    BackendUnreachable, "backend-unreachable", 503, "A service cannot be reached", "`field` names the part of the answer that could not be filled. Try again later.";
    BackendOverloaded, "backend-overloaded", 503, "A service is protected from more load", "Wait for the seconds in `Retry-After`.";
    IdempotencyStoreUnavailable, "idempotency-store-unavailable", 503, "Keys cannot be kept at the moment", "Nothing was written. Send the same request with the same key after the seconds in `Retry-After`.";
    Draining, "draining", 503, "This instance is shutting down", "Try again: another instance answers.";
    DeadlineExceeded, "deadline-exceeded", 504, "The answer was not ready in time", "`field` names the part that was missing when the deadline passed.";
}

impl Code {
    /// The code for a status that a declaration passes on (`pass = [404]`).
    pub fn for_passed(status: StatusCode) -> Code {
        match status.as_u16() {
            404 => Code::NotFound,
            409 => Code::Conflict,
            410 => Code::Gone,
            _ => Code::Rejected,
        }
    }

    /// The code for an error status that came without one, such as a router's own 405.
    pub fn for_status(status: StatusCode) -> Code {
        match status.as_u16() {
            401 => Code::Unauthenticated,
            403 => Code::InsufficientScope,
            404 => Code::UnknownRoute,
            405 => Code::MethodNotAllowed,
            406 => Code::NotAcceptable,
            408 => Code::RequestTimeout,
            413 => Code::BodyTooLarge,
            414 => Code::UriTooLong,
            415 => Code::UnsupportedMediaType,
            422 => Code::InvalidInput,
            429 => Code::QuotaExceeded,
            431 => Code::HeadersTooLarge,
            502 => Code::BackendStatus,
            503 => Code::BackendUnreachable,
            504 => Code::DeadlineExceeded,
            400..=499 => Code::BadRequest,
            _ => Code::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back_to_their_code() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.name()), Some(*code));
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
