//! The answer's own head: its status, and the headers that the declaration takes from inputs and from what calls answered.
//!
//! A value can add to the header that it is declared for and to nothing else: in a URL it is encoded, elsewhere characters that
//! could end the value are refused. A header that cannot be written is left out; the answer stands.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use trefoil_context::RequestContext;

use crate::declare::HeadPlace;
use crate::inputs::Inputs;
use crate::plan::{Plan, PlannedLine, Source};
use crate::render::{self, NotMade, Value};
use crate::run::State;

/// The most bytes of a line. Browsers drop longer cookies (RFC 6265bis section 5.6), and many servers on the way longer headers.
const LONGEST: usize = 4096;

/// Puts the head on an answer.
pub(crate) fn put(
    mut response: Response,
    plan: &Plan,
    inputs: &Inputs,
    state: &State,
    context: &RequestContext,
) -> Response {
    // An answer that became another status, such as 304, keeps it.
    if response.status() == StatusCode::OK {
        *response.status_mut() = plan.status;
    }
    if plan.head.is_empty() {
        return response;
    }
    // Top-level calls belong to the one object of the outermost site.
    let value = |source: Source| inputs.value(source).unwrap_or_else(|| state.value(plan, 0, 0, source));
    let headers = response.headers_mut();
    let mut links = String::new();
    for line in &plan.head {
        let text = match text(line, &value) {
            Ok(text) if text.len() <= LONGEST => text,
            Err(NotMade::Null) => continue,
            Ok(_) => {
                left_out(plan, line, context, "it would be longer than 4,096 bytes");
                continue;
            }
            Err(NotMade::Unfit(what)) => {
                left_out(plan, line, context, what);
                continue;
            }
        };
        if let HeadPlace::Link { .. } = line.place {
            let separator = if links.is_empty() { "" } else { ", " };
            links.push_str(separator);
            links.push_str(&text);
            continue;
        }
        // What `text` lets through makes a header.
        let Ok(text) = HeaderValue::try_from(text) else { continue };
        match &line.place {
            HeadPlace::Location | HeadPlace::Link { .. } => drop(headers.insert(header::LOCATION, text)),
            HeadPlace::Cookie { .. } => {
                headers.append(header::SET_COOKIE, text);
                // A cookie is for one caller, and no cache is to hand it to the next.
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            HeadPlace::Header(name) => drop(headers.insert(name, text)),
        }
    }
    if let Some(links) = HeaderValue::try_from(links).ok().filter(|links| !links.is_empty()) {
        headers.insert(header::LINK, links);
    }
    response
}

/// The text of a line, or why there is none.
fn text(line: &PlannedLine, value: &impl Fn(Source) -> Value) -> Result<String, NotMade> {
    let plain = || Ok(render::plain(&line.value, value)?.ok_or(NotMade::Null)?.into_owned());
    match &line.place {
        HeadPlace::Location => render::link(&line.value, value),
        HeadPlace::Link { rel } => Ok(format!("<{}>; rel=\"{rel}\"", render::link(&line.value, value)?)),
        HeadPlace::Cookie { name, attributes } => {
            let text: String = plain()?;
            if !text.bytes().all(is_cookie_octet) {
                return Err(NotMade::Unfit("a value has characters that no cookie can carry"));
            }
            Ok(format!("{name}={text}{attributes}"))
        }
        HeadPlace::Header(_) => {
            let text: String = plain()?;
            // RFC 9110 section 5.5: blanks at the ends are no part of a value.
            if !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || text.trim() != text {
                return Err(NotMade::Unfit("a value has characters that no header can carry"));
            }
            Ok(text)
        }
    }
}

/// RFC 6265 section 4.1.1: visible ASCII without `"`, `,`, `;` and `\`.
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b';' | b'\\')
}

/// The value itself is not logged: it may be a secret.
fn left_out(plan: &Plan, line: &PlannedLine, context: &RequestContext, detail: &str) {
    let header = match &line.place {
        HeadPlace::Location => "location",
        HeadPlace::Link { .. } => "link",
        HeadPlace::Cookie { .. } => "set-cookie",
        HeadPlace::Header(name) => name.as_str(),
    };
    tracing::warn!(
        target: "trefoil::head",
        endpoint = plan.name,
        header,
        detail,
        request_id = context.id.as_str(),
        trace_id = format_args!("{:032x}", context.trace.trace_id),
        "a header was left out of an answer"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_takes_only_what_cannot_end_its_value() {
        for byte in 0..=u8::MAX {
            // The ranges of the RFC.
            let fits = matches!(byte, 0x21 | 0x23..=0x2B | 0x2D..=0x3A | 0x3C..=0x5B | 0x5D..=0x7E);
            assert_eq!(is_cookie_octet(byte), fits, "{byte:#x}");
        }
    }
}
