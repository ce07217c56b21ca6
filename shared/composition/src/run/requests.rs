//! From the objects that wait for a call to the requests that it makes: each request once, keys in batches.

use std::collections::HashMap;

use percent_encoding::utf8_percent_encode;

use crate::plan::{Plan, PlannedFan, Source};
use crate::render::{self, ENCODED, NotMade, Rendered, Value};

/// The most bytes of a batch's path and query. Servers take 8 KiB and more; what stands between may take less.
const MOST_URL_BYTES: usize = 4096;

/// An object that waits for a call: its node and its place at the node's site.
pub(crate) type Waiting = (usize, usize);

/// One request of a call.
#[derive(Debug)]
pub(crate) struct Request {
    /// What is sent; taken when it is.
    pub(crate) rendered: Rendered,
    /// Who waits for it; for a batch, by key.
    pub(crate) waiting: Waits,
}

/// Who waits for a request.
#[derive(Debug)]
pub(crate) enum Waits {
    /// All of them for the one answer.
    Whole(Vec<Waiting>),
    /// Each for the element with its key.
    ByKey(HashMap<String, Vec<Waiting>>),
}

/// Why an object gets no request.
pub(crate) type Refused = (Waiting, NotMade);

/// The requests of a call for these objects. `value` looks a source up for an object.
pub(crate) fn requests(
    plan: &Plan,
    call: usize,
    waiting: Vec<Waiting>,
    value: impl Fn(Waiting, Source) -> Value,
) -> (Vec<Request>, Vec<Refused>) {
    match &plan.calls[call].fan {
        PlannedFan::Derived(_) => (Vec::new(), Vec::new()),
        PlannedFan::One | PlannedFan::Each { .. } => single(plan, call, waiting, value),
        PlannedFan::Batch { key, parameter, most } => {
            let batch = Batch { plan, call, parameter, most: *most };
            batch.requests(waiting, |who| value(who, *key), &value)
        }
    }
}

fn single(
    plan: &Plan,
    call: usize,
    waiting: Vec<Waiting>,
    value: impl Fn(Waiting, Source) -> Value,
) -> (Vec<Request>, Vec<Refused>) {
    let mut refused = Vec::new();
    let mut requests: Vec<Request> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for who in waiting {
        let rendered = match render::render(&plan.calls[call], |source| value(who, source)) {
            Ok(rendered) => rendered,
            Err(not_made) => {
                refused.push((who, not_made));
                continue;
            }
        };
        // One call for the answer as a whole has nothing to be the same as.
        let same = match plan.calls[call].fan {
            PlannedFan::One => requests.len(),
            _ => *known.entry(rendered.identity()).or_insert(requests.len()),
        };
        match requests.get_mut(same) {
            Some(Request { waiting: Waits::Whole(waiting), rendered: known }) => {
                render::unite(&mut known.tags, rendered.tags);
                waiting.push(who);
            }
            _ => requests.push(Request { rendered, waiting: Waits::Whole(vec![who]) }),
        }
    }
    (requests, refused)
}

/// Keys with the same rest of a request, in the order in which they were met, so that the same answer always makes the same
/// requests.
struct Group {
    /// All but the keys.
    beside: Rendered,
    keys: Vec<(String, Vec<Waiting>)>,
    known: HashMap<String, usize>,
}

impl Group {
    fn add(&mut self, key: String, who: Waiting) {
        let at = *self.known.entry(key.clone()).or_insert(self.keys.len());
        match self.keys.get_mut(at) {
            Some((_, waiting)) => waiting.push(who),
            None => self.keys.push((key, vec![who])),
        }
    }
}

/// The groups of a batch, in the order in which they were met.
#[derive(Default)]
struct Groups {
    groups: Vec<Group>,
    /// By what is the same in each.
    known: HashMap<String, usize>,
}

impl Groups {
    /// The group with this rest.
    fn of(&mut self, beside: Rendered) -> usize {
        let group = *self.known.entry(beside.identity()).or_insert(self.groups.len());
        match self.groups.get_mut(group) {
            Some(group) => render::unite(&mut group.beside.tags, beside.tags),
            None => self.groups.push(Group { beside, keys: Vec::new(), known: HashMap::new() }),
        }
        group
    }
}

struct Batch<'a> {
    plan: &'a Plan,
    call: usize,
    parameter: &'a str,
    most: usize,
}

impl Batch<'_> {
    fn requests(
        &self,
        waiting: Vec<Waiting>,
        key: impl Fn(Waiting) -> Value,
        value: &impl Fn(Waiting, Source) -> Value,
    ) -> (Vec<Request>, Vec<Refused>) {
        let planned = &self.plan.calls[self.call];
        let varies = planned.varies();
        let mut refused = Vec::new();
        // All else in a request is the same for all objects in it. Mostly it is the same for every object.
        let mut groups = Groups::default();
        let mut same: Option<Result<usize, NotMade>> = None;
        for who in waiting {
            let text = match key(who).map(|json| render::scalar(&json).map(std::borrow::Cow::into_owned)) {
                Some(Ok(text)) if text.is_empty() || text.contains(',') => {
                    // Backends split the decoded list: it would be several keys there, and none of them this one.
                    let unfit = NotMade::Unfit("a key of a batch is empty or has a comma, which divides keys");
                    refused.push((who, unfit));
                    continue;
                }
                Some(Ok(text)) => text,
                Some(Err(not_made)) => {
                    refused.push((who, not_made));
                    continue;
                }
                None => {
                    refused.push((who, NotMade::Null));
                    continue;
                }
            };
            let group = match same.take().filter(|_| !varies) {
                Some(known) => known,
                None => render::render(planned, |source| value(who, source)).map(|beside| groups.of(beside)),
            };
            match &group {
                Ok(group) => groups.groups[*group].add(text, who),
                Err(not_made) => refused.push((who, not_made.clone())),
            }
            same = Some(group);
        }
        (groups.groups.into_iter().flat_map(|group| self.chunks(group.keys, &group.beside)).collect(), refused)
    }

    fn chunks(&self, keys: Vec<(String, Vec<Waiting>)>, shared: &Rendered) -> Vec<Request> {
        let separator = if shared.path_and_query.contains('?') { '&' } else { '?' };
        let prefix = format!("{}{separator}{}=", shared.path_and_query, utf8_percent_encode(self.parameter, ENCODED));
        let mut requests = Vec::new();
        let mut url = prefix.clone();
        let mut chunk = HashMap::new();
        for (key, waiting) in keys {
            let encoded = utf8_percent_encode(&key, ENCODED).to_string();
            let full = chunk.len() == self.most || url.len() + encoded.len() + 1 > MOST_URL_BYTES;
            if full && !chunk.is_empty() {
                let rendered =
                    Rendered { path_and_query: std::mem::replace(&mut url, prefix.clone()), ..shared.clone() };
                let waiting = Waits::ByKey(std::mem::take(&mut chunk));
                requests.push(Request { rendered, waiting });
            }
            if !chunk.is_empty() {
                url.push(',');
            }
            url.push_str(&encoded);
            chunk.insert(key, waiting);
        }
        let rendered = Rendered { path_and_query: url, ..shared.clone() };
        requests.push(Request { rendered, waiting: Waits::ByKey(chunk) });
        requests
    }
}
