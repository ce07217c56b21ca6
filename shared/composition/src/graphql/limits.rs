//! How large a document may be. All of it is checked before anything grows with it: the text before it is parsed, the
//! document before it is validated.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Pos, Positioned};

use super::errors::GraphqlError;
use super::tokens::Tokens;

/// The most bytes of a document.
pub(crate) const MAX_BYTES: usize = 32 * 1024;
/// The most words, numbers, strings and punctuators of a document.
pub(crate) const MAX_TOKENS: usize = 5_000;
/// The most brackets that may be open at once, and the most selection sets inside one another, fragments unfolded.
pub(crate) const MAX_NESTING: usize = 50;
/// The most fields inside one another. The standard introspection query has 15.
pub(crate) const MAX_DEPTH: usize = 15;
/// The most fields of one operation, fragments unfolded.
pub(crate) const MAX_FIELDS: usize = 500;
/// The most root fields of one operation: each is run, admitted and written on its own. Their calls have a bound of their own.
pub(crate) const MAX_ROOT_FIELDS: usize = 10;
/// The most operations in one document.
pub(crate) const MAX_OPERATIONS: usize = 50;
/// The most fragments in one document.
pub(crate) const MAX_FRAGMENTS: usize = 100;
/// The most directives on one field.
pub(crate) const MAX_DIRECTIVES: usize = 5;
/// The most lists of an introspection inside one another: each multiplies the answer by the size of the schema.
const MAX_INTROSPECTED_LISTS: usize = 2;

/// Checks a text that was not parsed yet.
pub(crate) fn text(text: &str) -> Result<(), GraphqlError> {
    if text.len() > MAX_BYTES {
        return Err(refused(format!("the document has {} bytes; {MAX_BYTES} are allowed", text.len()), None));
    }
    let (tokens, nesting) = measure(text);
    if tokens > MAX_TOKENS {
        return Err(refused(format!("the document has more than {MAX_TOKENS} tokens"), None));
    }
    if nesting > MAX_NESTING {
        return Err(refused(format!("the document nests deeper than {MAX_NESTING} brackets"), None));
    }
    Ok(())
}

/// How many words, numbers, strings and punctuators a text has.
pub(crate) fn tokens(text: &str) -> usize {
    measure(text).0
}

/// Counts tokens, and the most brackets open at once. Brackets in strings and comments do not count.
fn measure(text: &str) -> (usize, usize) {
    let (mut count, mut open, mut nesting) = (0, 0usize, 0);
    for token in Tokens::of(text) {
        count += 1;
        match token {
            b"{" | b"(" | b"[" => {
                open += 1;
                nesting = nesting.max(open);
            }
            b"}" | b")" | b"]" => open = open.saturating_sub(1),
            _ => {}
        }
    }
    (count, nesting)
}

/// Checks a parsed document, with its fragments unfolded.
pub(crate) fn document(document: &ExecutableDocument) -> Result<(), GraphqlError> {
    if document.operations.iter().len() > MAX_OPERATIONS {
        return Err(refused(format!("the document has more than {MAX_OPERATIONS} operations"), None));
    }
    if document.fragments.len() > MAX_FRAGMENTS {
        return Err(refused(format!("the document has more than {MAX_FRAGMENTS} fragments"), None));
    }
    let mut sizes = Sizes { document, fragments: HashMap::new() };
    // All fragments, used or not: the validation reads them all.
    for name in document.fragments.keys() {
        sizes.fragment(name)?;
    }
    for (_, operation) in document.operations.iter() {
        let set = &operation.node.selection_set;
        let size = sizes.set(&set.node)?;
        if size.fields > MAX_FIELDS {
            return Err(refused(format!("the operation has more than {MAX_FIELDS} fields"), Some(operation.pos)));
        }
        if size.depth > MAX_DEPTH {
            return Err(refused(format!("the operation is deeper than {MAX_DEPTH} fields"), Some(operation.pos)));
        }
        if size.nesting > MAX_NESTING {
            let message = format!("the operation nests deeper than {MAX_NESTING} selections and fragments");
            return Err(refused(message, Some(operation.pos)));
        }
    }
    Ok(())
}

/// What a selection set unfolds to.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    fields: usize,
    depth: usize,
    nesting: usize,
    /// Introspection's lists inside one another.
    lists: usize,
}

struct Sizes<'a> {
    document: &'a ExecutableDocument,
    /// `None` while the fragment is being measured: whoever meets it then is inside it.
    fragments: HashMap<&'a str, Option<Size>>,
}

impl<'a> Sizes<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Size, GraphqlError> {
        let mut sum = Size::default();
        for selection in &set.items {
            let one = self.selection(selection)?;
            sum.fields = sum.fields.saturating_add(one.fields);
            sum.depth = sum.depth.max(one.depth);
            sum.nesting = sum.nesting.max(one.nesting);
            sum.lists = sum.lists.max(one.lists);
        }
        Ok(Size { nesting: sum.nesting + 1, ..sum })
    }

    fn selection(&mut self, selection: &'a Positioned<Selection>) -> Result<Size, GraphqlError> {
        match &selection.node {
            Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let name = spread.node.fragment_name.node.as_str();
                let cycle = || refused(format!("the fragment `{name}` contains itself"), Some(spread.pos));
                // One that does not exist is for the validation to name.
                Ok(self.fragment(name)?.ok_or_else(cycle)?)
            }
            Selection::Field(field) => {
                let inside = self.set(&field.node.selection_set.node)?;
                let name = field.node.name.node.as_str();
                if matches!(name, "__schema" | "__type") && inside.lists > MAX_INTROSPECTED_LISTS {
                    let message =
                        format!("the introspection has more than {MAX_INTROSPECTED_LISTS} lists inside one another");
                    return Err(refused(message, Some(field.pos)));
                }
                let list = matches!(name, "fields" | "interfaces" | "possibleTypes" | "inputFields");
                Ok(Size {
                    fields: inside.fields.saturating_add(1),
                    depth: inside.depth + 1,
                    nesting: inside.nesting,
                    lists: inside.lists + usize::from(list),
                })
            }
        }
    }

    /// The size of a fragment; `None` inside the fragment itself.
    fn fragment(&mut self, name: &str) -> Result<Option<Size>, GraphqlError> {
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Some(Size::default()));
        };
        if let Some(known) = self.fragments.get(name.as_str()) {
            return Ok(*known);
        }
        self.fragments.insert(name, None);
        let size = self.set(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(size));
        Ok(Some(size))
    }
}

fn refused(message: String, at: Option<Pos>) -> GraphqlError {
    GraphqlError::request(message, at)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn check(sample: &str) -> Result<(), String> {
        let read = |error: GraphqlError| serde_json::to_value(error).unwrap()["message"].to_string();
        text(sample).map_err(read)?;
        document(&parse_query(sample).unwrap()).map_err(read)
    }

    #[test]
    fn a_text_that_would_exhaust_the_parser_is_refused_before_it_is_parsed() {
        for sample in
            ["{a".repeat(10_000), format!("{{a(b:{}", "[".repeat(10_000)), "{a ".to_owned() + &"\"{\"".repeat(9_000)]
        {
            assert!(text(&sample).is_err());
        }
        assert!(text(&" ".repeat(MAX_BYTES + 1)).is_err());
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let open = "{".repeat(200);
        let sample =
            format!("{{ a(b: \"{open}\\\"{open}\", c: \"\"\"{open}\"{open}\\\"\"\"{open}\"\"\") # {open}\n }}");
        assert_eq!(check(&sample), Ok(()));
        // A quote in a comment opens nothing.
        assert!(text(&format!("# \"\n{open}")).is_err());
    }

    #[test]
    fn fragments_that_unfold_to_much_are_refused() {
        let mut bomb = String::from("{ ...f0 } ");
        for n in 0..30 {
            bomb += &format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1);
        }
        bomb += "fragment f30 on Query { a }";
        assert!(check(&bomb).unwrap_err().contains("more than 500 fields"));
    }

    #[test]
    fn a_fragment_inside_itself_is_refused() {
        let error = check("{ ...a } fragment a on Query { ...b } fragment b on Query { x { ...a } }").unwrap_err();
        assert!(error.contains("contains itself"), "{error}");
    }

    #[test]
    fn depth_is_counted_through_fragments() {
        let deep = |levels: usize| format!("{{ {} a {} }}", "a {".repeat(levels - 1), "}".repeat(levels - 1));
        assert_eq!(check(&deep(15)), Ok(()));
        assert!(check(&deep(16)).is_err());
        let sample = format!("{{ b {{ ...f }} }} fragment f on X {}", deep(15));
        assert!(check(&sample).is_err());
    }

    #[test]
    fn introspection_cannot_multiply_the_schema_by_itself() {
        assert_eq!(check("{ __schema { types { fields { type { fields { name } } } } } }"), Ok(()));
        let sample = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
        assert!(check(sample).unwrap_err().contains("introspection"));
    }
}
