//! The calls of a request that are under way. All of them are polled by the request's own task.
//!
//! Each has a waker of its own, so that of many calls only those are polled that have something to do. What a call costs here is its
//! future, in a box, and its waker.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// Futures, in the order in which they came. Dropping it drops them.
pub(super) struct UnderWay<F> {
    calls: Vec<Slot<F>>,
    /// The task that polls them.
    task: Arc<AtomicWaker>,
}

struct Slot<F> {
    future: Pin<Box<F>>,
    mark: Arc<Mark>,
    waker: Waker,
}

/// Whether a call has something to do.
struct Mark {
    set: AtomicBool,
    task: Arc<AtomicWaker>,
}

impl Wake for Mark {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.set.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl<F: Future> UnderWay<F> {
    /// None, with room for as many as there mostly are.
    pub(super) fn with_capacity(calls: usize) -> UnderWay<F> {
        UnderWay { calls: Vec::with_capacity(calls), task: Arc::new(AtomicWaker::new()) }
    }

    pub(super) fn push(&mut self, future: F) {
        let mark = Arc::new(Mark { set: AtomicBool::new(true), task: Arc::clone(&self.task) });
        let waker = Waker::from(Arc::clone(&mark));
        self.calls.push(Slot { future: Box::pin(future), mark, waker });
    }

    /// What the next one that ends comes to; `None` when there are none.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        if self.calls.is_empty() {
            return Poll::Ready(None);
        }
        // Before the marks are looked at: one that is set later wakes the task.
        self.task.register(cx.waker());
        for at in 0..self.calls.len() {
            let Slot { future, mark, waker } = &mut self.calls[at];
            if mark.set.swap(false, Ordering::AcqRel)
                && let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(waker))
            {
                // Their order stays: requests are sent in that of the plan.
                self.calls.remove(at);
                return Poll::Ready(Some(output));
            }
        }
        Poll::Pending
    }

    /// Sees to it that each is polled.
    pub(super) fn mark_all(&self) {
        self.calls.iter().for_each(|slot| slot.mark.set.store(true, Ordering::Release));
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::FutureExt as _;
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn only_a_call_that_was_woken_is_polled() {
        let mut under_way = UnderWay::with_capacity(0);
        let mut polled = Vec::new();
        let mut senders = Vec::new();
        for number in 0..100 {
            let (sender, mut receiver) = oneshot::channel::<()>();
            let polls = Arc::new(std::sync::atomic::AtomicUsize::new(0));
            polled.push(Arc::clone(&polls));
            senders.push(Some(sender));
            under_way.push(poll_fn(move |cx| {
                polls.fetch_add(1, Ordering::Relaxed);
                receiver.poll_unpin(cx).map(|_| number)
            }));
        }
        let mut next = || poll_fn(|cx| under_way.poll_next(cx)).now_or_never();
        assert_eq!(next(), None);
        for number in [70, 3] {
            senders[number] = None;
        }
        let mut ended = [next(), next()].map(Option::flatten);
        ended.sort_unstable();
        assert_eq!(ended, [Some(3), Some(70)]);
        assert_eq!(next(), None);
        let polls: Vec<usize> = polled.iter().map(|polls| polls.load(Ordering::Relaxed)).collect();
        assert_eq!(polls.iter().sum::<usize>(), 102, "each once, and those that were woken once more");
        under_way.mark_all();
        assert_eq!(poll_fn(|cx| under_way.poll_next(cx)).now_or_never(), None);
        assert_eq!(polled.iter().map(|polls| polls.load(Ordering::Relaxed)).sum::<usize>(), 200);
    }

    #[test]
    fn without_any_call_nothing_is_waited_for() {
        let mut under_way = UnderWay::<std::future::Pending<()>>::with_capacity(3);
        assert_eq!(poll_fn(|cx| under_way.poll_next(cx)).now_or_never(), Some(None));
    }
}
