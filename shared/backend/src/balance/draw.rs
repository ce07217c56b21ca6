//! Two draws by weight among the best, and of the two the less busy. Pure: what looks random is handed in.

/// One who can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate<O> {
    /// Only those of the least are drawn.
    pub(crate) order: O,
    /// How often it is drawn beside the others.
    pub(crate) weight: u64,
    /// Of two that were drawn the one with less of it is taken.
    pub(crate) busy: u32,
}

/// The index of the one that is taken; `None` if nobody can be. The candidates may change meanwhile.
pub(crate) fn draw<O: Ord>(
    count: usize,
    candidate: impl Fn(usize) -> Option<Candidate<O>>,
    mut random: impl FnMut() -> u64,
) -> Option<usize> {
    let best = (0..count).filter_map(&candidate).map(|candidate| candidate.order).min()?;
    let drawn = || (0..count).filter_map(|index| Some((index, candidate(index)?))).filter(|(_, one)| one.order == best);
    let (first, one) = pick(drawn(), random())?;
    // Where all weigh the same, the second is another one. Else it may be the same: one that weighs little would be in every pair of
    // a few, and there it would have as much to do as the others.
    let even = drawn().all(|(_, other)| other.weight == one.weight);
    let second = pick(drawn().filter(|(index, _)| !even || *index != first), random());
    match second {
        Some((second, other)) if other.busy < one.busy => Some(second),
        _ => Some(first),
    }
}

fn pick<O>(drawn: impl Iterator<Item = (usize, Candidate<O>)> + Clone, random: u64) -> Option<(usize, Candidate<O>)> {
    let total: u64 = drawn.clone().map(|(_, one)| one.weight).sum();
    let mut at = random.checked_rem(total)?;
    for (index, one) in drawn {
        match at.checked_sub(one.weight) {
            Some(rest) => at = rest,
            None => return Some((index, one)),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(candidates: &[(u8, u64, u32)]) -> Vec<u32> {
        let candidate =
            |index: usize| candidates.get(index).map(|&(order, weight, busy)| Candidate { order, weight, busy });
        let mut state = 7u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let mut shares = vec![0; candidates.len()];
        for _ in 0..10_000 {
            shares[draw(candidates.len(), candidate, &mut random).unwrap()] += 1;
        }
        shares
    }

    #[test]
    fn only_the_best_are_drawn_and_all_of_them_are() {
        let shares = shares(&[(1, 1, 0), (0, 1, 0), (0, 1, 0), (2, 1, 0)]);
        assert_eq!((shares[0], shares[3]), (0, 0));
        assert!(shares[1].abs_diff(shares[2]) < 500, "{shares:?}");
    }

    #[test]
    fn the_busiest_is_never_taken_where_all_weigh_the_same() {
        let shares = shares(&[(0, 1, 3), (0, 1, 1), (0, 1, 2)]);
        assert_eq!(shares[0], 0, "{shares:?}");
        assert!(shares[1] > shares[2], "{shares:?}");
    }

    #[test]
    fn a_tenth_of_the_weight_is_about_a_tenth_of_the_calls_and_at_most_twice_that_when_it_is_idle() {
        let idle = shares(&[(0, 10, 0), (0, 100, 0), (0, 100, 0)]);
        assert!((350..650).contains(&idle[0]), "{idle:?}");
        let others_busy = shares(&[(0, 10, 0), (0, 100, 5), (0, 100, 5)]);
        assert!((700..1_150).contains(&others_busy[0]), "{others_busy:?}");
    }

    #[test]
    fn nobody_is_taken_where_nobody_is() {
        assert_eq!(draw(0, |_| None::<Candidate<u8>>, || 1), None);
        assert_eq!(draw(3, |_| None::<Candidate<u8>>, || 1), None);
    }
}
