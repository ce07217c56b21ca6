//! The schema, made from the shapes: for parsing, validating and introspecting. Its resolvers are never asked.

use std::collections::{BTreeSet, HashMap};

use async_graphql::Name;
use async_graphql::Value as GraphqlValue;
use async_graphql::dynamic::{
    Enum, EnumItem, Field, FieldFuture, InputObject, InputValue, Object, Schema, SchemaBuilder, SchemaError, TypeRef,
    Union,
};
use http::Method;
use trefoil_context::Place;

use super::names::{self, EnumNames};
use super::scalars::Leaf;
use crate::bff::CompiledBff;
use crate::declare::Bounds;
use crate::names::{argument, input_name};
use crate::plan::{Parameter, Plan};
use crate::shape::{ChoiceId, EnumId, FieldShape, ObjectId, Shape};

/// The name of the root type of queries.
pub(crate) const QUERY: &str = "Query";
/// The one field of a `Query` that has no endpoint, since GraphQL has no type without fields.
pub(crate) const EMPTY: &str = "_empty";
/// The name of the root type of mutations.
pub(crate) const MUTATION: &str = "Mutation";

/// Names of the schema, looked up when a document is compiled.
#[derive(Debug)]
pub(crate) struct Model {
    /// Root field → the endpoint's place in the BFF's list.
    pub(crate) query: HashMap<String, usize>,
    pub(crate) mutation: HashMap<String, usize>,
    /// For each view, field → its index.
    objects: Vec<HashMap<String, usize>>,
    /// Input object → the view that it is of.
    inputs: HashMap<String, ObjectId>,
    enums: Vec<EnumNames>,
}

impl Model {
    /// The names of a BFF.
    pub(crate) fn new(bff: &CompiledBff) -> Model {
        let roots = |reads: bool| -> HashMap<String, usize> {
            let of_kind = |(_, plan): &(usize, &std::sync::Arc<Plan>)| is_read(plan) == reads;
            bff.plans.iter().enumerate().filter(of_kind).map(|(index, plan)| (plan.name.clone(), index)).collect()
        };
        let fields = |object: &crate::shape::ObjectShape| {
            let named = |(index, field)| (names::field(field, bff.naming), index);
            object.fields.iter().enumerate().filter(|(_, field)| !field.hidden).map(named).collect()
        };
        Model {
            query: roots(true),
            mutation: roots(false),
            objects: bff.shapes.objects().map(|(_, object)| fields(object)).collect(),
            inputs: bff.shapes.objects().map(|(id, object)| (input_name(&object.name), id)).collect(),
            enums: bff.shapes.enums().map(|(_, shape)| EnumNames::new(shape)).collect(),
        }
    }

    /// The index of a view's field.
    pub(crate) fn field(&self, object: ObjectId, name: &str) -> Option<usize> {
        self.objects.get(object.0)?.get(name).copied()
    }

    /// The view that an input object is of.
    pub(crate) fn input(&self, name: &str) -> Option<ObjectId> {
        self.inputs.get(name).copied()
    }

    /// The names of an enum's values.
    pub(crate) fn values(&self, id: EnumId) -> &EnumNames {
        &self.enums[id.0]
    }
}

fn is_read(plan: &Plan) -> bool {
    plan.method == Method::GET
}

/// Builds the schema. It fails when two types have one name, or one that GraphQL reserves.
pub(crate) fn build(bff: &CompiledBff, model: &Model) -> Result<SchemaBuilder, SchemaError> {
    let mut types = Types {
        bff,
        model,
        objects: BTreeSet::new(),
        inputs: BTreeSet::new(),
        choices: BTreeSet::new(),
        leaves: Vec::new(),
        taken: BTreeSet::new(),
    };
    let mut query = Object::new(QUERY).description("What can be read. Each field is an endpoint.");
    let mut mutation =
        Object::new(MUTATION).description("What can be done. Each field is an endpoint; they run one after another.");
    for plan in &bff.plans {
        let field = types.root(plan)?;
        if is_read(plan) {
            query = query.field(field);
        } else {
            mutation = mutation.field(field);
        }
    }
    if model.query.is_empty() {
        let nothing = Field::new(EMPTY, TypeRef::named("Boolean"), |_| FieldFuture::from_value(None));
        query =
            query.field(nothing.description("Null: nothing can be read here, and GraphQL has no type without fields."));
    }
    let has_mutation = !model.mutation.is_empty();
    let mut schema = Schema::build(QUERY, has_mutation.then_some(MUTATION), None).register(query);
    types.take(QUERY)?;
    if has_mutation {
        types.take(MUTATION)?;
        schema = schema.register(mutation);
    }
    // In the order in which the shapes were met, which is that of the endpoints.
    let objects: Vec<ObjectId> = types.objects.iter().copied().collect();
    for id in objects {
        schema = schema.register(types.object(id)?);
    }
    let inputs: Vec<ObjectId> = types.inputs.iter().copied().collect();
    for id in inputs {
        schema = schema.register(types.input_object(id)?);
    }
    let choices: Vec<ChoiceId> = types.choices.iter().copied().collect();
    for id in choices {
        schema = schema.register(types.union(id)?);
    }
    for leaf in types.leaves.clone() {
        if let Some(scalar) = leaf.declaration() {
            types.take(scalar.type_name())?;
            schema = schema.register(scalar);
        } else if let Leaf::Enum(id) = leaf {
            schema = schema.register(types.enumeration(id)?);
        }
    }
    Ok(schema)
}

/// The types that the fields lead to.
struct Types<'a> {
    bff: &'a CompiledBff,
    model: &'a Model,
    objects: BTreeSet<ObjectId>,
    inputs: BTreeSet<ObjectId>,
    choices: BTreeSet<ChoiceId>,
    leaves: Vec<Leaf>,
    taken: BTreeSet<String>,
}

impl Types<'_> {
    fn take(&mut self, name: &str) -> Result<(), SchemaError> {
        let own = matches!(name, "Boolean" | "Int" | "Float" | "String" | "ID") || name.starts_with("__");
        if own || !self.taken.insert(name.to_owned()) {
            return Err(SchemaError(format!("two types would have the name `{name}`; rename the view")));
        }
        Ok(())
    }

    /// Enters everything that a shape leads to, and says how GraphQL refers to it.
    fn refer(&mut self, shape: &Shape) -> TypeRef {
        let (inner, nullable) = shape.unwrap_nullable();
        let plain = match inner {
            Shape::List(item) => TypeRef::List(Box::new(self.refer(item))),
            Shape::Choice(id) => {
                if self.choices.insert(*id) {
                    for variant in &self.bff.shapes.get_choice(*id).variants {
                        self.refer(&Shape::Object(variant.object));
                    }
                }
                TypeRef::named(&self.bff.shapes.get_choice(*id).name)
            }
            Shape::Object(id) => {
                if self.objects.insert(*id) {
                    for field in self.bff.shapes.get(*id).shown() {
                        self.refer(&field.shape);
                    }
                }
                TypeRef::named(&self.bff.shapes.get(*id).name)
            }
            leaf => self.leaf(Leaf::of(leaf).unwrap_or(Leaf::Json)),
        };
        if nullable { plain } else { TypeRef::NonNull(Box::new(plain)) }
    }

    fn leaf(&mut self, leaf: Leaf) -> TypeRef {
        if !self.leaves.contains(&leaf) {
            self.leaves.push(leaf);
        }
        TypeRef::named(leaf.name(&self.bff.shapes))
    }

    fn root(&mut self, plan: &Plan) -> Result<Field, SchemaError> {
        let ty = match self.refer(&plan.answer) {
            // A failed required call makes the whole answer null.
            TypeRef::NonNull(inner) => *inner,
            nullable => nullable,
        };
        let mut field = Field::new(&plan.name, ty, |_| FieldFuture::from_value(None));
        if !plan.doc.is_empty() {
            field = field.description(&plan.doc);
        }
        let mut names = BTreeSet::new();
        for param in &plan.params {
            let name = argument(param);
            if !names.insert(name.clone()) {
                return Err(SchemaError(format!("two arguments of `{}` would be `{name}`; rename one", plan.name)));
            }
            field = field.argument(self.argument(param));
        }
        Ok(field)
    }

    fn argument(&mut self, param: &Parameter) -> InputValue {
        if param.place == Place::Body {
            let value = InputValue::new(argument(param), self.input(&param.shape));
            return if param.doc.is_empty() { value } else { value.description(&param.doc) };
        }
        let (shape, nullable) = param.shape.unwrap_nullable();
        let leaf = Leaf::of(shape).unwrap_or(Leaf::Json);
        let ty = self.leaf(leaf);
        // What has a default and may not be null is non-null with a default: it may be left out, and null is refused.
        let default = param.default.as_ref().and_then(|default| self.default(shape, default));
        let nullable = nullable || (param.default.is_some() && default.is_none());
        let mut value = InputValue::new(argument(param), if nullable { ty } else { TypeRef::NonNull(Box::new(ty)) });
        let doc = described(&param.doc, &param.bounds);
        if !doc.is_empty() {
            value = value.description(doc);
        }
        match default {
            Some(default) => value.default_value(default),
            None => value,
        }
    }

    /// A default, which is JSON in the backend's names, in GraphQL's.
    fn default(&self, shape: &Shape, json: &str) -> Option<GraphqlValue> {
        self.literal(shape, &serde_json::from_str(json).ok()?)
    }

    fn literal(&self, shape: &Shape, json: &serde_json::Value) -> Option<GraphqlValue> {
        use serde_json::Value;
        Some(match (shape.unwrap_nullable().0, json) {
            (_, Value::Null) => GraphqlValue::Null,
            (Shape::Enum(id), Value::String(wire)) => {
                let names = self.model.values(*id);
                GraphqlValue::Enum(Name::new(names.names().find(|name| names.wire(name) == Some(wire))?))
            }
            (Shape::List(item), Value::Array(items)) => {
                GraphqlValue::List(items.iter().map(|json| self.literal(item, json)).collect::<Option<_>>()?)
            }
            (Shape::Object(id), Value::Object(members)) => {
                let fields = &self.bff.shapes.get(*id).fields;
                let member = |(wire, json): (&String, &Value)| {
                    let is = |field: &&FieldShape| field.wire.first().unwrap_or(&field.rust) == wire;
                    let field = fields.iter().find(is)?;
                    Some((Name::new(names::field(field, self.bff.naming)), self.literal(&field.shape, json)?))
                };
                GraphqlValue::Object(members.iter().map(member).collect::<Option<_>>()?)
            }
            (_, json) => GraphqlValue::from_json(json.clone()).ok()?,
        })
    }

    fn object(&mut self, id: ObjectId) -> Result<Object, SchemaError> {
        let bff = self.bff;
        let shape = bff.shapes.get(id);
        self.take(&shape.name)?;
        let mut object = Object::new(&shape.name);
        if !shape.doc.is_empty() {
            object = object.description(&shape.doc);
        }
        let mut names = BTreeSet::new();
        for field in shape.shown() {
            let name = names::field(field, bff.naming);
            if !names.insert(name.clone()) {
                return Err(SchemaError(format!("two fields of `{}` would be `{name}`; rename one", shape.name)));
            }
            let mut field_type = Field::new(name, self.refer(&field.shape), |_| FieldFuture::from_value(None));
            if !field.doc.is_empty() {
                field_type = field_type.description(&field.doc);
            }
            object = object.field(field_type);
        }
        Ok(object)
    }

    /// Enters everything that a shape leads to in a request, and says how GraphQL refers to it.
    fn input(&mut self, shape: &Shape) -> TypeRef {
        let (inner, nullable) = shape.unwrap_nullable();
        let plain = match inner {
            Shape::List(item) => TypeRef::List(Box::new(self.input(item))),
            Shape::Object(id) => {
                if self.inputs.insert(*id) {
                    for field in &self.bff.shapes.get(*id).fields {
                        self.input(&field.shape);
                    }
                }
                TypeRef::named(input_name(&self.bff.shapes.get(*id).name))
            }
            leaf => self.leaf(Leaf::of(leaf).unwrap_or(Leaf::Json)),
        };
        if nullable { plain } else { TypeRef::NonNull(Box::new(plain)) }
    }

    fn input_object(&mut self, id: ObjectId) -> Result<InputObject, SchemaError> {
        let bff = self.bff;
        let shape = bff.shapes.get(id);
        let name = input_name(&shape.name);
        self.take(&name)?;
        let mut object = InputObject::new(name);
        if !shape.doc.is_empty() {
            object = object.description(&shape.doc);
        }
        for field in &shape.fields {
            let default = field.default.as_ref().and_then(|default| self.default(&field.shape, default));
            let ty = match self.input(&field.shape) {
                // What has a default may be left out, also where it cannot be written down.
                TypeRef::NonNull(inner) if field.default.is_some() && default.is_none() => *inner,
                ty => ty,
            };
            let mut value = InputValue::new(names::field(field, bff.naming), ty);
            let doc = described(&field.doc, &field.bounds);
            if !doc.is_empty() {
                value = value.description(doc);
            }
            object = object.field(match default {
                Some(default) => value.default_value(default),
                None => value,
            });
        }
        Ok(object)
    }

    fn union(&mut self, id: ChoiceId) -> Result<Union, SchemaError> {
        let choice = self.bff.shapes.get_choice(id);
        self.take(&choice.name)?;
        let mut union = Union::new(&choice.name);
        if !choice.doc.is_empty() {
            union = union.description(&choice.doc);
        }
        let views = choice.variants.iter().map(|variant| &self.bff.shapes.get(variant.object).name);
        Ok(views.fold(union, Union::possible_type))
    }

    fn enumeration(&mut self, id: EnumId) -> Result<Enum, SchemaError> {
        let shape = self.bff.shapes.get_enum(id);
        self.take(&shape.name)?;
        let mut enumeration = Enum::new(&shape.name);
        if !shape.doc.is_empty() {
            enumeration = enumeration.description(&shape.doc);
        }
        for (name, variant) in self.model.values(id).names().zip(&shape.variants) {
            let item = EnumItem::new(name);
            enumeration = enumeration.item(if variant.doc.is_empty() { item } else { item.description(&variant.doc) });
        }
        Ok(enumeration)
    }
}

/// The doc comment, and the bounds, which GraphQL's types cannot say.
fn described(doc: &str, bounds: &Bounds) -> String {
    let says = match (bounds.min, bounds.max, bounds.min_length, bounds.max_length) {
        (Some(min), Some(max), ..) => format!("From {min} to {max}."),
        (Some(min), None, ..) => format!("At least {min}."),
        (None, Some(max), ..) => format!("At most {max}."),
        (None, None, Some(min), Some(max)) => format!("{min} to {max} characters."),
        (None, None, Some(min), None) => format!("At least {min} characters."),
        (None, None, None, Some(max)) => format!("At most {max} characters."),
        (None, None, None, None) => match (bounds.min_items, bounds.max_items) {
            (Some(min), Some(max)) => format!("{min} to {max} elements."),
            (Some(min), None) => format!("At least {min} elements."),
            (None, Some(max)) => format!("At most {max} elements."),
            (None, None) => return doc.to_owned(),
        },
    };
    if doc.is_empty() { says } else { format!("{doc}\n\n{says}") }
}
