//! Who may ask for tokens: one client for each BFF.

/// The secret of every client. It guards nothing: the issuer is on loopback and its key dies with it.
pub(super) const SECRET: &str = "demo";

/// A client of the issuer. Its id is the name of its BFF, which is also its tokens' audience.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: &'static str,
    /// All scopes of the BFF.
    pub(super) scopes: &'static [&'static str],
    /// Whom a token is for unless the request says otherwise.
    pub(super) subject: &'static str,
    /// Whether its tokens name the partner, in the claim `partner`.
    pub(super) is_partner: bool,
}

pub(super) const CLIENTS: [Client; 3] = [
    Client {
        id: "web",
        scopes: &["home:read", "catalog:read", "orders:read", "orders:write"],
        subject: "u-1001",
        is_partner: false,
    },
    Client { id: "mobile", scopes: &["home:read", "orders:read"], subject: "u-1001", is_partner: false },
    Client { id: "partner", scopes: &["orders:read", "inventory:read"], subject: "acme", is_partner: true },
];

pub(super) fn find(id: &str) -> Option<&'static Client> {
    CLIENTS.iter().find(|client| client.id == id)
}
