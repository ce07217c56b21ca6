//! Passwords in URLs stay out of messages: what is wrong with a configuration ends up in logs.

/// `text` with `***` for the password of each URL in it, and of what would be one if it had a scheme: `user:password@host`. Where a password
/// ends is guessed so that none of it is left: a URL that is wrong may be so because of what its password holds.
pub(super) fn hidden(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for word in text.split_inclusive(|end: char| end.is_whitespace() || "\"'`".contains(end)) {
        let start = word.find("://").map_or(0, |scheme| scheme + 3);
        let (scheme, url) = word.split_at(start);
        shown.push_str(scheme);
        match url.rsplit_once('@').map(|(who, host)| (who.split_once(':'), host)) {
            Some((Some((user, _)), host)) => shown.extend([user, ":***@", host]),
            // A name alone may be a token.
            Some((None, host)) if start > 0 => shown.extend(["***@", host]),
            _ => shown.push_str(url),
        }
    }
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
            ("proxy: u:secret@h:3128", "proxy: u:***@h:3128"),
            ("{url: \"u:s@e:c@h\", x: [u:secret@h]}", "{url: \"u:***@h\", x: [u:***@h]}"),
            ("https://token@h/", "https://***@h/"),
            ("ops@example.com", "ops@example.com"),
        ] {
            assert_eq!(hidden(text), shown);
        }
    }
}
