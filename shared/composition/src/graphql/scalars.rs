//! Which GraphQL type a leaf has, and the scalars that GraphQL lacks.

use async_graphql::dynamic::Scalar;

use crate::shape::{EnumId, Int, Shape, Shapes};

/// The type of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    Boolean,
    /// 32 bits, signed: GraphQL's own.
    Int,
    Int64,
    UInt64,
    Float,
    String,
    Enum(EnumId),
    /// Any value: a map, whose member names are data, or what is passed on as it came.
    Json,
}

impl Leaf {
    /// The leaf that a shape is; `None` for an object or a list.
    pub(crate) fn of(shape: &Shape) -> Option<Leaf> {
        Some(match shape {
            // That it was done is true.
            Shape::Bool | Shape::Nothing => Leaf::Boolean,
            Shape::Int(int) => Leaf::of_int(*int),
            Shape::Float => Leaf::Float,
            Shape::Text => Leaf::String,
            Shape::Enum(id) => Leaf::Enum(*id),
            Shape::Map(_) | Shape::Raw(_) => Leaf::Json,
            Shape::Nullable(inner) => return Leaf::of(inner),
            Shape::Object(_) | Shape::Choice(_) | Shape::List(_) => return None,
        })
    }

    fn of_int(int: Int) -> Leaf {
        if int.min >= i128::from(i32::MIN) && int.max <= i128::from(i32::MAX) {
            Leaf::Int
        } else if int.max <= i128::from(i64::MAX) {
            Leaf::Int64
        } else {
            Leaf::UInt64
        }
    }

    /// The leaf with this type name.
    pub(crate) fn named(name: &str, shapes: &Shapes) -> Option<Leaf> {
        Some(match name {
            "Boolean" => Leaf::Boolean,
            "Int" => Leaf::Int,
            "Int64" => Leaf::Int64,
            "UInt64" => Leaf::UInt64,
            "Float" => Leaf::Float,
            "String" => Leaf::String,
            "JSON" => Leaf::Json,
            other => return shapes.enums().find(|(_, shape)| shape.name == other).map(|(id, _)| Leaf::Enum(id)),
        })
    }

    /// The name of its type.
    pub(crate) fn name(self, shapes: &Shapes) -> &str {
        match self {
            Leaf::Boolean => "Boolean",
            Leaf::Int => "Int",
            Leaf::Int64 => "Int64",
            Leaf::UInt64 => "UInt64",
            Leaf::Float => "Float",
            Leaf::String => "String",
            Leaf::Enum(id) => &shapes.get_enum(id).name,
            Leaf::Json => "JSON",
        }
    }

    /// Its declaration, where GraphQL has no such scalar.
    pub(crate) fn declaration(self) -> Option<Scalar> {
        let doc = match self {
            Leaf::Int64 => "A whole number of up to 64 bits, signed. It is a JSON number, with all its digits.",
            Leaf::UInt64 => "A whole number of up to 64 bits, not negative. It is a JSON number, with all its digits.",
            Leaf::Json => {
                "Any JSON value: an object whose member names are data, or what a service sent as it is. It has no selection: it \
                 comes whole."
            }
            Leaf::Boolean | Leaf::Int | Leaf::Float | Leaf::String | Leaf::Enum(_) => return None,
        };
        let name = match self {
            Leaf::Int64 => "Int64",
            Leaf::UInt64 => "UInt64",
            _ => "JSON",
        };
        Some(Scalar::new(name).description(doc))
    }
}
