//! What is wrong with a configuration, and how it is shown: every fault at once, each with its line underlined.

use std::fmt;

use super::mark::Mark;
use super::password::hidden;

/// A longer line is cut, in characters.
const MOST_SHOWN: usize = 100;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands.
    pub mark: Mark,
    /// The keys that lead there, such as `bffs.web.quota.burst`; empty for the whole file.
    pub path: String,
    /// What is wrong.
    pub what: String,
    /// What would fit, or what to do.
    pub help: Option<String>,
}

/// A configuration that cannot be used. Its text shows each fault in the manner of rustc, and no password of a URL.
#[derive(Debug, Clone)]
pub struct ConfigError {
    name: String,
    text: String,
    faults: Vec<Fault>,
}

impl ConfigError {
    pub(crate) fn new(name: &str, text: &str, mut faults: Vec<Fault>) -> ConfigError {
        // In the order of the file, then the environment, then flags.
        faults.sort_by_key(|fault| match fault.mark {
            Mark::File { line, column } => (0, line, column),
            Mark::Variable(_) => (1, 0, 0),
            Mark::Flag(_) => (2, 0, 0),
            Mark::Nowhere => (3, 0, 0),
        });
        ConfigError { name: name.to_owned(), text: text.to_owned(), faults }
    }

    /// Every fault found, in the order of the file.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    fn show(&self, fault: &Fault, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", hidden(&fault.what))?;
        let Mark::File { line, column } = fault.mark else {
            match &fault.mark {
                Mark::Nowhere if fault.path.is_empty() => writeln!(f, "  --> {}", self.name)?,
                Mark::Nowhere => writeln!(f, "  --> {}: {}", self.name, fault.path)?,
                mark => writeln!(f, "  --> {}", hidden(&mark.to_string()))?,
            }
            return match &fault.help {
                Some(help) => writeln!(f, "   = help: {help}"),
                None => Ok(()),
            };
        };
        let width = line.to_string().len();
        let source = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        writeln!(f, "{:width$}--> {}:{line}:{column}", "", self.name)?;
        writeln!(f, "{:width$} |", "")?;
        let before: String = source.chars().take(column - 1).collect();
        let shown = Excerpt::of(&hidden(source), hidden(&before).chars().count() + 1);
        writeln!(f, "{line} | {}", shown.text)?;
        writeln!(f, "{:width$} | {}{}", "", " ".repeat(shown.before), "^".repeat(shown.underlined))?;
        match &fault.help {
            Some(help) => writeln!(f, "{:width$} = help: {help}", ""),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            self.show(fault, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// As much of a line as a person wants to see.
struct Excerpt {
    text: String,
    /// Characters before what is underlined.
    before: usize,
    underlined: usize,
}

impl Excerpt {
    /// The line, or, of a long one, what is around `column`, with `…` for the rest.
    fn of(line: &str, column: usize) -> Excerpt {
        let (length, at) = (line.chars().count(), column - 1);
        let underlined = extent(line, column);
        if length <= MOST_SHOWN {
            return Excerpt { text: line.to_owned(), before: at, underlined };
        }
        let from = if at < MOST_SHOWN / 2 { 0 } else { at - MOST_SHOWN / 4 };
        let to = length.min(from + MOST_SHOWN);
        let (begin, end) = (if from > 0 { "…" } else { "" }, if to < length { "…" } else { "" });
        let part: String = line.chars().skip(from).take(to - from).collect();
        Excerpt {
            text: format!("{begin}{part}{end}"),
            before: at - from + begin.chars().count(),
            underlined: underlined.min(to.saturating_sub(at)).max(1),
        }
    }
}

/// How many characters to underline from `column`: a key without its colon, or a value without its comment.
fn extent(line: &str, column: usize) -> usize {
    let rest: String = line.chars().skip(column - 1).collect();
    let end = [rest.find(": "), rest.find(" #")].into_iter().flatten().min().unwrap_or(rest.len());
    rest[..end].trim_end().trim_end_matches(':').chars().count().max(1)
}

/// The one of `known` that `name` was probably meant to be: at most two letters away, and not of another length class.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = if name.chars().count() < 4 { 1 } else { 2 };
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of letters to put in, take out, change or swap with their neighbour (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![vec![0; to.len() + 1]; from.len() + 1];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
                let mut best = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                    best = best.min(rows[i - 2][j - 2] + 1);
                }
                best
            };
        }
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_the_one_meant() {
        assert_eq!(nearest("adress", ["admin", "address"]), Some("address"));
        assert_eq!(nearest("prot", ["port", "path"]), Some("port"));
        assert_eq!(nearest("elephant", ["port", "path"]), None);
    }

    #[test]
    fn a_long_line_is_cut_around_the_fault() {
        let line = format!("a: \"{}\", bad: 1, {}", "x".repeat(5_000), "y".repeat(5_000));
        let column = line.find("bad").unwrap() + 1;
        let shown = Excerpt::of(&line, column);
        assert!(shown.text.chars().count() <= MOST_SHOWN + 2, "{}", shown.text);
        let under: String = shown.text.chars().skip(shown.before).take(shown.underlined).collect();
        assert_eq!(under, "bad");
        assert!(shown.text.starts_with('…') && shown.text.ends_with('…'));
        // What is long itself is underlined as far as it is shown.
        let whole = Excerpt::of(&line, 4);
        assert!(whole.text.starts_with("a: \"xxx") && whole.before + whole.underlined <= MOST_SHOWN, "{}", whole.text);
        assert_eq!(Excerpt::of("a: 1", 4).text, "a: 1");
    }

    #[test]
    fn a_fault_is_shown_under_its_line() {
        let fault = Fault {
            mark: Mark::File { line: 2, column: 3 },
            path: "admin.adress".into(),
            what: "unknown key `adress`".into(),
            help: Some("did you mean `address`?".into()),
        };
        let error = ConfigError::new("gateway.yaml", "admin:\n  adress: 1 # here\n", vec![fault]);
        assert_eq!(
            error.to_string(),
            "error: unknown key `adress`\n --> gateway.yaml:2:3\n  |\n2 |   adress: 1 # here\n  |   ^^^^^^\n  = help: did you mean `address`?\n"
        );
    }
}
