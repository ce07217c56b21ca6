//! What is too large, comes too slowly, or says one thing twice, is refused before anything else looks at it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderName, header};
use tokio::time::Instant;
use trefoil_context::{Code, Problem, RequestContext};

use crate::LimitsConfig;
use crate::around::{Around, Step};
use crate::body_limit::{self, Overrun};
use crate::body_timeout::{self, Late};
use crate::host;

/// Headers that may stand once: two parties could each believe another one.
const ONCE: [HeaderName; 4] = [header::AUTHORIZATION, header::HOST, header::CONTENT_LENGTH, header::CONTENT_TYPE];

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct Limit(Arc<LimitsConfig>);

/// What may become of a body while it is read.
pub(crate) struct Watched {
    overrun: Overrun,
    late: Late,
}

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
        host::check(request)?;
        check_coding(headers)?;
        if content_length(headers)?.is_some_and(|length| length > self.0.body_bytes) {
            return Err(self.body_too_large());
        }
        Ok(())
    }

    fn body_too_large(&self) -> Problem {
        too_large(Code::BodyTooLarge, self.0.body_bytes, "bytes")
    }

    /// When the whole body must be here: the caller's own deadline, if that is earlier.
    fn body_until(&self, request: &Request) -> Instant {
        let context = request.extensions().get::<RequestContext>();
        let arrived = context.map_or_else(Instant::now, |context| context.arrived);
        let until = arrived + Duration::from_millis(self.0.body_timeout_ms);
        let deadline = context.and_then(|context| context.deadline);
        deadline.map_or(until, |deadline| until.min(deadline.instant()))
    }
}

impl Around for Limit {
    type Kept = Option<Watched>;

    fn before(&self, request: &mut Request) -> Step<Option<Watched>> {
        if let Err(problem) = self.check(request) {
            return Step::refuse(problem);
        }
        if request.body().is_end_stream() {
            return Step::Go(None);
        }
        let until = self.body_until(request);
        let (body, late) = body_timeout::expect(std::mem::take(request.body_mut()), until);
        let (body, overrun) = body_limit::limit(body, self.0.body_bytes);
        *request.body_mut() = body;
        Step::Go(Some(Watched { overrun, late }))
    }

    fn after(&self, kept: Option<Watched>, response: &mut Response) {
        let Some(watched) = kept else { return };
        // Whatever a handler made of the broken body: this is what was wrong.
        let problem = if watched.overrun.happened() {
            self.body_too_large()
        } else if watched.late.happened() {
            Problem::new(Code::RequestTimeout).with_detail("the body did not arrive in time")
        } else {
            return;
        };
        *response.status_mut() = problem.status();
        // The layer that renders problems does the rest; CORS and quota headers stay.
        response.extensions_mut().insert(problem);
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

/// `chunked` is the one transfer coding that is undone here; under any other, the body would not be what it seems (RFC
/// 9112 section 6.1).
fn check_coding(headers: &HeaderMap) -> Result<(), Problem> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err(Problem::new(Code::BadRequest).with_detail("`transfer-encoding` must be `chunked`")),
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
