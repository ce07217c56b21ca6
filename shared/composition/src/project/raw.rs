//! What is passed on as it came: bounded in depth, with nothing between its tokens.

use super::Target;
use super::pass::Pass;

/// The most lists and objects inside one another: as many as any reader can be expected to read.
const MAX_DEPTH: usize = 64;

/// Writes valid JSON text as it came. What the error says is for the log.
pub(super) fn pass_on(pass: &mut Pass<'_>, target: &Target, json: &str) -> Result<(), String> {
    if json == "null" && !target.nullable {
        return Err("expected a value that is not null".to_owned());
    }
    check_depth(json)?;
    write(json, &mut pass.writer.out);
    Ok(())
}

/// Checks that valid JSON text is no deeper than [`MAX_DEPTH`].
fn check_depth(json: &str) -> Result<(), String> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("expected lists and objects at most {MAX_DEPTH} deep"));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Writes valid JSON text without the blanks between its tokens: an event of a stream is one line.
fn write(json: &str, out: &mut Vec<u8>) {
    let blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    if !json.bytes().any(blank) {
        return out.extend_from_slice(json.as_bytes());
    }
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
        if in_string || !blank(byte) {
            out.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_left_out_between_tokens_only() {
        let mut out = Vec::new();
        write("{ \"a b\" : [ 1 ,\n\t\"\\\" \\\\\" , true ] }\r\n", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a b":[1,"\" \\",true]}"#);
    }

    #[test]
    fn brackets_in_strings_are_not_deep() {
        assert!(check_depth(&format!("[\"\\\"{}\"]", "[".repeat(100))).is_ok());
        assert!(check_depth(&format!("{}{}", "[".repeat(64), "]".repeat(64))).is_ok());
        assert!(check_depth(&format!("{}{}", "[".repeat(65), "]".repeat(65))).is_err());
    }
}
