//! Views that cannot be in a request are refused when plans are made, with what to do.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

extern crate trefoil_composition as trefoil;

use trefoil_composition::{Bff, Raw, StandardCaller, backend, composition, input, view};

#[backend]
pub(crate) struct Shop;

#[view]
pub(crate) struct Plain {
    pub(crate) id: u64,
}

#[view]
pub(crate) struct WithRaw {
    pub(crate) list: Vec<Raw<Plain>>,
}

#[view]
pub(crate) struct WithHidden {
    #[hidden]
    pub(crate) secret: u64,
    #[call(Shop, get = "/{secret}", each(at_once = 2))]
    pub(crate) name: Option<String>,
}

#[view]
pub(crate) struct WithCall {
    pub(crate) id: u64,
    #[call(Shop, get = "/{id}", each(at_once = 2))]
    pub(crate) name: Option<String>,
}

pub(crate) fn twice(id: &u64) -> u64 {
    id * 2
}

#[view]
pub(crate) struct WithComputed {
    pub(crate) id: u64,
    #[computed(twice(id))]
    pub(crate) double: u64,
}

#[view]
#[serde(tag = "kind")]
pub(crate) enum Tagged {
    Plain(Plain),
}

#[view]
pub(crate) struct WithTagged {
    pub(crate) one: Option<Tagged>,
}

#[view]
pub(crate) struct WithNothing {
    #[call(Shop, get = "/x", each(at_once = 2))]
    pub(crate) done: (),
}

macro_rules! endpoint {
    ($name:ident, $input:ident, $view:ident, $path:literal) => {
        #[input]
        pub(crate) struct $input {
            #[body]
            pub(crate) given: Vec<$view>,
        }

        /// Takes it.
        #[composition(post = $path, input = $input)]
        pub(crate) struct $name {
            #[call(Shop, post = "/given", body = body)]
            pub(crate) done: (),
        }
    };
}
endpoint!(TakeRaw, RawInput, WithRaw, "/raw");
endpoint!(TakeHidden, HiddenInput, WithHidden, "/hidden");
endpoint!(TakeCalled, CalledInput, WithCall, "/called");
endpoint!(TakeComputed, ComputedInput, WithComputed, "/computed");
endpoint!(TakeTagged, TaggedInput, WithTagged, "/tagged");
endpoint!(TakeNothing, NothingInput, WithNothing, "/nothing");

#[test]
fn what_no_client_can_send_is_named_with_what_to_write() {
    let bff = Bff::new("web").caller::<StandardCaller>();
    let bff = bff.endpoint::<TakeRaw>().endpoint::<TakeHidden>().endpoint::<TakeCalled>();
    let bff = bff.endpoint::<TakeComputed>().endpoint::<TakeTagged>().endpoint::<TakeNothing>();
    let errors: Vec<String> = bff.compile().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "TakeRaw: `Raw` is not looked at, and a request is: write the type itself in a body",
            "TakeHidden: `WithHidden.secret` is hidden, so no client could name it in a request; write a view without it",
            "TakeCalled: `WithCall.name` is filled by us, so `WithCall` cannot be in a request; write a view without it",
            "TakeComputed: `WithComputed.double` is filled by us, so `WithComputed` cannot be in a request; write a view without it",
            "TakeTagged: `Tagged` is one of several views, and GraphQL has no such input: write a view with an `Option` for each",
            "TakeNothing: `WithNothing.done` is filled by us, so `WithNothing` cannot be in a request; write a view without it",
        ]
    );
}

pub(crate) fn count(lines: &[WithCall]) -> u64 {
    lines.len() as u64
}

/// Counts what is not there yet.
#[composition(get = "/count")]
pub(crate) struct Count {
    #[call(Shop, get = "/lines")]
    pub(crate) lines: Vec<WithCall>,
    #[computed(count(lines))]
    pub(crate) count: u64,
}

#[test]
fn a_function_cannot_take_a_whole_that_calls_fill_in_part() {
    let errors = Bff::new("web").caller::<StandardCaller>().endpoint::<Count>().compile().unwrap_err();
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "Count: `lines` is not there as a whole when what it is in is: calls fill it, or a part of it; refer to parts that none fill"
        ]
    );
}
