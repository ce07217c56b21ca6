//! An enum of views: what says which it is, and what a variant can be.

extern crate trefoil_composition as trefoil;

use trefoil::view;

#[view]
pub struct Card {
    pub last4: String,
}

#[view]
pub enum NoTag {
    Card(Card),
}

#[view]
#[serde(tag = "type")]
pub enum Kinds {
    Cash,
    Card { last4: String },
    Two(Card, Card),
}

#[view]
#[serde(tag = "type")]
pub enum NoViews {
    Text(String),
    Maybe(Option<Card>),
}

#[view]
#[serde(tag = "type", content = "value")]
pub enum Adjacent {
    Card(Card),
}

#[view]
#[serde(untagged)]
pub enum Untagged {
    Card(Card),
}

#[view]
#[serde(tag = "type")]
pub enum Other {
    Card(Card),
    #[serde(other)]
    Unknown,
}

#[view]
#[serde(tag = "type")]
pub struct Tagged {
    pub last4: String,
}

fn main() {}
