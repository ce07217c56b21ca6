//! The addresses of a backend at one time.

use std::net::SocketAddr;
use std::sync::Arc;

use super::endpoint::Endpoint;

/// An address, as it was configured or looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Those of a higher rank are asked when none of a lower one can be (the priority of RFC 2782).
    pub(crate) rank: u16,
    /// How often it is asked beside the others of its rank, from 1 (the weight of RFC 2782).
    pub(crate) weight: u32,
}

/// The addresses, with what is known of them.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) members: Vec<Member>,
    /// Whether rank and weight are the same for all.
    pub(crate) even: bool,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) rank: u16,
    pub(crate) weight: u32,
}

impl Target {
    /// One among equals.
    pub(crate) fn plain(address: SocketAddr) -> Target {
        Target { address, rank: 0, weight: 1 }
    }
}

impl List {
    /// The list of these targets; an address that stands there twice is one of both weights.
    pub(crate) fn of(targets: &[Target], endpoint: impl Fn(SocketAddr) -> Arc<Endpoint>) -> List {
        let mut members: Vec<Member> = Vec::with_capacity(targets.len());
        for target in targets {
            match members.iter_mut().find(|member| member.endpoint.address == target.address) {
                Some(twice) if twice.rank == target.rank => twice.weight = twice.weight.saturating_add(target.weight),
                Some(twice) => twice.rank = twice.rank.min(target.rank),
                None => members.push(Member {
                    endpoint: endpoint(target.address),
                    rank: target.rank,
                    weight: target.weight.max(1),
                }),
            }
        }
        let even = members.windows(2).all(|pair| match pair {
            [one, other] => (one.rank, one.weight) == (other.rank, other.weight),
            _ => true,
        });
        List { members, even }
    }
}
