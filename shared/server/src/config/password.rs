//! Passwords in URLs stay out of messages: what is wrong with a configuration ends up in logs.

/// `text` with `***` for the password of each URL in it. Where a password ends is guessed so that none of it is left: a URL that is wrong
/// may be so because of what its password holds.
pub(super) fn hidden(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, url) = rest.split_at(start + 3);
        shown.push_str(before);
        let end = url.find(|end: char| end.is_whitespace() || "\"'`".contains(end)).unwrap_or(url.len());
        let (url, after) = url.split_at(end);
        match url.rsplit_once('@').and_then(|(who, host)| Some((who.split_once(':')?.0, host))) {
            Some((user, host)) => shown.extend([user, ":***@", host]),
            None => shown.push_str(url),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_whatever_it_holds() {
        for (text, shown) in [
            ("url: redis://u:secret@h:port # a note", "url: redis://u:***@h:port # a note"),
            ("`redis://:s/e#c@r:e?t@h/1`, or none", "`redis://:***@h/1`, or none"),
            ("a://u:p@h 'b://v:q@i'", "a://u:***@h 'b://v:***@i'"),
            ("http://users:8080/a and b@c: d", "http://users:8080/a and b@c: d"),
            ("no URL", "no URL"),
        ] {
            assert_eq!(hidden(text), shown);
        }
    }
}
