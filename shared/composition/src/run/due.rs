//! When an answer and its calls are due.

use std::time::Duration;

use tokio::time::Instant;
use trefoil_backend::OwnTime;
use trefoil_context::{Deadline, RequestContext};

/// The most of an answer's time that calls do not get.
const MOST_MARGIN: Duration = Duration::from_millis(10);

/// When an answer is due: the earlier of the endpoint's deadline, counted from the request's arrival, and the caller's.
pub(crate) fn due(context: &RequestContext, deadline: Duration) -> Deadline {
    let due = Deadline::after(context.arrived, deadline);
    context.deadline.map_or(due, |asked| asked.earlier(due))
}

/// When its calls are given up: a fiftieth of what is left before that, at least 1 ms and at most 10 ms.
pub(crate) fn for_calls(due: Deadline) -> Deadline {
    due.less((due.remaining() / 50).clamp(Duration::from_millis(1), MOST_MARGIN))
}

/// The own declared time of a call that begins now: its `within`, else the endpoint's deadline, whatever the caller's is.
pub(crate) fn own_time(
    context: &RequestContext,
    deadline: Duration,
    within: Option<Duration>,
    now: Instant,
) -> OwnTime {
    if let Some(within) = within {
        return OwnTime { length: within, ends: now + within };
    }
    let end = context.arrived + deadline;
    OwnTime { length: deadline, ends: end.checked_sub(MOST_MARGIN).unwrap_or(end) }
}
