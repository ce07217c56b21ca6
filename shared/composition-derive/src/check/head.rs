//! What an answer's own head may say.

use crate::ast::{Composition, Cookie, HeadLine, HeadPlace};
use crate::check::header;
use crate::errors::Errors;
use crate::reference::{Piece, Template};

/// A status of success, and headers that are not the gateway's own.
pub(crate) fn head(of: &Composition, errors: &mut Errors) {
    if let Some((literal, status)) = &of.options.status {
        match status {
            206 => errors.at(literal, "206 answers a request for a range, and the gateway has none: answer with 200 or 201"),
            200..=299 => {}
            _ => errors.at(literal, format!(
                "an endpoint's own status is one of success, 200 to 299, and {literal} is none: a call's failure becomes a problem by itself, and `pass = [404]` on a call passes a status on"
            )),
        }
    }
    for (index, line) in of.options.head.iter().enumerate() {
        let same = |other: &HeadLine| {
            std::mem::discriminant(&other.place) == std::mem::discriminant(&line.place)
                && (if matches!(line.place, HeadPlace::Header) {
                    other.name.eq_ignore_ascii_case(&line.name)
                } else {
                    other.name == line.name
                })
        };
        if of.options.head[..index].iter().any(same) {
            errors.at_span(line.name_span, format!("{} stands here twice: keep one", line.what()));
            continue;
        }
        match &line.place {
            HeadPlace::Location => url(line, errors),
            HeadPlace::Link => {
                relation(line, errors);
                url(line, errors);
            }
            HeadPlace::Header => {
                header::answerable(&line.name, line.name_span, errors);
                literals(line, |letter| letter.is_ascii_graphic() || letter == ' ', errors);
            }
            HeadPlace::Cookie(cookie) => {
                cookie_line(line, cookie, errors);
                literals(line, |letter| letter.is_ascii_graphic() && !"\",;\\".contains(letter), errors);
            }
        }
    }
}

impl HeadLine {
    fn what(&self) -> String {
        match self.place {
            HeadPlace::Location => "`location`".to_owned(),
            HeadPlace::Link => format!("the link `{}`", self.name),
            HeadPlace::Cookie(_) => format!("the cookie `{}`", self.name),
            HeadPlace::Header => format!("the header `{}`", self.name),
        }
    }
}

fn literals(line: &HeadLine, fits: impl Fn(char) -> bool, errors: &mut Errors) {
    let written = line.value.0.iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Reference(_) => None,
    });
    if let Some(letter) = written.flat_map(str::chars).find(|letter| !fits(*letter)) {
        errors.at_span(line.name_span, format!("{letter:?} cannot stand in the value of {}", line.what()));
    }
}

/// A URL begins with its path, or with a host that is written out: no value says where a client is sent.
fn url(line: &HeadLine, errors: &mut Errors) {
    let Template(pieces) = &line.value;
    let first = match pieces.first() {
        Some(Piece::Literal(text)) => text.as_str(),
        _ => "",
    };
    let path = match first.strip_prefix("https://") {
        Some(rest) => rest.find('/').filter(|at| *at > 0).map(|at| &rest[at..]),
        None => Some(first),
    };
    if path.is_none_or(|path| !path.starts_with('/') || path.starts_with("//")) {
        errors.at_span(line.name_span, format!(
            "{} begins with its path, as clients see it, or with `https://`, a host and a `/`: `\"/web/orders/{{order.id}}\"`; a value cannot say where clients are sent",
            line.what()
        ));
        return;
    }
    // RFC 3986 appendix A, without what only a host can have.
    literals(line, |letter| letter.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@%?#".contains(letter), errors);
    let plain = |piece: &Piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Reference(_) => "x".to_owned(),
    };
    let whole: String = pieces.iter().map(plain).collect();
    let whole = whole.strip_prefix("https:/").unwrap_or(&whole).split(['?', '#']).next().unwrap_or_default();
    if whole != "/" && whole.split('/').skip(1).any(|segment| matches!(segment, "" | "." | "..")) {
        errors.at_span(
            line.name_span,
            format!(
                "{} has no empty and no dot segments, so that it has one spelling: write the path that is meant",
                line.what()
            ),
        );
    }
}

/// RFC 8288 section 3.3: a registered relation is in small letters; one of your own is a URL.
fn relation(line: &HeadLine, errors: &mut Errors) {
    let rel = &line.name;
    let registered = rel.starts_with(|first: char| first.is_ascii_lowercase())
        && rel.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let own =
        rel.starts_with("https://") && rel.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\".contains(&byte));
    if !registered && !own {
        errors.at_span(line.name_span, format!("`{rel}` is not a relation: small letters, digits, `-` and `.`, as in `next`; one of your own is a URL, `\"https://example.com/rels/cart\"`"));
    }
}

/// RFC 6265bis, sections 4.1.1 and 4.1.3: the name, the prefixes, and what browsers refuse together.
fn cookie_line(line: &HeadLine, cookie: &Cookie, errors: &mut Errors) {
    let (name, span) = (&line.name, line.name_span);
    if !header::is_token(name) {
        errors.at_span(span, format!("`{name}` is not a cookie's name: letters, digits, `-` and `_`, as in `session`"));
    }
    let secure = cookie.secure.as_ref().is_none_or(|secure| secure.value);
    let begins = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("__host-")
        && (!secure || cookie.domain.is_some() || cookie.path.as_ref().is_none_or(|path| path.value() != "/"))
    {
        errors.at_span(span, "browsers take a `__Host-` cookie only with `path = \"/\"`, without `domain`, and secure");
    } else if begins("__secure-") && !secure {
        errors.at_span(span, "browsers take a `__Secure-` cookie only if it is secure: drop `secure = false`");
    }
    if let Some(("None", span)) = cookie.same_site.filter(|_| !secure) {
        errors.at_span(span, "browsers take `same_site = \"none\"` only on a secure cookie: drop `secure = false`");
    }
    if let Some(path) = &cookie.path
        && (!path.value().starts_with('/') || !path.value().bytes().all(|byte| byte.is_ascii_graphic() && byte != b';'))
    {
        errors.at(path, "a cookie's `path` begins with `/`, and has neither blanks nor `;`");
    }
    if let Some(domain) = &cookie.domain {
        let text = domain.value();
        let letters = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
        if text.is_empty() || !letters || text.starts_with('.') || text.ends_with('.') {
            errors.at(domain, "a cookie's `domain` is the name of a host: `domain = \"example.com\"`");
        }
    }
}
