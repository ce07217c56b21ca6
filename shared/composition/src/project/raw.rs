//! What is passed on as it came: bounded in depth, with nothing between its tokens.

use super::Target;
use super::pass::Pass;
use super::scan::Measured;
use crate::fragment::Writer;

/// The most lists and objects inside one another: as many as any reader can be expected to read.
const MAX_DEPTH: usize = 64;

/// Writes a value as it came. What the error says is for the log.
pub(super) fn pass_on(pass: &mut Pass<'_>, target: &Target, value: &Measured, text: &[u8]) -> Result<(), String> {
    if text == b"null" && !target.nullable {
        return Err("expected a value that is not null".to_owned());
    }
    if value.depth > MAX_DEPTH {
        return Err(format!("expected lists and objects at most {MAX_DEPTH} deep"));
    }
    if value.blanks {
        without_blanks(text, value.range.start, &mut pass.writer);
    } else {
        pass.writer.keep(value.range.start, value.range.end);
    }
    Ok(())
}

/// Writes valid JSON text, which stands at `start`, without the blanks between its tokens: an event of a stream is one line.
fn without_blanks(json: &[u8], start: usize, out: &mut Writer<'_>) {
    let (mut in_string, mut escaped) = (false, false);
    for (byte, at) in json.iter().zip(start..) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
        if in_string || !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
            out.keep(at, at + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::project::scan::Reader;

    #[test]
    fn blanks_are_left_out_between_tokens_only() {
        let json = "{ \"a b\" : [ 1 ,\n\t\"\\\" \\\\\" , true ] }\r\n";
        let mut out = Writer::over(json.as_bytes());
        without_blanks(json.as_bytes(), 0, &mut out);
        let (buffer, _) = out.finish(&Bytes::from_static(json.as_bytes()), Vec::new());
        assert_eq!(buffer.to_text().unwrap(), r#"{"a b":[1,"\" \\",true]}"#);
    }

    #[test]
    fn brackets_in_strings_are_not_deep() {
        let depth = |json: &str| Reader::new(json).measured().unwrap().depth;
        assert_eq!(depth(&format!("[\"\\\"{}\"]", "[".repeat(100))), 1);
        assert_eq!(depth(&format!("{}1{}", "[".repeat(64), "]".repeat(64))), 64);
        assert_eq!(depth("[[],{\"a\":[[]]},[]]"), 4);
        assert_eq!(depth(" 1"), 0);
    }

    #[test]
    fn blanks_around_a_value_are_none_of_its_own() {
        let blanks = |json: &str| Reader::new(json).measured().unwrap().blanks;
        assert!(!blanks(" [1,\"a b\"] ") && blanks("[1, 2]") && blanks("[ ]"));
    }
}
