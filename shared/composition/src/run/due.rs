//! When an answer and its calls are due.

use std::time::Duration;

use trefoil_context::{Deadline, RequestContext};

/// When an answer is due: the earlier of the endpoint's deadline, counted from the request's arrival, and the caller's.
pub(crate) fn due(context: &RequestContext, deadline: Duration) -> Deadline {
    let due = Deadline::after(context.arrived, deadline);
    context.deadline.map_or(due, |asked| asked.earlier(due))
}

/// When its calls are given up: a fiftieth of what is left before that, at least 1 ms and at most 10 ms.
pub(crate) fn for_calls(due: Deadline) -> Deadline {
    due.less((due.remaining() / 50).clamp(Duration::from_millis(1), Duration::from_millis(10)))
}
