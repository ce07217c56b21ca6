//! The edge as its clients meet it: one file per behaviour, each test a claim.

#[cfg(test)]
mod access_log;
#[cfg(test)]
mod authentication;
#[cfg(test)]
mod build;
#[cfg(test)]
mod common;
#[cfg(test)]
mod compression;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod header_spoofing;
#[cfg(test)]
mod issuer_keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod metrics;
mod no_content;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod quota;
#[cfg(test)]
mod request_id;
#[cfg(test)]
mod security_headers;
#[cfg(test)]
mod token_attacks;
#[cfg(test)]
mod trace;
mod unread_body;
