//! What a declaration costs and risks is said before it is served.

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, StandardCaller, backend, composition, view};

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
    assert!(drawn.contains("2 calls, and one for each object at 1 field, 2 in a row"), "{drawn}");
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
    let drawn = compiled.plans()[1].draw();
    assert!(drawn.contains("needs.currency = made.currency"), "{drawn}");
}
