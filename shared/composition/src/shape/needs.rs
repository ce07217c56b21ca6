//! What views need of those who use them, as it stands in their descriptions.

use super::{Shaped, Shapes};
use crate::declare::{Need, Supply};
use crate::refer::{Needed, NeedsOf, some_need};

impl Shapes {
    /// Says what the view that is being described needs.
    pub fn needs<N: NeedsOf>(&mut self) {
        let need = |needed: &Needed| Need { name: needed.name.to_owned(), optional: needed.optional };
        self.add_needs(N::LIST.iter().map(need).collect());
    }

    /// Adds to them, by name.
    pub(super) fn add_needs(&mut self, needs: Vec<Need>) {
        let Some(open) = self.open.last() else { return };
        let known = &mut self.objects[open.0].needs;
        for need in needs {
            if !known.iter().any(|other| other.name == need.name) {
                known.push(need);
            }
        }
    }
}

/// Of what a struct supplies, what a field of the type `T` needs.
pub fn supply<T: Shaped>(all: &[Supply]) -> Vec<Supply> {
    let needed = |supply: &&Supply| some_need(&[T::Needs::LIST], &supply.need);
    all.iter().filter(needed).cloned().collect()
}
