//! What is too large, or says one thing twice, is refused before anything else looks at it.

use std::sync::Arc;

use axum::body::HttpBody;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderName, header};
use trefoil_context::{Code, Problem};

use crate::LimitsConfig;
use crate::around::{Around, Step};
use crate::body_limit::{Overrun, limit};

/// Headers that may stand once: two parties could each believe another one.
const ONCE: [HeaderName; 4] = [header::AUTHORIZATION, header::HOST, header::CONTENT_LENGTH, header::CONTENT_TYPE];

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct Limit(Arc<LimitsConfig>);

impl Limit {
    pub(crate) fn new(config: LimitsConfig) -> Limit {
        Limit(Arc::new(config))
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        let uri_bytes = request.uri().path_and_query().map_or(0, |text| text.as_str().len());
        if uri_bytes > self.0.uri_bytes {
            return Err(too_large(Code::UriTooLong, self.0.uri_bytes as u64, "bytes"));
        }
        let headers = request.headers();
        if headers.len() > self.0.header_count {
            return Err(too_large(Code::HeadersTooLarge, self.0.header_count as u64, "headers"));
        }
        let header_bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if header_bytes > self.0.header_bytes {
            return Err(too_large(Code::HeadersTooLarge, self.0.header_bytes as u64, "bytes"));
        }
        check_repeats(headers)?;
        if content_length(headers)?.is_some_and(|length| length > self.0.body_bytes) {
            return Err(self.body_too_large());
        }
        Ok(())
    }

    fn body_too_large(&self) -> Problem {
        too_large(Code::BodyTooLarge, self.0.body_bytes, "bytes")
    }
}

impl Around for Limit {
    type Kept = Option<Overrun>;

    fn before(&self, request: &mut Request) -> Step<Option<Overrun>> {
        if let Err(problem) = self.check(request) {
            return Step::refuse(problem);
        }
        if request.body().is_end_stream() {
            return Step::Go(None);
        }
        let (body, overrun) = limit(std::mem::take(request.body_mut()), self.0.body_bytes);
        *request.body_mut() = body;
        Step::Go(Some(overrun))
    }

    fn after(&self, kept: Option<Overrun>, response: &mut Response) {
        // Whatever a handler made of the broken body: this is what was wrong.
        if kept.is_some_and(|overrun| overrun.happened()) {
            let problem = self.body_too_large();
            *response.status_mut() = problem.status();
            // The layer that renders problems does the rest; CORS and quota headers stay.
            response.extensions_mut().insert(problem);
        }
    }
}

fn too_large(code: Code, max: u64, unit: &str) -> Problem {
    Problem::new(code).with_detail(format!("at most {max} {unit}"))
}

fn check_repeats(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.len() == headers.keys_len() {
        return Ok(());
    }
    match ONCE.iter().find(|&name| headers.get_all(name).iter().nth(1).is_some()) {
        None => Ok(()),
        Some(name) => Err(Problem::new(Code::BadRequest).with_detail(format!("`{name}` stands more than once"))),
    }
}

/// The declared length, in bytes: digits only (RFC 9110 section 8.6).
fn content_length(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
    let digits = value.as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Problem::new(Code::BadRequest).with_detail("`content-length` is not a number"));
    }
    // More digits than fit are more bytes than fit.
    let length = digits.iter().try_fold(0u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    Ok(Some(length.unwrap_or(u64::MAX)))
}
