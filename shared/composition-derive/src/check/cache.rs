//! How answers are kept: what is everybody's cannot be somebody's.

use crate::ast::Call;
use crate::errors::Errors;
use crate::reference::{Piece, Root};

/// The most tags of a call.
const MOST_TAGS: usize = 16;
/// The most bytes of a tag as written.
const LONGEST_TAG: usize = 128;

/// A call's `cache(…)` fits what it asks for.
pub(crate) fn cache(of: &Call, errors: &mut Errors) {
    let Some(cache) = &of.cache else { return };
    if of.method != "get" {
        errors.at(
            &cache.word,
            format!("only the answer to a `get` can be kept, and this is a `{}`: drop `cache(…)`", of.method),
        );
    }
    if cache.shared.is_some() {
        for reference in of.references().filter(|reference| reference.root() == Root::Caller) {
            errors.at_span(reference.names[0].span, format!(
                "`{}`: a `shared` answer is the same for every caller, so nothing of its call can be a caller's: drop `shared`, or the reference",
                reference.written()
            ));
        }
    }
    for (index, (tag, template)) in cache.tags.iter().enumerate() {
        let text = tag.value();
        let visible = template.0.iter().all(|piece| match piece {
            Piece::Literal(text) => text.bytes().all(|byte| byte.is_ascii_graphic()),
            Piece::Reference(_) => true,
        });
        if text.is_empty() || text.len() > LONGEST_TAG || !visible {
            errors.at(tag, format!("a tag is 1 to {LONGEST_TAG} visible ASCII characters without blanks"));
        } else if cache.tags[..index].iter().any(|(before, _)| before.value() == text) {
            errors.at(tag, format!("the tag `{text}` stands here twice: keep one"));
        } else if index == MOST_TAGS {
            errors.at(tag, format!("a call has at most {MOST_TAGS} tags"));
        }
    }
}
