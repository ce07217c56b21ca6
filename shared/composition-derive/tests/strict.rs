//! Declarations have no warnings of their own, however strict the crate: here every warning is an error.

#![deny(warnings, missing_docs, missing_debug_implementations, missing_copy_implementations, unreachable_pub)]
#![deny(unused_qualifications, unused, rust_2018_idioms, single_use_lifetimes, trivial_casts, unused_results)]
#![deny(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes
)]

extern crate trefoil_composition as trefoil;

mod backends {
    use trefoil::backend;

    #[backend]
    pub(crate) struct Users;
}

mod views {
    use trefoil::view;

    #[view]
    pub(crate) struct Profile {
        pub(crate) segment: String,
        inner: Inner,
        parts: PartsOfProfile,
    }

    #[view]
    pub(crate) struct Inner {
        tier: Tier,
    }

    #[view]
    pub(crate) enum Tier {
        Gold,
        Silver,
    }

    /// Its name is no trouble.
    #[view]
    pub(crate) struct PartsOfProfile {
        #[deprecated]
        old: Option<String>,
    }

    /// Its calls are none.
    #[view]
    pub(crate) struct Line {
        profile_id: u64,
        tier: Tier,
        #[call(crate::backends::Users, get = "/users", batch("filter[id]" = profile_id, by = number), within = "80ms")]
        owner: Option<Owner>,
        #[call(crate::backends::Users, get = "/tiers", query(partner = caller.partner), batch(ids = tier, by = key.tier))]
        terms: Option<Terms>,
        #[call(crate::backends::Users, get = "/names/{owner.number}", each(at_once = 64), or = "nobody")]
        name: String,
    }

    #[view]
    pub(crate) struct Owner {
        number: u32,
    }

    #[view]
    pub(crate) struct Terms {
        key: Inner,
    }
}

#[trefoil::caller]
struct Caller {
    partner: String,
}

mod endpoints {
    use trefoil::{composition, input};

    use crate::backends::Users;
    use crate::views::{Line, Profile};

    #[input]
    pub(crate) struct HomeInput {
        #[path]
        id: String,
        #[query(default = 5)]
        limit: u8,
    }

    /// The landing screen.
    #[composition(get = "/home/{id}", input = HomeInput)]
    pub(crate) struct Home {
        #[call(Users, get = "/users/{path.id}", query(partner = caller.partner, limit = query.limit), or = fallback())]
        profile: Profile,
        #[call(Users, get = "/picks/{profile.segment}/{profile.inner.tier}", absent = [404])]
        picks: Option<Vec<String>>,
        #[call(Users, get = "/lines")]
        lines: Vec<Line>,
    }

    fn fallback() -> Profile {
        unreachable!("nobody asks here")
    }
}

/// A declaration may come out of a person's own macro.
mod generated {
    use trefoil::{composition, input, view};

    use crate::backends::Users;

    macro_rules! screen {
        ($name:ident, $input:ident, $profile:ident, $limit:ty) => {
            #[view]
            pub(crate) struct $profile {
                segment: String,
                #[call(Users, get = "/u/{segment}", query(partner = caller.partner), each(at_once = 2))]
                label: Option<String>,
                #[call(Users, get = "/u", batch(ids = segment, by = segment))]
                near: Option<Box<$profile>>,
            }

            #[input]
            pub(crate) struct $input {
                #[query(default = 4)]
                limit: $limit,
            }

            #[composition(get = "/screen", input = $input)]
            pub(crate) struct $name {
                #[call(Users, get = "/u/{caller.id}", query(partner = caller.partner, limit = query.limit))]
                profile: $profile,
                #[call(Users, get = "/p/{profile.segment}", query(segment = profile.segment))]
                picks: Option<Vec<String>>,
            }
        };
    }

    screen!(Screen, ScreenInput, ScreenProfile, u32);
}

#[test]
fn a_strict_crate_has_no_warnings() {
    let declared: fn(&mut _) -> _ = <endpoints::Home as trefoil::declare::Endpoint>::declare;
    let _ = declared;
}
