//! The headers that every call carries beside the declared ones. Only these and the declared ones are sent.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use trefoil_context::{
    ATTEMPT_HEADER, IdentityHeaders, REQUEST_ID_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER,
};

use crate::client::CallFailure;
use crate::signal::Propagated;
use crate::stack::Wanted;

/// The headers of a backend's calls, without their values. Finding a header's place in a map costs several times what copying the map
/// does, so the places are found once.
#[derive(Debug)]
pub(crate) struct Headers {
    anonymous: HeaderMap,
    /// With who asks.
    named: HeaderMap,
}

impl Headers {
    pub(crate) fn new(identity: &IdentityHeaders) -> Headers {
        let own =
            [header::ACCEPT, TIMEOUT_HEADER, ATTEMPT_HEADER, TRACEPARENT_HEADER, REQUEST_ID_HEADER].map(without_value);
        let who = [&identity.caller, &identity.scopes].map(|name| without_value(name.clone()));
        let anonymous = HeaderMap::from_iter(own);
        let mut named = anonymous.clone();
        named.extend(who);
        Headers { anonymous, named }
    }

    /// The headers of an attempt: the declared ones, who asks, how long is left, which attempt it is, where the call stands in the
    /// trace, and whether the answer may be compressed. A declared header of the same name loses. A call that is shared is sent without
    /// a word of who asks. Where no whole millisecond is left it is not sent.
    pub(crate) fn of(&self, wanted: &Wanted<'_>, attempt: u32, trace: Propagated) -> Result<HeaderMap, CallFailure> {
        let unsendable = |_| CallFailure::Unsendable("the caller's id or scopes fit no header");
        let caller = wanted.context.caller.as_ref().filter(|_| !wanted.shared);
        let who = caller.map(|caller| caller.to_headers()).transpose().map_err(unsendable)?;
        let left = wanted.deadline.remaining().as_millis();
        // Nobody would wait for the answer: what is not begun is not done for nothing, and a write not behind its caller's back.
        if left == 0 {
            return Err(CallFailure::Timeout);
        }
        let own = [
            HeaderValue::from_static("application/json"),
            HeaderValue::from(u64::try_from(left).unwrap_or(u64::MAX)),
            // As a rule it is the first.
            if attempt == 1 { HeaderValue::from_static("1") } else { HeaderValue::from(attempt) },
            trace.traceparent,
            wanted.context.id.to_header(),
        ];
        let names = if who.is_some() { &self.named } else { &self.anonymous };
        let mut headers = filled(names, own.into_iter().chain(who.into_iter().flatten()));
        self.declare(&mut headers, &wanted.headers);
        if wanted.max_inflate_ratio.is_some() {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        if let Some(tracestate) = trace.tracestate {
            headers.insert(TRACESTATE_HEADER, tracestate);
        }
        Ok(headers)
    }

    /// Adds the declared ones. Of ours they may say another `Accept`. Who asks they cannot say, whether somebody asks or not.
    fn declare(&self, headers: &mut HeaderMap, declared: &HeaderMap) {
        if declared.contains_key(header::ACCEPT) {
            headers.remove(header::ACCEPT);
        }
        for (name, value) in declared {
            if *name == header::ACCEPT || !self.named.contains_key(name) {
                headers.append(name, value.clone());
            }
        }
    }
}

/// A copy has its values where the original has them, in the order in which they came.
fn filled(names: &HeaderMap, values: impl Iterator<Item = HeaderValue>) -> HeaderMap {
    let mut headers = names.clone();
    headers.values_mut().zip(values).for_each(|(place, value)| *place = value);
    headers
}

fn without_value(name: HeaderName) -> (HeaderName, HeaderValue) {
    (name, HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_comes_under_its_own_name() {
        let headers = Headers::new(&IdentityHeaders::default());
        for (names, count) in [(&headers.anonymous, 5), (&headers.named, 7)] {
            let order = [
                header::ACCEPT,
                TIMEOUT_HEADER,
                ATTEMPT_HEADER,
                TRACEPARENT_HEADER,
                REQUEST_ID_HEADER,
                HeaderName::from_static("trefoil-caller"),
                HeaderName::from_static("trefoil-scopes"),
            ];
            let filled = filled(names, order.iter().map(|name| HeaderValue::from_str(name.as_str()).unwrap()));
            assert_eq!(filled.len(), count);
            assert!(filled.iter().all(|(name, value)| name.as_str() == value));
            assert!(filled.keys().all(|name| filled.get(name).unwrap() == name.as_str()));
        }
    }

    #[test]
    fn a_declared_header_says_neither_who_asks_nor_which_attempt_it_is() {
        let headers = Headers::new(&IdentityHeaders::default());
        let mut sent = headers.anonymous.clone();
        let declared = ["accept", "trefoil-caller", "trefoil-attempt", "x-declared"];
        let value = HeaderValue::from_static("declared");
        let declared = declared.map(|name| (HeaderName::from_static(name), value.clone())).into_iter().collect();
        headers.declare(&mut sent, &declared);
        let said: Vec<&str> = sent.iter().filter(|(_, said)| **said == value).map(|(name, _)| name.as_str()).collect();
        assert_eq!(said, ["accept", "x-declared"]);
    }
}
