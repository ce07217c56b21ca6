//! The orders there are: the seeded ones, and those placed since the start or the last reset.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::shop::Shop;
use crate::shop::literals::Moment;
use crate::shop::orders::{self, Line, Order, STATUSES};

/// How many placed orders are kept; the oldest go first. A load test must not fill the memory.
const KEPT: usize = 10_000;

/// All orders, shared by those who ask.
#[derive(Clone)]
pub(super) struct Placed(Arc<Inner>);

struct Inner {
    shop: Arc<Shop>,
    /// Where a user's seeded orders are in the shop's list, oldest first.
    seeded: HashMap<String, Vec<usize>>,
    new: Mutex<New>,
}

/// A user and a key of theirs: one user's key is nothing to another.
type UserKey = (String, String);

#[derive(Default)]
struct New {
    count: u64,
    orders: VecDeque<(Option<UserKey>, Arc<Order>)>,
    by_key: HashMap<UserKey, Arc<Order>>,
}

impl Placed {
    pub(super) fn new(shop: &Arc<Shop>) -> Self {
        let mut seeded = HashMap::<String, Vec<usize>>::new();
        for (n, order) in shop.orders.iter().enumerate() {
            seeded.entry(order.user_id.clone()).or_default().push(n);
        }
        Self(Arc::new(Inner { shop: shop.clone(), seeded, new: Mutex::default() }))
    }

    /// A user's orders, newest first.
    pub(super) fn of(&self, user: &str) -> Vec<Arc<Order>> {
        let new = self.lock();
        let seeded = self.0.seeded.get(user).map_or(&[][..], Vec::as_slice);
        let new = new.orders.iter().rev().filter(|(_, order)| order.user_id == user).map(|(_, order)| order.clone());
        new.chain(seeded.iter().rev().map(|n| self.0.shop.orders[*n].clone())).collect()
    }

    pub(super) fn find(&self, id: u64) -> Option<Arc<Order>> {
        let n = usize::try_from(id.checked_sub(orders::FIRST_ID)?).ok()?;
        if let Some(order) = self.0.shop.orders.get(n) {
            return Some(order.clone());
        }
        let new = self.lock();
        // Ids ascend, so the place is found by halving.
        let at = new.orders.binary_search_by_key(&id, |(_, order)| order.summary.id).ok()?;
        new.orders.get(at).map(|(_, order)| order.clone())
    }

    /// Places an order; under a key that was seen before, gives the order that it placed then.
    pub(super) fn place(&self, user: String, lines: Vec<Line>, key: Option<String>) -> Arc<Order> {
        let key = key.map(|key| (user.clone(), key));
        let mut new = self.lock();
        if let Some(before) = key.as_ref().and_then(|key| new.by_key.get(key)) {
            return before.clone();
        }
        // Never before an older order, whatever the machine's clock says.
        let now =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed());
        let newest = new.orders.back().map_or(orders::NEWEST, |(_, order)| order.summary.placed_at.0);
        let id = orders::FIRST_ID + orders::COUNT + new.count;
        let order = Arc::new(orders::order(id, user, Moment(now.max(newest)), STATUSES[0], lines));
        new.count += 1;
        if let Some(key) = &key {
            new.by_key.insert(key.clone(), order.clone());
        }
        new.orders.push_back((key, order.clone()));
        if new.orders.len() > KEPT
            && let Some((Some(key), _)) = new.orders.pop_front()
        {
            new.by_key.remove(&key);
        }
        order
    }

    /// Takes an order back that was placed since the start; false for any other. Its key places a new one then.
    pub(super) fn cancel(&self, id: u64) -> bool {
        let mut new = self.lock();
        let Ok(at) = new.orders.binary_search_by_key(&id, |(_, order)| order.summary.id) else { return false };
        if let Some((Some(key), _)) = new.orders.remove(at) {
            new.by_key.remove(&key);
        }
        true
    }

    /// Back to the seeded orders, and no key was ever seen.
    pub(super) fn forget(&self) {
        *self.lock() = New::default();
    }

    fn lock(&self) -> MutexGuard<'_, New> {
        self.0.new.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
