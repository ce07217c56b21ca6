//! What a declaration costs and risks is said before it is served.

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, StandardCaller, backend, composition, view};

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
