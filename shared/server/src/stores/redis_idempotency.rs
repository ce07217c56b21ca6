//! Idempotency keys kept in Redis: one hash a key, with the fingerprint `f` of what it was taken for, the token `t` of the claim that has
//! it and the end `u` of its lease (milliseconds since 1970), and, when the write was made, its answer `s`. Each step is one script on one
//! key, so it is atomic, in a cluster too.
//!
//! The Redis must not evict keys before their time (`maxmemory-policy noeviction`, or `volatile-ttl` with room to spare): a key
//! that is gone no longer protects its write.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use redis::{Script, ScriptInvocation};
use trefoil_composition::idempotency::{Begun, Claim, IdempotencyStore, StoreError, Stored};

use super::redis::Redis;

/// Takes the key if nobody has it and it was never taken for something else; the same claim again is no other. 0 fresh, 1 mismatch,
/// 2 done, 3 running. Redis's own clock tells when a lease is over.
const BEGIN: &str = r"
local f, t, u, s = unpack(redis.call('HMGET', KEYS[1], 'f', 't', 'u', 's'))
if f and f ~= ARGV[1] then return {1, false} end
if s then return {2, s} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if t and t ~= ARGV[2] and now < tonumber(u) then return {3, false} end
redis.call('HSET', KEYS[1], 'f', ARGV[1], 't', ARGV[2], 'u', string.format('%.0f', now + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {0, false}
";

/// Keeps the answer, unless the key is another claim's.
const COMPLETE: &str = r"
local f, t = unpack(redis.call('HMGET', KEYS[1], 'f', 't'))
if (t and t ~= ARGV[2]) or (f and f ~= ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'f', ARGV[1], 't', ARGV[2], 's', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
";

/// Gives the key back, if it is this claim's and its write was not made. What it was taken for stays.
const ABANDON: &str = r"
if redis.call('HGET', KEYS[1], 't') == ARGV[1] and redis.call('HEXISTS', KEYS[1], 's') == 0 then
  return redis.call('HDEL', KEYS[1], 't', 'u')
end
return 0
";

/// The store.
pub(crate) struct RedisIdempotency {
    redis: Arc<Redis>,
    begin: Script,
    complete: Script,
    abandon: Script,
}

impl RedisIdempotency {
    pub(crate) fn new(redis: Arc<Redis>) -> RedisIdempotency {
        RedisIdempotency {
            redis,
            begin: Script::new(BEGIN),
            complete: Script::new(COMPLETE),
            abandon: Script::new(ABANDON),
        }
    }

    fn on<'a>(&self, script: &'a Script, claim: &Claim) -> ScriptInvocation<'a> {
        script.key(format!("{}idempotency:{}", self.redis.prefix(), claim.key.0))
    }
}

impl IdempotencyStore for RedisIdempotency {
    fn begin(&self, claim: Claim, lease: Duration, keep: Duration) -> BoxFuture<'_, Result<Begun, StoreError>> {
        let mut script = self.on(&self.begin, &claim);
        script.arg(&claim.fingerprint.0.0[..]).arg(&claim.token.0[..]).arg(millis(lease)).arg(millis(keep.max(lease)));
        Box::pin(async move {
            let (state, stored): (u8, Option<Vec<u8>>) = self.redis.run(&script).await.map_err(StoreError)?;
            match (state, stored) {
                (0, _) => Ok(Begun::Fresh),
                (1, _) => Ok(Begun::Mismatch),
                (2, Some(stored)) => Stored::from_bytes(&stored).map(Begun::Done),
                (3, _) => Ok(Begun::Running),
                _ => Err(StoreError("an answer that no script of ours gives".to_owned())),
            }
        })
    }

    fn complete(&self, claim: Claim, stored: Stored, keep: Duration) -> BoxFuture<'_, Result<bool, StoreError>> {
        let mut script = self.on(&self.complete, &claim);
        script.arg(&claim.fingerprint.0.0[..]).arg(&claim.token.0[..]).arg(millis(keep)).arg(stored.to_bytes());
        Box::pin(async move { self.redis.run(&script).await.map_err(StoreError) })
    }

    fn abandon(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        let mut script = self.on(&self.abandon, &claim);
        script.arg(&claim.token.0[..]);
        Box::pin(async move { self.redis.run::<i64>(&script).await.map(drop).map_err(StoreError) })
    }
}

/// At least one: Redis takes 0 for "now".
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests;
