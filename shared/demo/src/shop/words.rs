//! The words the shop is made of. Only tables.

pub(super) const FIRST_NAMES: [&str; 24] = [
    "Ada", "Bruno", "Chiara", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katia", "Lars", "Mira",
    "Nils", "Olga", "Pavel", "Quinn", "Rosa", "Samir", "Tessa", "Ugo", "Vera", "Wim", "Yara",
];

pub(super) const LAST_NAMES: [&str; 25] = [
    "Lindqvist",
    "Moreau",
    "Okafor",
    "Petrov",
    "Quintero",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Ulrich",
    "Visser",
    "Weber",
    "Yilmaz",
    "Zanetti",
    "Andersson",
    "Baker",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Larsen",
];

/// City, country (ISO 3166-1), a street there and a postal code.
pub(super) const CITIES: [(&str, &str, &str, &str); 10] = [
    ("Uppsala", "SE", "Kungsgatan", "753 21"),
    ("Lyon", "FR", "Rue de la Charité", "69002"),
    ("Utrecht", "NL", "Oudegracht", "3511 AL"),
    ("Porto", "PT", "Rua das Flores", "4050-262"),
    ("Graz", "AT", "Herrengasse", "8010"),
    ("Bologna", "IT", "Via Zamboni", "40126"),
    ("Ghent", "BE", "Veldstraat", "9000"),
    ("Gdańsk", "PL", "Długa", "80-831"),
    ("Leeds", "GB", "Park Row", "LS1 5HN"),
    ("Freiburg", "DE", "Salzstraße", "79098"),
];

pub(super) const NOTES: [&str; 5] = [
    "Prefers e-mail.",
    "Called about a late parcel.",
    "Asked for an invoice.",
    "Do not offer credit.",
    "VIP since 2021.",
];

pub(super) const SEGMENTS: [&str; 4] = ["outdoor", "home", "desk", "newcomer"];

pub(super) const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

/// The product lines; each begins a product's name.
pub(super) const LINES: [&str; 12] = [
    "Fjord", "Alder", "Kestrel", "Umber", "Solstice", "Harbour", "Juniper", "Tarn", "Meridian", "Larch", "Cobalt",
    "Heron",
];

/// A category that holds products: slug, name, the department it is in, its goods, and what they say of themselves.
pub(super) type Leaf = (&'static str, &'static str, &'static str, [&'static str; 5], &'static str);

pub(super) const LEAVES: [Leaf; 10] = [
    (
        "tents",
        "Tents",
        "outdoor",
        ["Two-Person Tent", "Family Tent", "Tarp", "Bivouac", "Ground Sheet"],
        "Stands in wind that sends others home.",
    ),
    (
        "coffee",
        "Coffee",
        "home",
        ["Pour-Over Set", "Hand Grinder", "Moka Pot", "Kettle", "Cup Pair"],
        "For slow mornings, and for fast ones.",
    ),
    (
        "stationery",
        "Stationery",
        "desk",
        ["Notebook", "Fountain Pen", "Desk Pad", "Card Box", "Pencil Roll"],
        "Paper and ink, kept simple.",
    ),
    (
        "footwear",
        "Footwear",
        "outdoor",
        ["Trail Shoe", "Hiking Boot", "Camp Sandal", "Wool Socks", "Gaiters"],
        "Grips when wet, breathes when warm.",
    ),
    (
        "lighting",
        "Lighting",
        "home",
        ["Reading Lamp", "Pendant", "Floor Lamp", "Lantern", "Candle Holder"],
        "Warm light, no glare.",
    ),
    (
        "audio",
        "Audio",
        "desk",
        ["Headphones", "Desk Speaker", "Microphone", "Radio", "Turntable"],
        "Clear at low volume, calm at high.",
    ),
    (
        "camp-kitchen",
        "Camp kitchen",
        "outdoor",
        ["Gas Stove", "Cook Set", "Insulated Mug", "Spork Pair", "Water Filter"],
        "Hot food, an hour from any road.",
    ),
    (
        "cookware",
        "Cookware",
        "home",
        ["Cast-Iron Pan", "Saucepan", "Chef's Knife", "Cutting Board", "Mixing Bowls"],
        "Made to be handed down.",
    ),
    (
        "cycling",
        "Cycling",
        "outdoor",
        ["Handlebar Bag", "Bell", "Rain Cape", "Pump", "Front Light"],
        "Small things that make long rides better.",
    ),
    (
        "textiles",
        "Textiles",
        "home",
        ["Linen Sheet", "Wool Blanket", "Tea Towels", "Cushion", "Bath Towel"],
        "Softer after every wash.",
    ),
];

/// Title and text of a review, by the stars it gives less one.
pub(super) const REVIEWS: [[(&str, &str); 4]; 5] = [
    [
        ("Broke in a week", "The seam gave way on the second day."),
        ("Sent it back", "Not at all what the picture shows."),
        ("No", "I wanted to like it. I could not."),
        ("Never arrived whole", "Two parcels, two broken ones."),
    ],
    [
        ("Disappointing", "Fine for a while, then not."),
        ("Not for me", "Heavier than I expected."),
        ("Meh", "The old model was better."),
        ("Half good", "Half of it is well thought out."),
    ],
    [
        ("Does the job", "Nothing special, nothing wrong."),
        ("All right", "Good price, plain finish."),
        ("As described", "It is what it says it is."),
        ("Fair", "Would have liked another colour."),
    ],
    [
        ("Very good", "Would buy again; the colour is lovely."),
        ("Solid", "Well made, and it arrived early."),
        ("Nearly perfect", "One star less for all that packaging."),
        ("Happy", "A gift, and it went down well."),
    ],
    [
        ("Wonderful", "I use it every single day."),
        ("Best I have owned", "Worth every cent."),
        ("Love it", "My neighbour has ordered one too."),
        ("Ten years on", "I bought a second one, only because I moved."),
    ],
];

/// Code and city.
pub(super) const WAREHOUSES: [(&str, &str); 4] =
    [("AMS-1", "Amsterdam"), ("LEJ-2", "Leipzig"), ("LYS-1", "Lyon"), ("GOT-3", "Gothenburg")];

pub(super) const CARRIERS: [&str; 4] = ["DHL", "PostNord", "DPD", "UPS"];
