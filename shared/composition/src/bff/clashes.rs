//! What no single declaration can see: two endpoints, views or fields that would have one name, and views that stand where
//! they cannot do what they say.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;

use super::Bff;
use crate::calls;
use crate::names::endpoint_name;
use crate::openapi::{choice, raw};
use crate::plan::DeclarationError;
use crate::shape::{ChoiceShape, FieldShape, ObjectShape, Shape};

/// Something that has a route, under the name by which its author knows it.
struct Routed<'a> {
    name: &'a str,
    method: &'a Method,
    path: &'a str,
}

impl Bff {
    /// Everything of the kind, at once.
    pub(super) fn clashes(&self) -> Vec<DeclarationError> {
        let mut errors = Vec::new();
        let mut clash = |place: &str, reason: String| errors.push(DeclarationError { place: place.to_owned(), reason });
        for handler in &self.handlers {
            handler.faults().into_iter().for_each(|fault| clash(&handler.name, fault));
        }
        let routes = self.routed();
        for (index, one) in routes.iter().enumerate() {
            for other in &routes[..index] {
                if endpoint_name(one.name) == endpoint_name(other.name) {
                    clash(one.name, format!("two endpoints of `{}` have this name; rename one", self.name));
                } else if one.path != other.path && shape_of_path(one.path) == shape_of_path(other.path) {
                    let reason = format!(
                        "`{}` names the parameters of `{}` differently; use the same names",
                        one.path, other.path
                    );
                    clash(one.name, reason);
                } else if one.method == other.method && one.path == other.path {
                    let reason = format!("`{} {}` is answered by `{}` already", one.method, one.path, other.name);
                    clash(one.name, reason);
                }
            }
            if RESERVED.contains(&one.path.split('/').nth(1).unwrap_or_default()) {
                clash(one.name, format!("`{}` is taken by the BFF's own pages; choose another path", one.path));
            }
        }
        self.types(&mut clash);
        for view in self.shapes.endless() {
            let reason = "it would be flattened into itself, without end; give the inner one a field of its own";
            clash(&view.name, reason.to_owned());
        }
        for (_, choice) in self.shapes.choices() {
            self.variants(choice, &mut clash);
        }
        for (_, object) in self.shapes.objects() {
            self.fields(object, &mut clash);
        }
        errors
    }

    /// What is routed: endpoints, then handlers.
    fn routed(&self) -> Vec<Routed<'_>> {
        let endpoints =
            self.declarations.iter().map(|one| Routed { name: &one.type_name, method: &one.method, path: &one.path });
        let handlers = self.handlers.iter().map(|one| Routed { name: &one.name, method: &one.method, path: &one.path });
        endpoints.chain(handlers).collect()
    }

    /// Documents know types by name.
    fn types(&self, clash: &mut Clash<'_>) {
        let views = self.shapes.objects().map(|(_, object)| object.name.clone());
        let mut names = BTreeSet::new();
        let enums = self.shapes.enums().map(|(_, shape)| shape.name.clone());
        for name in views.chain(enums).chain(self.shapes.choices().map(|(_, choice)| choice.name.clone())) {
            if !names.insert(name.clone()) {
                clash(&name, "two types have this name, and documents know types by name; rename one".to_owned());
            }
        }
        for name in raw::names(&self.shapes).intersection(&names) {
            clash(name, "documents have this name for a view in a `Raw`; rename one of the two".to_owned());
        }
        for name in choice::names(&self.shapes).intersection(&names) {
            clash(name, "documents have this name for a variant of an enum; rename one of the two".to_owned());
        }
    }

    /// GraphQL tells variants apart by their types, JSON by a member beside theirs.
    fn variants(&self, choice: &ChoiceShape, clash: &mut Clash<'_>) {
        let tag = choice.client_tag(self.naming);
        for (number, variant) in choice.variants.iter().enumerate() {
            let view = self.shapes.get(variant.object);
            if choice.variants[..number].iter().any(|other| other.object == variant.object) {
                let reason = format!(
                    "two variants are a `{}`, and GraphQL tells them apart by their types; give each a view of its own",
                    view.name
                );
                clash(&choice.name, reason);
            }
            for field in &view.fields {
                let backends = field.call.is_none() && field.wire.contains(&choice.tag);
                if backends || (!field.hidden && field.client_name(self.naming) == tag) {
                    let reason = format!(
                        "`{}.{}` has the name of the tag; rename it, or leave it out: the tag is in every answer",
                        view.name, field.rust
                    );
                    clash(&choice.name, reason);
                }
            }
        }
    }

    fn fields(&self, object: &ObjectShape, clash: &mut Clash<'_>) {
        let (mut names, mut wires) = (BTreeSet::new(), BTreeMap::new());
        for field in &object.fields {
            let name = field.client_name(self.naming);
            if !field.hidden && !names.insert(name.clone()) {
                clash(&object.name, format!("two fields are `{name}` to clients; rename one"));
            }
            for name in field.wire.iter().filter(|_| field.call.is_none()) {
                if let Some(other) = wires.insert(name, &field.rust) {
                    let reason = format!(
                        "the backend's `{name}` would fill both `{other}` and `{}`, one of them by `flatten`; rename one",
                        field.rust
                    );
                    clash(&object.name, reason);
                }
            }
            if let Some(why) = nothing_to_read(field) {
                clash(&object.name, format!("`{}` {why}", field.rust));
            }
            if let Some(what) = self.never_called(&field.shape) {
                let reason = format!("`{}` is {what}, and calls in it would not be made; use a list", field.rust);
                clash(&object.name, reason);
            }
        }
    }

    /// What the shape is, or has in it, where calls are not made though there are some.
    fn never_called(&self, shape: &Shape) -> Option<&'static str> {
        let calling =
            |inner: &Shape| self.shapes.views(inner).into_iter().any(|id| calls::leads_to_calls(&self.shapes, id));
        match shape {
            Shape::Map(inner) if calling(inner) => Some("a map of views with calls"),
            Shape::Raw(inner) if calling(inner) => Some("a raw view with calls"),
            Shape::Map(inner) | Shape::List(inner) | Shape::Nullable(inner) => self.never_called(inner),
            _ => None,
        }
    }
}

/// Why `()` cannot stand in a field, if it does: it says that a call succeeded, and no value is one.
fn nothing_to_read(field: &FieldShape) -> Option<&'static str> {
    let envelope = field.call.as_ref().is_some_and(|call| !call.at.is_empty());
    if field.shape.has_nothing_in_it() {
        Some("has `()` inside of something, and there is no such value; write `()` or `Option<()>`")
    } else if !field.shape.is_nothing() {
        None
    } else if field.call.is_none() {
        Some("is `()`, and no call fills it, so it would say nothing; drop it, or give it a `#[call(…)]`")
    } else if envelope {
        Some("is `()`, whose answer is not read, and `at` would look into it; drop `at`, or give it a type")
    } else {
        None
    }
}

/// Takes the place and what is wrong there.
type Clash<'a> = dyn FnMut(&str, String) + 'a;

/// First segments that the BFF serves itself.
const RESERVED: [&str; 3] = ["openapi.json", "docs", "graphql"];

fn shape_of_path(path: &str) -> Vec<&str> {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect()
}
