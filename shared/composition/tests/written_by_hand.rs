//! What the macros emit, written out by hand: the contract between the macros and the library.
//!
//! The declaration (as a person writes it):
//!
//! ```ignore
//! #[view] struct Profile { id: String, #[serde(rename = "segment_code")] segment: String, nickname: Option<String> }
//! #[view] enum Tier { Gold, Silver }
//! #[backend] pub struct Users;
//! #[caller] pub struct Caller { #[claim("partner_id")] pub partner: String }
//! #[input] pub struct PicksInput { #[query(default = 6, min = 1, max = 20)] pub limit: u32, #[header("accept-language")] pub language: Option<String> }
//!
//! /// The landing screen.
//! #[composition(get = "/home", deadline = "300ms", scopes("home:read"), input = PicksInput)]
//! pub struct Home {
//!     /// Who is signed in.
//!     #[call(Users, get = "/users/{caller.id}", pass = [404])]
//!     pub profile: Profile,
//!     /// Suggestions.
//!     #[call(Recommendations, get = "/segments/{profile.segment}/picks", query(limit = query.limit), header("accept-language" = header.language), within = "80ms")]
//!     pub picks: Option<Vec<String>>,
//! }
//!
//! /// One line of an order.
//! #[view]
//! pub struct OrderLine {
//!     pub profile_id: String,
//!     /// Who ordered it.
//!     #[call(Users, get = "/users", batch(ids = profile_id, by = id, most = 20))]
//!     pub profile: Option<Profile>,
//!     #[call(Recommendations, get = "/segments/{profile.segment}/picks", query(partner = caller.partner), each(at_once = 4), absent = [404])]
//!     pub picks: Option<Vec<String>>,
//! }
//! ```
#![allow(
    missing_docs,
    missing_debug_implementations,
    unused_qualifications,
    unreachable_pub,
    dead_code,
    reason = "it stands for generated code"
)]

extern crate trefoil_composition as trefoil;

use trefoil::__private::{Duration, HeaderName, Place, declare, refer, shape};

// ---- #[view] struct Profile -------------------------------------------------------------------------------------------

#[derive(trefoil::__private::serde::Serialize, trefoil::__private::serde::Deserialize)]
#[serde(crate = "trefoil::__private::serde")]
pub struct Profile {
    pub id: String,
    #[serde(rename = "segment_code")]
    // `rename(serialize = …)` is not handed on to serde: the struct's own JSON has the backend's names
    pub segment: String,
    pub nickname: Option<String>,
}

#[doc(hidden)]
pub struct ProfileParts<N> {
    pub id: refer::Part<String, N>,
    pub segment: refer::Part<String, N>,
    pub nickname: refer::Part<Option<String>, N>,
}

impl refer::HasParts for Profile {
    type Parts<N> = ProfileParts<N>;
    fn parts<N>() -> ProfileParts<N> {
        ProfileParts { id: refer::Part::NEW, segment: refer::Part::NEW, nickname: refer::Part::NEW }
    }
}

impl refer::OneOfABatch for Profile {
    type View = Self;
}

impl shape::Shaped for Profile {
    type Null = refer::Sure;
    type Needs = refer::NeedsNothing;
    fn shape(shapes: &mut shape::Shapes) -> shape::Shape {
        shapes.object::<Self>("Profile", "", |shapes| {
            vec![
                shape::FieldShape {
                    rust: "id".into(),
                    wire: vec!["id".into()],
                    doc: String::new(),
                    shape: <String as shape::Shaped>::shape(shapes),
                    ..Default::default()
                },
                shape::FieldShape {
                    rust: "segment".into(),
                    wire: vec!["segment_code".into()],
                    doc: String::new(),
                    shape: <String as shape::Shaped>::shape(shapes),
                    ..Default::default()
                },
                shape::FieldShape {
                    rust: "nickname".into(),
                    wire: vec!["nickname".into()],
                    doc: String::new(),
                    shape: <Option<String> as shape::Shaped>::shape(shapes),
                    ..Default::default()
                },
            ]
        })
    }
}

// ---- #[view] enum Tier ------------------------------------------------------------------------------------------------

#[derive(trefoil::__private::serde::Serialize, trefoil::__private::serde::Deserialize)]
#[serde(crate = "trefoil::__private::serde")]
pub enum Tier {
    Gold,
    Silver,
}

impl shape::Shaped for Tier {
    type Null = refer::Sure;
    type Needs = refer::NeedsNothing;
    fn shape(shapes: &mut shape::Shapes) -> shape::Shape {
        let variant = |wire: &str| shape::VariantShape { wire: wire.into(), doc: String::new() };
        shapes.enumeration::<Self>("Tier", "", vec![variant("Gold"), variant("Silver")])
    }
}

impl refer::InUrl for Tier {
    type Null<N> = N;
}

impl refer::BatchKey for Tier {}

// ---- #[backend] -------------------------------------------------------------------------------------------------------

pub struct Users;
impl declare::Backend for Users {
    const NAME: &'static str = "users";
    const DOC: &'static str = "";
}
pub struct Recommendations;
impl declare::Backend for Recommendations {
    const NAME: &'static str = "recommendations";
    const DOC: &'static str = "";
}

// ---- #[caller] --------------------------------------------------------------------------------------------------------

pub struct Caller {
    pub partner: String,
}
#[doc(hidden)]
pub struct CallerParts {
    pub id: refer::Part<String, refer::Sure>,
    pub partner: refer::Part<String, refer::Sure>,
}
impl declare::CallerType for Caller {
    type Parts = CallerParts;
    fn parts() -> CallerParts {
        CallerParts { id: refer::Part::NEW, partner: refer::Part::NEW }
    }
    fn declare(shapes: &mut shape::Shapes) -> Vec<declare::Claim> {
        vec![declare::Claim {
            rust: "partner".into(),
            wire: "partner_id".into(),
            doc: String::new(),
            shape: <String as shape::Shaped>::shape(shapes),
        }]
    }
}

// ---- #[input] ---------------------------------------------------------------------------------------------------------

pub struct PicksInput {
    pub limit: u32,
    pub language: Option<String>,
}
#[doc(hidden)]
pub struct PicksInputParts {
    pub path: PicksInputPath,
    pub query: PicksInputQuery,
    pub header: PicksInputHeader,
}
#[doc(hidden)]
pub struct PicksInputPath {}
#[doc(hidden)]
pub struct PicksInputQuery {
    pub limit: refer::Part<u32, refer::Sure>,
}
#[doc(hidden)]
pub struct PicksInputHeader {
    pub language: refer::Part<Option<String>, refer::Sure>,
}
impl declare::Input for PicksInput {
    type Parts = PicksInputParts;
    const PATH: &'static [&'static str] = &[];
    fn parts() -> PicksInputParts {
        PicksInputParts {
            path: PicksInputPath {},
            query: PicksInputQuery { limit: refer::Part::NEW },
            header: PicksInputHeader { language: refer::Part::NEW },
        }
    }
    fn declare(shapes: &mut shape::Shapes) -> Vec<declare::Param> {
        vec![
            declare::Param {
                place: Place::Query,
                rust: "limit".into(),
                renamed: None,
                doc: String::new(),
                shape: <u32 as shape::Shaped>::shape(shapes),
                default: Some({
                    let value: u32 = 6;
                    trefoil::__private::serde_json::to_string(&value).unwrap_or_default()
                }),
                bounds: declare::Bounds { min: Some(1), max: Some(20), ..Default::default() },
            },
            declare::Param {
                place: Place::Header,
                rust: "language".into(),
                renamed: Some("accept-language".into()),
                doc: String::new(),
                shape: <Option<String> as shape::Shaped>::shape(shapes),
                default: None,
                bounds: declare::Bounds::default(),
            },
        ]
    }
}

// ---- #[composition] ---------------------------------------------------------------------------------------------------

/// The landing screen.
#[derive(trefoil::__private::serde::Serialize, trefoil::__private::serde::Deserialize)]
#[serde(crate = "trefoil::__private::serde")]
pub struct Home {
    /// Who is signed in.
    pub profile: Profile,
    /// Suggestions.
    pub picks: Option<Vec<String>>,
}

#[doc(hidden)]
pub struct HomeParts<N> {
    pub profile: refer::Part<Profile, N>,
    pub picks: refer::Part<Option<Vec<String>>, N>,
}

impl refer::HasParts for Home {
    type Parts<N> = HomeParts<N>;
    fn parts<N>() -> HomeParts<N> {
        HomeParts { profile: refer::Part::NEW, picks: refer::Part::NEW }
    }
}

impl refer::OneOfABatch for Home {
    type View = Self;
}

impl shape::Shaped for Home {
    type Null = refer::Sure;
    type Needs = refer::NeedsNothing;
    fn shape(shapes: &mut shape::Shapes) -> shape::Shape {
        shapes.object::<Self>("Home", "The landing screen.", |shapes| {
            vec![
                shape::FieldShape {
                    rust: "profile".into(),
                    wire: vec!["profile".into()],
                    doc: "Who is signed in.".into(),
                    shape: <Profile as shape::Shaped>::shape(shapes),
                    call: Some(declare::Call {
                        backend: <Users as declare::Backend>::NAME.into(),
                        path: declare::Template(vec![
                            declare::Piece::Literal("/users/".into()),
                            declare::Piece::Reference(declare::Reference {
                                root: declare::Root::Caller,
                                path: vec!["id".into()],
                            }),
                        ]),
                        pass: vec![404],
                        ..Default::default()
                    }),
                    ..Default::default()
                },
                shape::FieldShape {
                    rust: "picks".into(),
                    wire: vec!["picks".into()],
                    doc: "Suggestions.".into(),
                    shape: <Option<Vec<String>> as shape::Shaped>::shape(shapes),
                    call: Some(declare::Call {
                        backend: <Recommendations as declare::Backend>::NAME.into(),
                        path: declare::Template(vec![
                            declare::Piece::Literal("/segments/".into()),
                            declare::Piece::Reference(declare::Reference {
                                root: declare::Root::Field,
                                path: vec!["profile".into(), "segment".into()],
                            }),
                            declare::Piece::Literal("/picks".into()),
                        ]),
                        query: vec![(
                            "limit".into(),
                            declare::Template(vec![declare::Piece::Reference(declare::Reference {
                                root: declare::Root::Request(Place::Query),
                                path: vec!["limit".into()],
                            })]),
                        )],
                        headers: vec![(
                            HeaderName::from_static("accept-language"),
                            declare::Template(vec![declare::Piece::Reference(declare::Reference {
                                root: declare::Root::Request(Place::Header),
                                path: vec!["language".into()],
                            })]),
                        )],
                        within: Some(Duration::from_millis(80)),
                        ..Default::default()
                    }),
                    ..Default::default()
                },
            ]
        })
    }
}

impl declare::Endpoint for Home {
    fn declare(shapes: &mut shape::Shapes) -> declare::Declaration {
        declare::Declaration {
            type_name: "Home".into(),
            doc: "The landing screen.".into(),
            path: "/home".into(),
            deadline: Duration::from_millis(300),
            access: declare::Access::Token { scopes: vec!["home:read".into()] },
            params: <PicksInput as declare::Input>::declare(shapes),
            answer: <Home as shape::Shaped>::shape(shapes),
            ..Default::default()
        }
    }
}

const _: () = {
    assert!(
        declare::same_names(&[], <PicksInput as declare::Input>::PATH),
        "the path parameters of the input and of the endpoint's path differ"
    );
    // Never called: it exists so that the compiler checks every reference.
    fn references() {
        let of = <Home as refer::HasParts>::parts::<refer::Sure>();
        let input = <PicksInput as declare::Input>::parts();
        let caller = <Caller as declare::CallerType>::parts();
        refer::feeds::<<Profile as shape::Shaped>::Null, _, _>(caller.id);
        refer::needs_a_required_field::<<Profile as shape::Shaped>::Null>();
        refer::feeds::<<Option<Vec<String>> as shape::Shaped>::Null, _, _>(refer::open(of.profile).segment);
        refer::fits(input.query.limit);
        refer::fits(input.header.language);
    }
    let _ = references;
};

// ---- #[view] struct OrderLine, with calls -----------------------------------------------------------------------------

/// One line of an order.
#[derive(trefoil::__private::serde::Serialize, trefoil::__private::serde::Deserialize)]
#[serde(crate = "trefoil::__private::serde")]
pub struct OrderLine {
    pub profile_id: String,
    /// Who ordered it.
    pub profile: Option<Profile>,
    pub picks: Option<Vec<String>>,
}

#[doc(hidden)]
pub struct OrderLineParts<N> {
    pub profile_id: refer::Part<String, N>,
    pub profile: refer::Part<Option<Profile>, N>,
    pub picks: refer::Part<Option<Vec<String>>, N>,
}

impl refer::HasParts for OrderLine {
    type Parts<N> = OrderLineParts<N>;
    fn parts<N>() -> OrderLineParts<N> {
        OrderLineParts { profile_id: refer::Part::NEW, profile: refer::Part::NEW, picks: refer::Part::NEW }
    }
}

impl refer::OneOfABatch for OrderLine {
    type View = Self;
}

impl shape::Shaped for OrderLine {
    type Null = refer::Sure;
    type Needs = refer::NeedsNothing;
    fn shape(shapes: &mut shape::Shapes) -> shape::Shape {
        shapes.object::<Self>("OrderLine", "One line of an order.", |shapes| {
            vec![
                shape::FieldShape {
                    rust: "profile_id".into(),
                    wire: vec!["profile_id".into()],
                    doc: String::new(),
                    shape: <String as shape::Shaped>::shape(shapes),
                    ..Default::default()
                },
                shape::FieldShape {
                    rust: "profile".into(),
                    wire: vec!["profile".into()],
                    doc: "Who ordered it.".into(),
                    shape: <Option<Profile> as shape::Shaped>::shape(shapes),
                    call: Some(declare::Call {
                        backend: <Users as declare::Backend>::NAME.into(),
                        path: declare::Template(vec![declare::Piece::Literal("/users".into())]),
                        fan: declare::Fan::Batch {
                            key: declare::Reference { root: declare::Root::Field, path: vec!["profile_id".into()] },
                            parameter: "ids".into(),
                            by: vec!["id".into()],
                            most: 20,
                        },
                        ..Default::default()
                    }),
                    ..Default::default()
                },
                shape::FieldShape {
                    rust: "picks".into(),
                    wire: vec!["picks".into()],
                    doc: String::new(),
                    shape: <Option<Vec<String>> as shape::Shaped>::shape(shapes),
                    call: Some(declare::Call {
                        backend: <Recommendations as declare::Backend>::NAME.into(),
                        path: declare::Template(vec![
                            declare::Piece::Literal("/segments/".into()),
                            declare::Piece::Reference(declare::Reference {
                                root: declare::Root::Field,
                                path: vec!["profile".into(), "segment".into()],
                            }),
                            declare::Piece::Literal("/picks".into()),
                        ]),
                        query: vec![(
                            "partner".into(),
                            declare::Template(vec![declare::Piece::Reference(declare::Reference {
                                root: declare::Root::Caller,
                                path: vec!["partner".into()],
                            })]),
                        )],
                        absent: vec![404],
                        fan: declare::Fan::Each { at_once: 4 },
                        ..Default::default()
                    }),
                    ..Default::default()
                },
            ]
        })
    }
}

const _: () = {
    // Never called: it exists so that the compiler checks every reference.
    fn references() {
        type Null = <Option<Vec<String>> as shape::Shaped>::Null;
        let of = <OrderLine as refer::HasParts>::parts::<refer::Sure>();
        let caller = <Caller as declare::CallerType>::parts();
        refer::matches_key(refer::element_of_a_batch::<Option<Profile>>().id);
        refer::feeds_a_batch::<<Option<Profile> as shape::Shaped>::Null, _, _>(of.profile_id);
        refer::feeds::<Null, _, _>(refer::open(of.profile).segment);
        refer::feeds::<Null, _, _>(caller.partner);
        refer::absent_needs_an_option::<Option<Vec<String>>>();
    }
    let _ = references;
};

#[test]
fn the_declaration_is_plain_data() {
    let mut shapes = shape::Shapes::new();
    let home = <Home as declare::Endpoint>::declare(&mut shapes);
    assert_eq!(home.params.len(), 2);
    assert_eq!(shapes.objects().count(), 2);
}
