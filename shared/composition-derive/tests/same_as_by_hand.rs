//! The macros emit what the contract says: the example that is written out by hand, declared, gives equal data.

extern crate trefoil_composition as trefoil;

#[path = "../../composition/tests/written_by_hand.rs"]
mod by_hand;

use trefoil::declare::{CallerType, Endpoint, Input};
use trefoil::shape::{EnumShape, ObjectShape, Shaped, Shapes};
use trefoil::{backend, caller, composition, input, view};

#[view]
struct Profile {
    id: String,
    #[serde(rename = "segment_code")]
    segment: String,
    nickname: Option<String>,
}

#[view]
enum Tier {
    Gold,
    Silver,
}

#[backend]
struct Users;

#[backend]
struct Recommendations;

#[caller]
struct Caller {
    #[claim("partner_id")]
    partner: String,
}

#[input]
struct PicksInput {
    #[query(default = 6, min = 1, max = 20)]
    limit: u32,
    #[header("accept-language")]
    language: Option<String>,
}

/// The landing screen.
#[composition(get = "/home", deadline = "300ms", scopes("home:read"), input = PicksInput)]
struct Home {
    /// Who is signed in.
    #[call(Users, get = "/users/{caller.id}", pass = [404])]
    profile: Profile,
    /// Suggestions.
    #[call(
        Recommendations,
        get = "/segments/{profile.segment}/picks",
        query(limit = query.limit),
        header("accept-language" = header.language),
        within = "80ms"
    )]
    picks: Option<Vec<String>>,
}

/// One line of an order.
#[view]
struct OrderLine {
    profile_id: String,
    /// Who ordered it.
    #[call(Users, get = "/users", batch(ids = profile_id, by = id, most = 20))]
    profile: Option<Profile>,
    #[call(
        Recommendations,
        get = "/segments/{profile.segment}/picks",
        query(partner = caller.partner),
        each(at_once = 4),
        absent = [404]
    )]
    picks: Option<Vec<String>>,
}

fn everything(shapes: &Shapes) -> (Vec<&ObjectShape>, Vec<&EnumShape>) {
    (shapes.objects().map(|(_, object)| object).collect(), shapes.enums().map(|(_, shape)| shape).collect())
}

#[test]
fn the_macros_give_the_same_data_as_the_example_by_hand() {
    let (mut ours, mut by_hand) = (Shapes::new(), Shapes::new());
    assert_eq!(Home::declare(&mut ours), by_hand::Home::declare(&mut by_hand));
    assert_eq!(Tier::shape(&mut ours), by_hand::Tier::shape(&mut by_hand));
    assert_eq!(OrderLine::shape(&mut ours), by_hand::OrderLine::shape(&mut by_hand));
    assert_eq!(<Caller as CallerType>::declare(&mut ours), <by_hand::Caller as CallerType>::declare(&mut by_hand));
    assert_eq!(<PicksInput as Input>::PATH, <by_hand::PicksInput as Input>::PATH);
    assert_eq!(everything(&ours), everything(&by_hand));
}
