//! What no single declaration can see: two endpoints, views or fields that would have one name, and views that stand where
//! they cannot do what they say.

use std::collections::BTreeSet;

use super::Bff;
use crate::calls;
use crate::openapi::raw;
use crate::plan::DeclarationError;
use crate::shape::{ObjectShape, Shape};

impl Bff {
    /// Everything of the kind, at once.
    pub(super) fn clashes(&self) -> Vec<DeclarationError> {
        let mut errors = Vec::new();
        let mut clash = |place: &str, reason: String| errors.push(DeclarationError { place: place.to_owned(), reason });
        for (index, one) in self.declarations.iter().enumerate() {
            for other in &self.declarations[..index] {
                if one.type_name == other.type_name {
                    clash(&one.type_name, format!("two endpoints of `{}` have this name; rename one", self.name));
                } else if one.path != other.path && shape_of_path(&one.path) == shape_of_path(&other.path) {
                    let reason = format!(
                        "`{}` names the parameters of `{}` differently; use the same names",
                        one.path, other.path
                    );
                    clash(&one.type_name, reason);
                } else if one.method == other.method && one.path == other.path {
                    let reason = format!("`{} {}` is answered by `{}` already", one.method, one.path, other.type_name);
                    clash(&one.type_name, reason);
                }
            }
            if RESERVED.contains(&one.path.split('/').nth(1).unwrap_or_default()) {
                clash(&one.type_name, format!("`{}` is taken by the BFF's own pages; choose another path", one.path));
            }
        }
        self.types(&mut clash);
        for (_, object) in self.shapes.objects() {
            self.fields(object, &mut clash);
        }
        errors
    }

    /// Documents know types by name.
    fn types(&self, clash: &mut Clash<'_>) {
        let views = self.shapes.objects().map(|(_, object)| object.name.clone());
        let mut names = BTreeSet::new();
        for name in views.chain(self.shapes.enums().map(|(_, shape)| shape.name.clone())) {
            if !names.insert(name.clone()) {
                clash(&name, "two types have this name, and documents know types by name; rename one".to_owned());
            }
        }
        for name in raw::names(&self.shapes).intersection(&names) {
            clash(name, "documents have this name for a view in a `Raw`; rename one of the two".to_owned());
        }
    }

    fn fields(&self, object: &ObjectShape, clash: &mut Clash<'_>) {
        let mut names = BTreeSet::new();
        for field in &object.fields {
            let name = field.client_name(self.naming);
            if !field.hidden && !names.insert(name.clone()) {
                clash(&object.name, format!("two fields are `{name}` to clients; rename one"));
            }
            if let Some(what) = self.never_called(&field.shape) {
                let reason = format!("`{}` is {what}, and calls in it would not be made; use a list", field.rust);
                clash(&object.name, reason);
            }
        }
    }

    /// What the shape is, or has in it, where calls are not made though there are some.
    fn never_called(&self, shape: &Shape) -> Option<&'static str> {
        let calling = |inner: &Shape| calls::object_of(inner).is_some_and(|id| calls::leads_to_calls(&self.shapes, id));
        match shape {
            Shape::Map(inner) if calling(inner) => Some("a map of views with calls"),
            Shape::Raw(inner) if calling(inner) => Some("a raw view with calls"),
            Shape::Map(inner) | Shape::List(inner) | Shape::Nullable(inner) => self.never_called(inner),
            _ => None,
        }
    }
}

/// Takes the place and what is wrong there.
type Clash<'a> = dyn FnMut(&str, String) + 'a;

/// First segments that the BFF serves itself.
const RESERVED: [&str; 3] = ["openapi.json", "docs", "graphql"];

fn shape_of_path(path: &str) -> Vec<&str> {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect()
}
