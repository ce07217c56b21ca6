//! The types of plain values: numbers, flags and text.

use super::{Int, Shape, Shaped, Shapes};
use crate::refer::{Literal, NeedsNothing, Sure};

macro_rules! ints {
    ($($t:ty),*) => {$(
        impl Shaped for $t {
            type Null = Sure;
            type Needs = NeedsNothing;
            const LITERAL: Literal = Literal::Whole(<$t>::MIN as i128, <$t>::MAX as i128);
            fn shape(_: &mut Shapes) -> Shape {
                Shape::Int(Int { min: <$t>::MIN as i128, max: <$t>::MAX as i128 })
            }
        }
    )*};
}
ints!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! leaves {
    ($($t:ty => $shape:expr, $literal:expr;)*) => {$(
        impl Shaped for $t {
            type Null = Sure;
            type Needs = NeedsNothing;
            const LITERAL: Literal = $literal;
            fn shape(_: &mut Shapes) -> Shape { $shape }
        }
    )*};
}
leaves! {
    bool => Shape::Bool, Literal::Flag;
    f32 => Shape::Float, Literal::Number;
    f64 => Shape::Float, Literal::Number;
    String => Shape::Text, Literal::Text;
}
