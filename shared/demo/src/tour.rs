//! What is printed once all is up: what to try, what to open, how to break it and how to mend it.

use std::fmt::Write as _;
use std::io::IsTerminal as _;

use crate::ready::Ready;

/// How headings and asides are set off. Without a terminal, not at all.
struct Ink {
    bold: &'static str,
    dim: &'static str,
    off: &'static str,
}

/// The tour, for standard output as it is.
pub(crate) fn tour(ready: &Ready<'_>) -> String {
    // https://no-color.org asks for the variable to be looked at; only `server` reads the environment, and bold and dim
    // are no colours.
    let ink = if std::io::stdout().is_terminal() {
        Ink { bold: "\x1b[1m", dim: "\x1b[2m", off: "\x1b[0m" }
    } else {
        Ink { bold: "", dim: "", off: "" }
    };
    text(ready, &ink)
}

fn text(ready: &Ready<'_>, Ink { bold, dim, off }: &Ink) -> String {
    let Ready { public, tls, admin, issuer, screen, backends, tokens, tls_ca } = ready;
    let backend = |name| backends.get(name).map(String::as_str).unwrap_or_default();
    let token = |name| tokens.get(name).map(String::as_str).unwrap_or_default();
    let (recommendations, users) = (backend("recommendations"), backend("users"));
    let ca = tls_ca.display();
    let mut tour = format!(
        r#"
{bold}The shop is open.{off} Ctrl-C closes it.

{bold}Tokens, good for 12 hours.{off} Paste these first:
{dim}WEB={web}
MOBILE={mobile}
PARTNER={partner}{off}

{bold}One screen, three backends, one round trip{off}
  curl -i {public}/web/home -H "Authorization: Bearer $WEB"

{bold}More{off}
  curl -s {public}/web/products/7 -H "Authorization: Bearer $WEB"
  curl -s "{public}/mobile/orders?limit=3" -H "Authorization: Bearer $MOBILE"
  curl -N {public}/web/home -H "Authorization: Bearer $WEB" -H "Accept: text/event-stream"
  curl -s "{public}/partner/inventory?limit=3" -H "Authorization: Bearer $PARTNER"
  curl -s {public}/web/graphql -H "Authorization: Bearer $WEB" -H "Content-Type: application/json" \
    -d '{{"query": "{{ home {{ profile {{ name }} picks {{ name price }} }} }}"}}'
  curl -s --cacert {ca} {tls}/web/home -H "Authorization: Bearer $WEB"
  An order. Sent again with the same key, it is the same order; with another basket, a 422.
  curl -i {public}/web/orders -H "Authorization: Bearer $WEB" -H "Idempotency-Key: my-first-order" \
    -H "Content-Type: application/json" -d '{{"lines": [{{"productId": 7, "quantity": 2}}]}}'

{bold}Pages{off}
  {screen}  a screen that fills in part by part, with knobs to break it
  {public}/web/docs       the API; also /mobile/docs, /partner/docs
  {public}/web/graphql    the same data, in an explorer
  {admin}/metrics        what is counted

{bold}Break it{off}
  {dim}Suggestions become slow. The home screen comes in time, without them, and says so: Trefoil-Degraded.{off}
  curl -s {recommendations}/_control -d '{{"latency_ms": 500}}'
  {dim}Every fifth call to users fails. The home screen is whole: it tries that call again, and /metrics counts it.{off}
  curl -s {users}/_control -d '{{"failure_rate": 0.2, "status": 503}}'
  {dim}Users are gone. There is no home screen without them: 503, and a problem that names the field. After three
  such screens users are not even asked: their breaker is open.{off}
  curl -s {users}/_control -d '{{"down": true}}'
  {dim}All well again. An open breaker finds out after five seconds, by one call.{off}
  curl -s {recommendations}/_control -d '{{"reset": true}}'; curl -s {users}/_control -d '{{"reset": true}}'

{bold}The shop's backends{off} {dim}(each has /_control, and /_last: what the gateway sent){off}
"#,
        web = token("web"),
        mobile = token("mobile"),
        partner = token("partner"),
    );
    for (name, url) in *backends {
        // Writing to a string cannot fail.
        let _ = writeln!(tour, "  {name:<16} {url}");
    }
    let _ = writeln!(tour, "  {:<16} {issuer}", "issuer");
    let _ = writeln!(tour, "\n{dim}A token for somebody else, or for a minute:{off}");
    let _ = writeln!(tour, "  curl -s {issuer}/token -d client_id=web -d client_secret=demo -d sub=u-1007 -d ttl_s=60");
    tour
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn without_a_terminal_there_are_no_escapes_and_every_place_is_named() {
        let backends = ["users", "recommendations"].map(|name| (name, format!("http://{name}")));
        let (backends, tokens) = (BTreeMap::from(backends), BTreeMap::from([("web", "ey.web".to_owned())]));
        let ready = Ready {
            public: "http://public".to_owned(),
            tls: "https://tls".to_owned(),
            admin: "http://admin".to_owned(),
            issuer: "http://issuer",
            screen: "http://screen",
            backends: &backends,
            tokens: &tokens,
            tls_ca: "/tmp/ca.pem".into(),
        };
        let text = text(&ready, &Ink { bold: "", dim: "", off: "" });
        assert!(!text.contains('\x1b'));
        for place in [
            "WEB=ey.web",
            "http://public/web/home",
            "https://tls/",
            "http://admin/",
            "http://screen  ",
            "http://issuer/token",
        ] {
            assert!(text.contains(place), "{place}");
        }
        assert!(text.contains(r#"http://recommendations/_control -d '{"latency_ms": 500}'"#));
        assert!(text.lines().all(|line| line.chars().count() < 120), "short lines");
    }
}
