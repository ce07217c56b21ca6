//! Operations that were compiled, kept within bounds. Only valid documents get in.

use std::sync::Arc;

use moka::sync::Cache;

use super::compile::Compiled;
use super::limits;
use super::operation::Operation;

/// The most bytes that documents may take, about.
const MAX_DOCUMENTS: u64 = 32 << 20;
/// What a token takes when it is parsed, about, in bytes.
const TOKEN: usize = 128;
/// The most fields of compiled operations that are kept; one takes a few hundred bytes.
const MAX_FIELDS: u64 = 100_000;

/// The text of a document, and the name of one of its operations.
type Key = (String, Option<String>);
/// An operation's number, and the values of its conditions.
type Variant = (u64, Box<[bool]>);

#[derive(Debug)]
pub(crate) struct Operations {
    documents: Cache<Key, Arc<Operation>>,
    compiled: Cache<Variant, Arc<Compiled>>,
}

impl Operations {
    pub(crate) fn new() -> Operations {
        let room = |key: &Key, _: &Arc<Operation>| {
            u32::try_from(key.0.len() + TOKEN * limits::tokens(&key.0)).unwrap_or(u32::MAX)
        };
        Operations {
            documents: Cache::builder().max_capacity(MAX_DOCUMENTS).weigher(room).build(),
            compiled: Cache::builder()
                .max_capacity(MAX_FIELDS)
                .weigher(|_, compiled: &Arc<Compiled>| compiled.fields)
                .build(),
        }
    }

    pub(crate) fn document(&self, key: &Key) -> Option<Arc<Operation>> {
        self.documents.get(key)
    }

    pub(crate) fn keep_document(&self, key: &Key, operation: &Arc<Operation>) {
        self.documents.insert(key.clone(), Arc::clone(operation));
    }

    pub(crate) fn compiled(&self, variant: &Variant) -> Option<Arc<Compiled>> {
        self.compiled.get(variant)
    }

    pub(crate) fn keep_compiled(&self, variant: Variant, compiled: &Arc<Compiled>) {
        self.compiled.insert(variant, Arc::clone(compiled));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_operations_are_kept_within_bounds() {
        let operations = Operations::new();
        let of = |fields| Arc::new(Compiled { roots: Vec::new(), introspection: None, fields });
        for number in 0..300 {
            operations.keep_compiled((number, Box::default()), &of(1_000));
        }
        // One alone that is larger than all the room is not kept.
        operations.keep_compiled((300, Box::default()), &of(u32::MAX));
        operations.compiled.run_pending_tasks();
        assert!(operations.compiled.weighted_size() <= MAX_FIELDS, "{}", operations.compiled.weighted_size());
        assert!(operations.compiled.entry_count() > 0 && operations.compiled(&(300, Box::default())).is_none());
    }
}
