//! What a declaration costs and risks is said before it is served.

extern crate trefoil_composition as trefoil;

use std::time::Duration;

use trefoil_composition::plan::Severity;
use trefoil_composition::{Bff, CompiledBff, Limits, StandardCaller, backend, composition, view};

/// What it costs is given by others.
#[view(needs(currency: String))]
pub(crate) struct Priced {
    pub(crate) id: u64,
    #[call(Orders, get = "/prices/{needs.currency}", batch(ids = id, by = id), within = "100ms")]
    pub(crate) price: Option<Named>,
}

#[backend]
pub(crate) struct Orders;

#[view]
pub(crate) struct Line {
    pub(crate) product_id: u64,
    #[call(Orders, get = "/products/{product_id}", each(at_once = 4), within = "200ms")]
    pub(crate) product: Named,
}

#[view]
pub(crate) struct Named {
    pub(crate) id: u64,
}

/// Lines.
#[composition(get = "/lines", deadline = "250ms")]
pub(crate) struct Lines {
    /// The lines.
    #[call(Orders, get = "/lines", within = "100ms")]
    pub(crate) lines: Vec<Line>,
    /// Something optional.
    #[call(Orders, get = "/extra")]
    pub(crate) extra: Option<Named>,
}

#[test]
fn budgets_multiplying_calls_and_fragile_lists_are_named() {
    let compiled = Bff::new("web").caller::<StandardCaller>().endpoint::<Lines>().compile().unwrap();
    let findings: Vec<String> = compiled.plans()[0].findings().iter().map(ToString::to_string).collect();
    for (field, part) in [
        ("lines.lines.product", "one failure costs the whole answer"),
        ("lines.lines.product", "once for each object, 4 at a time"),
        ("lines.lines.product", "300 ms together, and the deadline is 250 ms"),
        ("lines.extra", "no `within`"),
    ] {
        assert!(
            findings.iter().any(|finding| finding.starts_with(&format!("{field}:")) && finding.contains(part)),
            "{part}: {findings:#?}"
        );
    }
    assert_eq!(findings.len(), 4, "{findings:#?}");
    let drawn = compiled.plans()[0].draw();
    for line in [
        "\n3 calls, 2 in a row\n",
        "\nlongest: lines → lines.product, up to the deadline of 250 ms: lines.product in turn for the objects of a list\n",
        "\nrequests: at most 2 + 1 for each object with lines.product\n",
        "\nwarning: lines.product: its own time",
    ] {
        assert!(drawn.contains(line), "{line}: {drawn}");
    }
    assert!(drawn.contains("note: extra: it may be missing"), "{drawn}");
}

/// Changes something, then shows it.
#[composition(post = "/lines", deadline = "1s")]
pub(crate) struct Change {
    /// What the write needs.
    #[call(Orders, get = "/before", within = "100ms", cache("60s"))]
    pub(crate) before: Named,
    /// The write.
    #[call(Orders, post = "/change/{before.id}", within = "100ms")]
    pub(crate) change: Named,
    /// What is read when it has happened.
    #[call(Orders, get = "/after", within = "100ms")]
    pub(crate) after: Named,
    /// What may be from before.
    #[call(Orders, get = "/kept", within = "100ms", cache("60s"))]
    pub(crate) kept: Option<Named>,
}

#[test]
fn what_is_read_after_a_write_and_costs_the_answer_or_may_be_old_is_named() {
    let compiled = Bff::new("web").caller::<StandardCaller>().endpoint::<Change>().compile().unwrap();
    let findings: Vec<String> = compiled.plans()[0].findings().iter().map(ToString::to_string).collect();
    let of = |field: &str, part: &str| {
        findings.iter().filter(|one| one.starts_with(&format!("{field}:")) && one.contains(part)).count()
    };
    assert_eq!(of("change.after", "though the write has happened"), 1, "{findings:#?}");
    assert_eq!(of("change.kept", "what it shows may be from before"), 1, "{findings:#?}");
    assert_eq!(findings.len(), 2, "{findings:#?}");
}

/// Prices in the currency of a slow profile.
#[composition(get = "/priced", deadline = "250ms", supply(currency = profile.currency))]
pub(crate) struct PricedPage {
    /// The lines.
    #[call(Orders, get = "/lines", within = "40ms")]
    pub(crate) lines: Vec<Priced>,
    /// Who says in which currency.
    #[call(Orders, get = "/profile", within = "200ms")]
    pub(crate) profile: Profile,
}

#[view]
pub(crate) struct Profile {
    pub(crate) currency: String,
}

/// A write that says in which currency the rest is read.
#[composition(post = "/priced", deadline = "1s", supply(currency = made.currency))]
pub(crate) struct PricedWrite {
    /// The write.
    #[call(Orders, post = "/made")]
    pub(crate) made: Profile,
    /// What is read then.
    #[call(Orders, get = "/line", within = "100ms")]
    pub(crate) line: Option<Priced>,
}

#[test]
fn a_call_that_supplies_counts_in_the_budget_of_what_it_supplies() {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<PricedPage>().endpoint::<PricedWrite>();
    let compiled = bff.compile().unwrap();
    let findings =
        |plan: usize| -> Vec<String> { compiled.plans()[plan].findings().iter().map(ToString::to_string).collect() };
    let found = findings(0);
    assert_eq!(found.len(), 1, "{found:#?}");
    let expected = "pricedPage.lines.price: its own time and that of the calls before it are 300 ms together, and the deadline is 250 ms";
    assert!(found[0].starts_with(expected), "{}", found[0]);
    // What is read after the write in what the write says may be missing: nothing to find.
    assert!(findings(1).is_empty(), "{:#?}", findings(1));
    let drawn = compiled.plans()[0].draw();
    assert!(drawn.contains("\nlongest: profile → lines.price, at most 300 of 250 ms\n"), "{drawn}");
    assert!(drawn.contains("\nrequests: at most 2 + 1 for every 50 keys of lines.price\n"), "{drawn}");
    let drawn = compiled.plans()[1].draw();
    assert!(drawn.contains("needs.currency = made.currency"), "{drawn}");
}

/// A chain whose every call may take a while, and all of them together longer than the answer.
#[composition(get = "/chain", deadline = "300ms")]
pub(crate) struct Chain {
    /// The first.
    #[call(Orders, get = "/first", within = "200ms", retry(attempts = 3))]
    pub(crate) first: Named,
    /// The second.
    #[call(Orders, get = "/second/{first.id}", within = "150ms", retry, hedge)]
    pub(crate) second: Named,
    /// The third, which is late if the second was.
    #[call(Orders, get = "/third/{second.id}", within = "50ms")]
    pub(crate) third: Named,
    /// One line by itself, with a product.
    #[call(Orders, get = "/line", within = "50ms")]
    pub(crate) line: Line,
    /// Beside all that.
    #[computed(beside(line.product_id))]
    pub(crate) beside: u64,
}

fn beside(of: &u64) -> u64 {
    *of
}

/// An operator may move the deadline, and what a call may take is not what it takes: so it is no error of the compiler.
#[test]
fn times_that_are_longer_together_than_the_deadline_are_a_warning_where_they_pass_it_and_all_else_is_a_note() {
    let bff = Bff::new("web").caller::<StandardCaller>().endpoint::<Chain>();
    let mut compiled = bff.compile().unwrap();
    let warned = |compiled: &CompiledBff| -> Vec<String> {
        let findings = compiled.plans()[0].findings();
        let warnings = findings.into_iter().filter(|finding| finding.severity == Severity::Warning);
        warnings.map(|finding| finding.field).collect()
    };
    assert_eq!(warned(&compiled), ["second"]);
    let limits = Limits { deadline: Some(Duration::from_millis(400)), ..Limits::default() };
    compiled.limit("chain", limits).unwrap();
    assert_eq!(warned(&compiled), Vec::<String>::new());
    // The one that is left: the product of the line is required.
    let notes = compiled.plans()[0].findings();
    assert_eq!(
        notes.iter().map(|note| (note.severity, note.field.as_str())).collect::<Vec<_>>(),
        [(Severity::Note, "line.product")]
    );
}

#[test]
fn a_plan_names_its_longest_way_and_counts_every_attempt() {
    let compiled = Bff::new("web").caller::<StandardCaller>().endpoint::<Chain>().compile().unwrap();
    let drawn = compiled.plans()[0].draw();
    for line in [
        "\n5 calls, 3 in a row\n",
        "\nlongest: first → second → third, at most 400 of 300 ms\n",
        // Three attempts; two, with a hedge beside the first; and one each for the third, the line and its product.
        "\nrequests: at most 9 (first 3, second 3)\n",
    ] {
        assert!(drawn.contains(line), "{line}: {drawn}");
    }
}
