//! What came back over the wire.

use serde_json::Value;

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    /// From sending to the last byte.
    pub(crate) took: std::time::Duration,
}

impl Answer {
    /// Sends a request and reads all of the answer.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Answer {
        let started = std::time::Instant::now();
        let response = request.send().await.expect("the gateway answers");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("the answer is whole");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, headers, text, took: started.elapsed() }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("visible ASCII"))
    }

    /// Checks that it is a problem with this status and code, whole in every way that a problem must be.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.header("content-type")),
            (status, Some("application/problem+json")),
            "{}",
            self.text
        );
        let problem = self.json();
        assert_eq!(problem["code"], code, "{}", self.text);
        assert_eq!(problem["status"], status, "{}", self.text);
        assert!(problem["title"].is_string() && problem["type"].is_string(), "{}", self.text);
        assert_eq!(problem["requestId"].as_str(), self.header("x-request-id"), "{}", self.text);
        assert!(problem["requestId"].is_string(), "{}", self.text);
    }
}
