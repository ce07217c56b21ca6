//! SIGTERM, SIGINT, and a second one. Signals are the whole process's, so this is one test.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says by panicking what is wrong")]

use std::process::{Command, ExitCode};
use std::time::Duration;

use tokio::task::{JoinHandle, yield_now};
use tokio::time::{Instant, timeout};
use trefoil_composition::Bff;
use trefoil_server::config::{Config, Environment};
use trefoil_server::{Running, start};

async fn gateway(pre_stop_delay_ms: u64) -> Running {
    let text = format!(
        "\
version: 1
listeners: {{ public: {{ address: 127.0.0.1:0 }} }}
admin: {{ address: 127.0.0.1:0 }}
shutdown: {{ pre_stop_delay_ms: {pre_stop_delay_ms}, drain_timeout_ms: 1000, flush_timeout_ms: 1000 }}
log: {{ filter: off }}
bffs: {{ web: {{ auth: {{ issuer: http://127.0.0.1:1, audience: web }} }} }}
"
    );
    let config = Config::parse("gateway.yaml", &text, &Environment::empty(), &[]).unwrap_or_else(|e| panic!("{e}"));
    start(&config, &[Bff::new("web")], &Environment::empty()).await.unwrap()
}

/// Waits for signals from now on: on this one thread, a task that has had its turn is listening.
async fn waiting(gateway: Running) -> JoinHandle<ExitCode> {
    let waiting = tokio::spawn(gateway.until_signal());
    for _ in 0..10 {
        yield_now().await;
    }
    waiting
}

fn send(signal: &str) {
    assert!(Command::new("kill").args([signal, &std::process::id().to_string()]).status().unwrap().success());
}

async fn ended(waiting: JoinHandle<ExitCode>, success: bool) {
    let code = timeout(Duration::from_secs(10), waiting).await.expect("it ends").unwrap();
    let expected = if success { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    assert_eq!(format!("{code:?}"), format!("{expected:?}"));
}

#[tokio::test]
async fn a_signal_ends_it_in_order_and_a_second_one_at_once() {
    // SIGTERM: for the length of the delay it serves on, and says that it wants no more.
    let running = gateway(500).await;
    let (public, admin) = (running.public().unwrap(), running.admin());
    let begun = Instant::now();
    let end = waiting(running).await;
    send("-TERM");
    let unready = async {
        loop {
            let ready = reqwest::get(format!("http://{admin}/readyz")).await.unwrap();
            if ready.status() == 503 {
                break ready.text().await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert_eq!(timeout(Duration::from_millis(400), unready).await.expect("it is unready at once"), "draining\n");
    assert_eq!(reqwest::get(format!("http://{public}/web/nothing")).await.unwrap().status(), 404);
    assert_eq!(reqwest::get(format!("http://{admin}/livez")).await.unwrap().status(), 200);
    ended(end, true).await;
    assert!(begun.elapsed() >= Duration::from_millis(500));
    assert!(reqwest::get(format!("http://{public}/web/nothing")).await.is_err());

    // SIGINT comes from a person: no load balancer has to notice.
    let end = waiting(gateway(3_600_000).await).await;
    send("-INT");
    ended(end, true).await;

    // SIGHUP ends nothing. The same signal twice at once, as a process group gets it, is one.
    let end = waiting(gateway(3_600_000).await).await;
    send("-HUP");
    tokio::time::sleep(Duration::from_millis(100)).await;
    send("-TERM");
    tokio::time::sleep(Duration::from_millis(100)).await;
    send("-TERM");
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert!(!end.is_finished(), "ended by an echo of the first signal");
    // A second signal does not wait for anything, and the exit code tells.
    send("-TERM");
    ended(end, false).await;

    // Another signal is no echo.
    let end = waiting(gateway(3_600_000).await).await;
    send("-TERM");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!end.is_finished());
    send("-INT");
    ended(end, false).await;
}
