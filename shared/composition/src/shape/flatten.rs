//! serde's `flatten`: the fields of a view stand in another one, in place of a field. They are copied into its description, with
//! the way that references take to them, so that nothing else need know of it.

use super::{FieldShape, ObjectShape, Shape, Shaped, Shapes};
use crate::declare::{Application, Derived, Fan, Json, Piece, Reference, Root, Supply, Template};
use crate::refer::WholeView;

impl Shapes {
    /// The fields of the view `T` where they stand in another one, in place of its field `rust`. What they need that the other
    /// one supplies is that; what else they need, it needs.
    pub fn flattened<T: Shaped + WholeView>(&mut self, rust: &str, supply: &[Supply]) -> Vec<FieldShape> {
        let Shape::Object(id) = T::shape(self) else { return Vec::new() };
        if self.open.contains(&id) {
            self.endless.push(id);
        }
        let mut fields = self.objects[id.0].fields.clone();
        for field in &mut fields {
            field.under.insert(0, rust.to_owned());
            let own = references(field).into_iter().filter(|reference| reference.root == Root::Field);
            own.for_each(|reference| reference.path.insert(0, rust.to_owned()));
            references(field).into_iter().for_each(|reference| supplied(reference, supply));
            let outer = supply.iter().filter(|one| !field.supply.iter().any(|inner| inner.need == one.need));
            let outer: Vec<Supply> = outer.cloned().collect();
            field.supply.extend(outer);
        }
        let needs = self.objects[id.0].needs.iter();
        let needs = needs.filter(|need| !supply.iter().any(|one| one.need == need.name)).cloned().collect();
        self.add_needs(needs);
        fields
    }

    /// The views that would be flattened into themselves.
    pub(crate) fn endless(&self) -> impl Iterator<Item = &ObjectShape> {
        self.endless.iter().map(|&id| self.get(id))
    }
}

impl FieldShape {
    /// What of a path of Rust names is left below this field, if the path leads to it.
    pub(crate) fn rest<'a>(&self, path: &'a [String]) -> Option<&'a [String]> {
        let (first, rest) = path.strip_prefix(self.under.as_slice())?.split_first()?;
        (*first == self.rust).then_some(rest)
    }
}

/// Every reference by which a field is filled, and those of what it supplies.
fn references(field: &mut FieldShape) -> Vec<&mut Reference> {
    let mut found = Vec::new();
    if let Some(call) = &mut field.call {
        templates(std::iter::once(&mut call.path), &mut found);
        templates(call.query.iter_mut().map(|(_, value)| value), &mut found);
        templates(call.headers.iter_mut().map(|(_, value)| value), &mut found);
        templates(call.cache.iter_mut().flat_map(|cache| &mut cache.tags), &mut found);
        call.body.iter_mut().for_each(|body| json(body, &mut found));
        if let Fan::Batch { key, .. } = &mut call.fan {
            found.push(key);
        }
        call.when.iter_mut().for_each(|when| arguments(when, &mut found));
    }
    match &mut field.derived {
        Some(Derived::Header { of, .. }) => found.push(of),
        Some(Derived::Computed(application)) => arguments(application, &mut found),
        None => {}
    }
    found.extend(field.supply.iter_mut().map(|supply| &mut supply.value));
    found
}

/// A reference to a need becomes one to what is supplied for it.
fn supplied(reference: &mut Reference, supply: &[Supply]) {
    let is_it = |one: &&Supply| reference.root == Root::Needs && reference.path.first() == Some(&one.need);
    if let Some(one) = supply.iter().find(is_it) {
        let path = one.value.path.iter().chain(&reference.path[1..]).cloned().collect();
        *reference = Reference { root: one.value.root, path };
    }
}

fn templates<'f>(templates: impl Iterator<Item = &'f mut Template>, found: &mut Vec<&'f mut Reference>) {
    for piece in templates.flat_map(|template| &mut template.0) {
        if let Piece::Reference(reference) = piece {
            found.push(reference);
        }
    }
}

fn json<'f>(body: &'f mut Json, found: &mut Vec<&'f mut Reference>) {
    match body {
        Json::Literal(_) => {}
        Json::Value(reference) => found.push(reference),
        Json::Text(template) => templates(std::iter::once(template), found),
        Json::Object(members) => members.iter_mut().for_each(|(_, value)| json(value, found)),
    }
}

fn arguments<'f>(application: &'f mut Application, found: &mut Vec<&'f mut Reference>) {
    found.extend(application.arguments.iter_mut().map(|argument| &mut argument.reference));
}
