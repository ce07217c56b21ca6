//! What the three backends answer: bodies that hold just what the screen shows, in its order, so that a body passed through, one
//! projected and one parsed and written anew are the same bytes.

use std::fmt::Write as _;

/// The paths of the three calls, in the order of the screen's members.
pub const PATHS: [&str; 3] = ["/profile", "/orders", "/picks"];

/// The members of the screen, in order.
pub const MEMBERS: [&str; 3] = ["profile", "orders", "picks"];

/// The bodies, in the order of [`PATHS`].
pub fn bodies() -> [String; 3] {
    [profile(), orders(), picks()]
}

/// The answer that every contestant must give.
pub fn screen() -> String {
    let mut text = String::from("{");
    for (member, body) in MEMBERS.iter().zip(bodies()) {
        let comma = if text.len() > 1 { "," } else { "" };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}\"{member}\":{body}");
    }
    text.push('}');
    text
}

fn profile() -> String {
    r#"{"id":"u-1001","name":"Ada Lovelace","email":"ada.lovelace@analytical-engines.example","phone":"+44 20 7946 0123","segment":"connoisseurs","member_since":"2019-12-10","street":"1012 St James's Square","city":"Greenwich","country":"GB","loyalty":{"tier":"gold","points":18150}}"#
        .to_owned()
}

fn orders() -> String {
    let order = |number: usize| {
        let line = |line: usize| {
            format!(
                r#"{{"product_id":{},"title":"Part number {line}","quantity":{line},"unit_price":12.5}}"#,
                400 + number * 10 + line
            )
        };
        format!(
            r#"{{"id":{},"number":"A-2026-{number:04}","placed_at":"2026-11-{:02}T09:30:00Z","status":"shipped","currency":"EUR","total":37.5,"lines":[{},{}]}}"#,
            70_000 + number,
            24 - number,
            line(1),
            line(2),
        )
    };
    list(5, order)
}

fn picks() -> String {
    let pick = |number: usize| {
        format!(
            r#"{{"product_id":{},"title":"A thing you may like, {number}","price":19.9,"rating":4.5,"picture":"/pictures/{number}.webp","in_stock":true}}"#,
            500 + number
        )
    };
    list(8, pick)
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (1..=count).map(item).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_of_three_small_bodies() {
        let sizes = bodies().map(|body| body.len());
        assert_eq!(sizes, [276, 1_391, 993]);
        assert_eq!(screen().len(), 2_691);
        let screen: serde_json::Value = serde_json::from_str(&screen()).unwrap();
        assert_eq!(screen["orders"][4]["lines"][1]["unit_price"], 12.5);
    }
}
