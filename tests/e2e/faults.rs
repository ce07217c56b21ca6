//! Every fault that a network or a sick server can show, between the gateway and two of its backends: screens degrade as declared, and
//! nothing of it is left.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::harness::{Demo, Fault, Proxy};

/// How many screens are asked for at once.
const AT_ONCE: usize = 8;

/// How many, where it is looked for what is left of them: of so many that a little of each is much.
const MANY: usize = 32;

/// What the gateway's process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    descriptors: usize,
    threads: usize,
    tasks: usize,
    /// Calls at backends.
    under_way: usize,
    memory_kib: u64,
}

impl Held {
    async fn by(demo: &Demo, process: u32) -> Held {
        let metrics = demo.metrics().await;
        let sum = |name: &str| {
            let values =
                metrics.lines().filter(|line| line.starts_with(name)).filter_map(|line| line.rsplit(' ').next());
            values.map(|value| value.parse::<f64>().expect("a number") as usize).sum()
        };
        let (tasks, under_way) = (sum("trefoil_runtime_tasks"), sum("http_client_active_requests"));
        let count = |what: &str| std::fs::read_dir(format!("/proc/{process}/{what}")).expect("its process").count();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("its status");
        let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        let memory_kib = memory.trim().trim_end_matches(" kB").parse().expect("a number");
        Held { descriptors: count("fd"), threads: count("task"), tasks, under_way, memory_kib }
    }

    /// Whether this is what there was before, but for connections that wait in a pool, here and in the backends, which the demo holds too, and
    /// for what an allocator keeps.
    fn is_no_more_than(&self, before: &Held) -> bool {
        self.under_way == 0
            && self.descriptors <= before.descriptors + MANY
            && self.threads <= before.threads
            && self.tasks <= before.tasks + 2 * MANY
            && self.memory_kib < before.memory_kib + 8 * 1024
    }
}

/// Many screens, whatever becomes of them.
async fn many(demo: &Demo) {
    join_all((0..MANY).map(|_| demo.get("/web/home"))).await;
}

async fn screens(demo: &Demo) -> Vec<(u16, Option<String>, String)> {
    let answers = join_all((0..AT_ONCE).map(|_| demo.get("/web/home"))).await;
    let told = |answer: crate::harness::Answer| {
        let degraded = answer.header("trefoil-degraded").map(str::to_owned);
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        assert!(answer.took < Duration::from_secs(2), "a screen of 300 ms took {:?}", answer.took);
        (answer.status, degraded, code)
    };
    answers.into_iter().map(told).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screens_degrade_as_declared_through_every_fault_and_nothing_of_it_is_left() {
    every_fault("ADDRESSES", "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_they_do_where_calls_go_by_reqwest() {
    every_fault("PROXY", "http://").await;
}

/// `key` is by what of a backend's configuration its calls go through the proxy that shows the faults.
async fn every_fault(key: &str, scheme: &str) {
    let (mut users, mut picks) = (Proxy::start().await, Proxy::start().await);
    let through = |backend: &str, proxy: &Proxy| {
        (format!("TREFOIL__BACKENDS__{backend}__{key}"), format!("{scheme}{}", proxy.address()))
    };
    let (users_through, picks_through) = (through("USERS", &users), through("RECOMMENDATIONS", &picks));
    let mut demo = Demo::start_with(&[
        (&users_through.0, &users_through.1),
        (&picks_through.0, &picks_through.1),
        // It would hide the faults after the fifth; what it does is tested elsewhere.
        ("TREFOIL__BACKENDS__USERS__BREAKER__ENABLED", "false"),
        ("TREFOIL__BACKENDS__RECOMMENDATIONS__BREAKER__ENABLED", "false"),
        // The demo sets its own, and an endpoint's wins over it.
        ("TREFOIL__BFFS__WEB__ENDPOINTS__HOME__QUOTA__PER_SECOND", "100000"),
        ("TREFOIL__BFFS__WEB__ENDPOINTS__HOME__QUOTA__BURST", "100000"),
    ])
    .await;
    for (name, proxy) in [("users", &users), ("recommendations", &picks)] {
        proxy.to(demo.address_of(name));
    }
    // Warm: pools, caches and threads are there.
    for _ in 0..5 {
        screens(&demo).await;
    }
    assert!(screens(&demo).await.iter().all(|screen| *screen == (200, None, String::new())));
    assert!(users.open() > 0 && picks.open() > 0, "the calls do not go through the proxies");
    let faults = [
        (Fault::Latency(Duration::from_millis(500)), "timeout", (504, "deadline-exceeded")),
        (Fault::Reset, "connect", (503, "backend-unreachable")),
        (Fault::HalfClose, "connect", (503, "backend-unreachable")),
        (Fault::Drip(Duration::from_millis(20)), "timeout", (504, "deadline-exceeded")),
        (Fault::Garbage, "shape", (502, "backend-shape")),
        (Fault::Refuse, "connect", (503, "backend-unreachable")),
    ];
    for (fault, reason, (status, code)) in faults {
        // What the screen can do without is named; the rest is there.
        picks.set(fault).await;
        let degraded = Some(format!("picks;reason={reason}"));
        for screen in screens(&demo).await {
            assert_eq!(screen, (200, degraded.clone(), String::new()), "{fault:?} of picks");
        }
        picks.set(Fault::None).await;
        // Without what it needs there is no screen, but an answer that says so.
        users.set(fault).await;
        for screen in screens(&demo).await {
            assert_eq!(screen, (status, None, code.to_owned()), "{fault:?} of users");
        }
        users.set(Fault::None).await;
        let well = screens(&demo).await;
        assert!(well.iter().all(|screen| *screen == (200, None, String::new())), "after {fault:?}: {well:?}");
    }

    // Once more, and more of it: what the first time was for pools, caches and the allocator is there now.
    let process = demo.process().id();
    let mut before = None;
    for times in [1, 3] {
        for (fault, ..) in faults {
            for proxy in [&mut picks, &mut users] {
                proxy.set(fault).await;
                for _ in 0..times {
                    many(&demo).await;
                }
                proxy.set(Fault::None).await;
            }
        }
        many(&demo).await;
        before.get_or_insert(Held::by(&demo, process).await);
    }
    let before = before.expect("it was looked at");
    let ended = Instant::now();
    loop {
        let after = Held::by(&demo, process).await;
        if after.is_no_more_than(&before) && users.open() <= MANY && picks.open() <= MANY {
            break;
        }
        assert!(ended.elapsed() < Duration::from_secs(20), "left over: {before:?}, {after:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
