//! What an endpoint says of its answer's own head.

use http::HeaderName;

use super::Template;

/// One line of an answer's head. A line with a value that is null, or whose call failed, is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadLine {
    /// The header that it becomes, or becomes a part of.
    pub place: HeadPlace,
    /// Its value.
    pub value: Template,
}

/// Where a [`HeadLine`] stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeadPlace {
    /// `Location` (RFC 9110 section 10.2.2). Its value is a URL: what is referred to is encoded.
    Location,
    /// One link of the header `Link` (RFC 8288). Its value is a URL likewise.
    Link {
        /// The relation: `next`.
        rel: String,
    },
    /// A `Set-Cookie` (RFC 6265 section 4.1).
    Cookie {
        /// The cookie's name.
        name: String,
        /// All that follows the value, as it is sent: `; Path=/; Secure; HttpOnly`.
        attributes: String,
    },
    /// A header of this name.
    Header(HeaderName),
}
