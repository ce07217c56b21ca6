//! A small shop to try Trefoil on: backends, an OpenID issuer, dev certificates.
