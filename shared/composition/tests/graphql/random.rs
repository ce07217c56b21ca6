//! Whatever is selected, the data is that part of REST's answer.

use serde_json::{Map, Value};

use crate::shop::{ask_with, kit, well};

/// A field of a type, and the type that it leads to.
type Fields = &'static [(&'static str, &'static str)];

fn fields(of: &str) -> Fields {
    match of {
        "Home" => &[
            ("profile", "Profile"),
            ("orders", "Order"),
            ("picks", ""),
            ("translation", ""),
            ("banner", ""),
            ("footer", ""),
        ],
        "Profile" => &[("name", ""), ("segment", ""), ("nickName", ""), ("tier", "")],
        "Order" => &[("id", ""), ("total", ""), ("placedAt", ""), ("lines", "Line"), ("labels", ""), ("parcels", "")],
        "Line" => &[("sku", ""), ("quantity", ""), ("note", "Note")],
        _ => &[("text", "")],
    }
}

/// One selected field: its response key, its name, its type, what is selected of it.
struct Selected(String, &'static str, &'static str, Vec<Selected>);

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// Writes a selection set, and says what of it is shown.
    fn set(&mut self, of: &'static str, text: &mut String, depth: usize) -> Vec<Selected> {
        let mut shown = Vec::new();
        text.push_str("{ ");
        for _ in 0..=self.below(3) {
            if depth < 6 && self.below(5) == 0 {
                let (condition, show) =
                    [("", true), (" @include(if: true)", true), (" @skip(if: true)", false)][self.below(3)];
                *text += &format!("... on {of}{condition} ");
                let inside = self.set(of, text, depth + 1);
                shown.extend(inside.into_iter().filter(|_| show));
                continue;
            }
            let (name, leads_to) = fields(of)[self.below(fields(of).len())];
            let (condition, show) =
                [("", true), (" @skip(if: false)", true), (" @include(if: false)", false)][self.below(3)];
            let key = if self.below(3) == 0 { format!("a{}_{name}", self.below(2)) } else { name.to_owned() };
            let alias = if key == name { String::new() } else { format!("{key}: ") };
            *text += &format!("{alias}{name}{condition} ");
            let inside = if leads_to.is_empty() { Vec::new() } else { self.set(leads_to, text, depth + 1) };
            if show {
                shown.push(Selected(key, name, leads_to, inside));
            }
        }
        text.push_str("} ");
        shown
    }
}

/// That part of a whole value.
fn part(whole: &Value, shown: &[&Selected]) -> Value {
    match whole {
        Value::Array(items) => items.iter().map(|item| part(item, shown)).collect(),
        Value::Object(members) => {
            let mut object = Map::new();
            for Selected(key, name, leads_to, _) in shown {
                let same: Vec<&Selected> =
                    shown.iter().filter(|other| other.0 == *key).flat_map(|other| &other.3).collect();
                let value = &members[*name];
                object.insert(key.clone(), if leads_to.is_empty() { value.clone() } else { part(value, &same) });
            }
            object.into()
        }
        other => other.clone(),
    }
}

#[tokio::test(start_paused = true)]
async fn any_selection_is_that_part_of_the_rest_answer() {
    let kit = kit(&well());
    let rest = kit.get("/home").await.json();
    for seed in 0..400 {
        let mut query = String::from("{ home ");
        let shown = Numbers(seed).set("Home", &mut query, 0);
        query.push('}');
        let answer = ask_with(&kit, &query, serde_json::json!({})).await;
        let expected = part(&rest, &shown.iter().collect::<Vec<_>>());
        assert_eq!(answer.json(), serde_json::json!({ "data": { "home": expected } }), "{query}");
    }
}
