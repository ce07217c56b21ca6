//! Kept answers: who gets them, for how long, and what a backend is asked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tokio::time::advance;
use trefoil_backend::{
    BackendConfig, Body, Cache, CacheConfig, Cached, Call, CallFailure, Client, Clients, Effort, Policy, Purge, Reply,
    Served,
};
use trefoil_context::{Caller, Deadline, IdentityHeaders, RequestContext};
use trefoil_testing::{End, FakeBackends};

const TTL: Duration = Duration::from_secs(60);

/// A backend behind a cache.
struct Shop {
    backends: FakeBackends,
    client: Arc<Client>,
    cache: Arc<Cache>,
}

impl Shop {
    fn new() -> Shop {
        Shop::with_bytes(CacheConfig::default().max_bytes)
    }

    fn with_bytes(max_bytes: u64) -> Shop {
        let backends = FakeBackends::new();
        let meter = opentelemetry::global::meter("test");
        let cache = Cache::new(CacheConfig { max_bytes }, &meter);
        let configs = BTreeMap::from([("catalog".to_owned(), BackendConfig::at("http://catalog.test"))]);
        let identity = IdentityHeaders::default();
        let clients =
            Clients::with_transports(&configs, &identity, &meter, &cache, |name, _| Ok(backends.transport(name)))
                .unwrap();
        let client = Arc::clone(clients.get("catalog").unwrap());
        Shop { backends, client, cache }
    }

    fn says(&self, body: &str, headers: &[(&str, &str)]) {
        let reply =
            headers.iter().fold(trefoil_testing::Reply::json(body), |reply, (name, value)| reply.header(name, value));
        self.backends.on("catalog", "/").reply(reply);
    }

    fn asked(&self) -> usize {
        self.backends.calls("catalog").len()
    }

    async fn get(&self, who: Option<&str>, policy: &Policy) -> Result<Reply, CallFailure> {
        self.get_with(who, policy, &[], 1_000).await
    }

    async fn get_with(
        &self,
        who: Option<&str>,
        policy: &Policy,
        headers: &[(&str, &str)],
        millis: u64,
    ) -> Result<Reply, CallFailure> {
        let caller = who.map(|id| Caller::new(id, Default::default(), Default::default()));
        let context = RequestContext::local("test", caller);
        let header =
            |(name, value): &(&str, &str)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        let call = Call {
            context: &context,
            field: "product",
            method: Method::GET,
            path_and_query: "/products/7".to_owned(),
            headers: headers.iter().map(header).collect::<HeaderMap>(),
            body: Body::Empty,
            deadline: Deadline::within(Duration::from_millis(millis)),
            effort: Effort::default(),
            cache: Some(policy.clone()),
            for_effect: false,
        };
        self.client.call(call).await
    }
}

fn own() -> Policy {
    Policy { ttl: Some(TTL), ..Policy::default() }
}

fn shared() -> Policy {
    Policy { shared: true, ..own() }
}

fn text(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).unwrap()
}

fn cached(reply: &Reply) -> &Cached {
    reply.cached.as_ref().unwrap()
}

fn served(reply: &Reply) -> Served {
    cached(reply).served
}

#[tokio::test(start_paused = true)]
async fn a_fresh_answer_is_given_out_without_asking() {
    let shop = Shop::new();
    shop.says("1", &[]);
    let first = shop.get(Some("ada"), &own()).await.unwrap();
    assert_eq!(served(&first), Served::Asked { stale: false, status: None, stored: true, collapsed: false });
    assert_eq!(cached(&first).fresh_for, Some(TTL));
    advance(Duration::from_secs(59)).await;
    shop.says("2", &[]);
    let again = shop.get(Some("ada"), &own()).await.unwrap();
    assert_eq!((text(&again), served(&again), shop.asked()), ("1", Served::Hit, 1));
    assert_eq!(cached(&again).fresh_for, Some(Duration::from_secs(1)));
    advance(Duration::from_secs(1)).await;
    let later = shop.get(Some("ada"), &own()).await.unwrap();
    assert_eq!((text(&later), shop.asked()), ("2", 2));
}

#[tokio::test(start_paused = true)]
async fn a_private_entry_never_reaches_another_caller() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").asked(|call| {
        trefoil_testing::Reply::json(&format!("{:?}", call.header("trefoil-caller").unwrap_or("nobody")))
    });
    for who in [Some("ada"), Some("bob"), None] {
        let reply = shop.get(who, &own()).await.unwrap();
        assert_eq!(text(&reply), format!("{:?}", who.unwrap_or("nobody")));
        assert!(!matches!(served(&reply), Served::Hit));
    }
    assert_eq!(text(&shop.get(Some("ada"), &own()).await.unwrap()), "\"ada\"");
    assert_eq!(shop.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn callers_who_ask_at_once_do_not_share_a_flight_of_their_own() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(50).asked(|call| {
        trefoil_testing::Reply::json(&format!("{:?}", call.header("trefoil-caller").unwrap_or("nobody")))
    });
    let policy = own();
    let (ada, bob) = tokio::join!(shop.get(Some("ada"), &policy), shop.get(Some("bob"), &policy));
    assert_eq!((text(&ada.unwrap()), text(&bob.unwrap())), ("\"ada\"", "\"bob\""));
}

#[tokio::test(start_paused = true)]
async fn a_shared_entry_is_everybodys_and_the_backend_learns_of_nobody() {
    let shop = Shop::new();
    shop.says("1", &[]);
    shop.get(Some("ada"), &shared()).await.unwrap();
    assert_eq!(served(&shop.get(Some("bob"), &shared()).await.unwrap()), Served::Hit);
    let calls = shop.backends.calls("catalog");
    assert_eq!(calls.len(), 1);
    assert_eq!((calls[0].header("trefoil-caller"), calls[0].header("trefoil-scopes")), (None, None));
    // The same request, declared as each caller's own, is another.
    shop.get(None, &own()).await.unwrap();
    assert_eq!(shop.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_depends_on_a_declared_header_is_kept_for_each_of_its_values() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").asked(|call| {
        trefoil_testing::Reply::json(&format!("{:?}", call.header("accept-language").unwrap()))
            .header("vary", "Accept-Language")
    });
    for (language, asked) in [("de", 1), ("fr", 2), ("de", 2)] {
        let reply = shop.get_with(None, &shared(), &[("accept-language", language)], 1_000).await.unwrap();
        assert_eq!((text(&reply), shop.asked()), (format!("{language:?}").as_str(), asked));
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_kept_is_not() {
    for (headers, policy) in [
        (&[("vary", "*")][..], shared()),
        (&[("vary", "X-Request-Id")], shared()),
        (&[("cache-control", "no-store")], own()),
        (&[("cache-control", "private, max-age=9")], shared()),
        (&[("set-cookie", "a=1")], own()),
        (&[], Policy::default()),
    ] {
        let shop = Shop::new();
        shop.says("1", headers);
        for _ in 0..2 {
            let reply = shop.get(Some("ada"), &policy).await.unwrap();
            assert_eq!(served(&reply), Served::Asked { stale: false, status: None, stored: false, collapsed: false });
            assert_eq!(cached(&reply).fresh_for, None, "{headers:?}");
        }
        assert_eq!(shop.asked(), 2, "{headers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_or_a_not_found_is_never_kept() {
    for status in [204, 404, 410, 500, 503] {
        let shop = Shop::new();
        shop.backends.on("catalog", "/").status(status);
        shop.get(None, &shared()).await.unwrap();
        shop.get(None, &shared()).await.unwrap();
        assert_eq!(shop.asked(), 2, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_time_of_ones_own_the_backends_word_holds() {
    let shop = Shop::new();
    shop.says("1", &[("cache-control", "max-age=10"), ("age", "4")]);
    let policy = Policy::default();
    let reply = shop.get(None, &policy).await.unwrap();
    assert_eq!(cached(&reply).fresh_for, Some(Duration::from_secs(6)));
    advance(Duration::from_secs(5)).await;
    shop.get(None, &policy).await.unwrap();
    assert_eq!(shop.asked(), 1);
    advance(Duration::from_secs(1)).await;
    shop.get(None, &policy).await.unwrap();
    assert_eq!(shop.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_flight_for_many() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(50).json("1");
    let policy = shared();
    let all = futures_util::future::join_all((0..50).map(|_| shop.get(None, &policy))).await;
    assert_eq!(shop.asked(), 1);
    let collapsed = all
        .iter()
        .filter(|reply| matches!(served(reply.as_ref().unwrap()), Served::Asked { collapsed: true, stored: true, .. }));
    assert_eq!(collapsed.count(), 49);
}

#[tokio::test(start_paused = true)]
async fn the_leader_may_leave() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(100).json("1");
    let policy = shared();
    let leader = tokio::time::timeout(Duration::from_millis(20), shop.get(None, &policy));
    let other = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        shop.get(None, &policy).await
    };
    let (left, reply) = tokio::join!(leader, other);
    assert!(left.is_err());
    assert_eq!((text(&reply.unwrap()), shop.asked()), ("1", 1));
}

#[tokio::test(start_paused = true)]
async fn a_flight_ends_when_nobody_waits_for_it() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(100).json("1");
    let policy = shared();
    let leave = |millis| tokio::time::timeout(Duration::from_millis(millis), shop.get(None, &policy));
    let (first, second) = tokio::join!(leave(20), leave(30));
    assert!(first.is_err() && second.is_err());
    assert_eq!(shop.backends.calls("catalog")[0].end, End::GivenUp);
    // And nothing of it is in the way of the next.
    assert_eq!(text(&shop.get(None, &policy).await.unwrap()), "1");
    assert_eq!(shop.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_waits_to_the_own_deadline_and_nobody_gets_anothers_timeout() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(100).json("1");
    let policy = shared();
    let started = tokio::time::Instant::now();
    let hurried = async {
        let result = shop.get_with(None, &policy, &[], 30).await;
        (result, started.elapsed())
    };
    let patient = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        shop.get_with(None, &policy, &[], 500).await
    };
    let ((early, after), late) = tokio::join!(hurried, patient);
    assert_eq!((early.unwrap_err(), after.as_millis() <= 31), (CallFailure::Timeout, true));
    assert_eq!((text(&late.unwrap()), shop.asked()), ("1", 1));
}

#[tokio::test(start_paused = true)]
async fn stale_is_served_while_it_is_made_new() {
    let shop = Shop::new();
    let policy = Policy { stale_while_revalidate: Duration::from_secs(30), ..shared() };
    shop.says("1", &[]);
    shop.get(None, &policy).await.unwrap();
    shop.backends.on("catalog", "/").slow(100).json("2");
    advance(Duration::from_secs(65)).await;
    for _ in 0..3 {
        let stale = shop.get(None, &policy).await.unwrap();
        assert_eq!((text(&stale), served(&stale)), ("1", Served::Stale));
        assert_eq!((cached(&stale).fresh_for, cached(&stale).stale_for), (None, Some(Duration::from_secs(5))));
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(shop.asked(), 2);
    let new = shop.get(None, &policy).await.unwrap();
    assert_eq!((text(&new), served(&new)), ("2", Served::Hit));
    // Past its time nobody is served what is stale.
    advance(Duration::from_secs(91)).await;
    assert!(matches!(served(&shop.get(None, &policy).await.unwrap()), Served::Asked { stale: true, .. }));
}

#[tokio::test(start_paused = true)]
async fn a_revalidation_in_the_background_has_a_deadline_of_its_own() {
    let shop = Shop::new();
    let policy = Policy { stale_while_revalidate: TTL, ..shared() };
    shop.says("1", &[]);
    shop.get(None, &policy).await.unwrap();
    shop.backends.on("catalog", "/").slow(60_000).json("2");
    advance(Duration::from_secs(61)).await;
    shop.get(None, &policy).await.unwrap();
    tokio::time::sleep(Duration::from_millis(9_900)).await;
    assert_eq!(shop.backends.calls("catalog")[1].end, End::UnderWay);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(shop.backends.calls("catalog")[1].end, End::GivenUp);
}

#[tokio::test(start_paused = true)]
async fn an_error_is_answered_with_the_stale_one() {
    type Ill = fn(&Shop);
    let ills: [(Ill, bool); 5] = [
        (|shop| shop.backends.on("catalog", "/").status(503), true),
        (|shop| shop.backends.on("catalog", "/").refused(), true),
        (|shop| shop.backends.on("catalog", "/").broken(), true),
        (|shop| shop.backends.on("catalog", "/").slow(5_000).json("2"), true),
        // It says that there is none, which is an answer.
        (|shop| shop.backends.on("catalog", "/").status(404), false),
    ];
    for (number, (ill, stale)) in ills.into_iter().enumerate() {
        let shop = Shop::new();
        let policy = Policy { stale_if_error: Duration::from_secs(300), ..shared() };
        shop.says("1", &[]);
        shop.get(None, &policy).await.unwrap();
        ill(&shop);
        advance(Duration::from_secs(70)).await;
        let reply = shop.get(None, &policy).await.unwrap();
        assert_eq!(text(&reply) == "1", stale, "{number}");
        assert_eq!(matches!(served(&reply), Served::StaleForError { .. }), stale, "{number}");
        advance(Duration::from_secs(300)).await;
        let late = shop.get(None, &policy).await;
        assert!(late.is_err() || !matches!(served(&late.unwrap()), Served::StaleForError { .. }), "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_a_failure_where_nothing_else_was_said() {
    let shop = Shop::new();
    shop.says("1", &[]);
    shop.get(None, &shared()).await.unwrap();
    shop.backends.on("catalog", "/").refused();
    advance(Duration::from_secs(61)).await;
    assert!(matches!(shop.get(None, &shared()).await, Err(CallFailure::Transport(_))));
}

#[tokio::test(start_paused = true)]
async fn what_has_a_validator_is_asked_for_again_by_it_and_a_304_makes_it_new() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").asked(|call| match call.header("if-none-match") {
        Some("\"v1\"") => trefoil_testing::Reply::status(304).header("etag", "\"v1\""),
        _ => trefoil_testing::Reply::json("1").header("etag", "\"v1\""),
    });
    shop.get(None, &shared()).await.unwrap();
    advance(Duration::from_secs(61)).await;
    let reply = shop.get(None, &shared()).await.unwrap();
    let status = Some(http::StatusCode::NOT_MODIFIED);
    assert_eq!(served(&reply), Served::Asked { stale: true, status, stored: true, collapsed: false });
    assert_eq!((reply.status.as_u16(), text(&reply), cached(&reply).fresh_for), (200, "1", Some(TTL)));
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(served(&shop.get(None, &shared()).await.unwrap()), Served::Hit);
}

#[tokio::test(start_paused = true)]
async fn a_purge_drops_what_it_names_and_nothing_else() {
    let shop = Shop::new();
    shop.says("1", &[]);
    let tagged = |tags: &[&str]| Policy { tags: tags.iter().map(|&tag| tag.to_owned()).collect(), ..own() };
    shop.get(Some("ada"), &tagged(&["products", "product-7"])).await.unwrap();
    shop.get(Some("bob"), &tagged(&["products"])).await.unwrap();
    assert_eq!(shop.cache.purge(&Purge::Tags(vec!["product-8".to_owned()])), 0);
    assert_eq!(shop.cache.purge(&Purge::Tags(vec!["product-7".to_owned(), "x".to_owned()])), 1);
    assert_eq!(served(&shop.get(Some("bob"), &own()).await.unwrap()), Served::Hit);
    assert_eq!(shop.cache.purge(&Purge::Backend("reviews".to_owned())), 0);
    assert_eq!(shop.cache.purge(&Purge::Backend("catalog".to_owned())), 1);
    shop.get(Some("ada"), &own()).await.unwrap();
    assert_eq!((shop.cache.purge(&Purge::All), shop.cache.purge(&Purge::All)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_purge_reaches_what_is_under_way() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(100).json("\"old\"");
    let policy = shared();
    let purge = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        shop.cache.purge(&Purge::All);
        shop.backends.on("catalog", "/").slow(100).json("\"new\"");
    };
    let (early, ()) = tokio::join!(shop.get(None, &policy), purge);
    assert_eq!(text(&early.unwrap()), "\"old\"");
    // It was answered before the purge, perhaps, so it is not kept.
    assert_eq!(text(&shop.get(None, &policy).await.unwrap()), "\"new\"");
    assert_eq!(served(&shop.get(None, &policy).await.unwrap()), Served::Hit);
    assert_eq!(shop.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_asks_after_a_purge_does_not_join_a_flight_from_before() {
    let shop = Shop::new();
    shop.backends.on("catalog", "/").slow(100).json("\"old\"");
    let policy = shared();
    let after = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        shop.cache.purge(&Purge::All);
        shop.backends.on("catalog", "/").slow(100).json("\"new\"");
        shop.get(None, &policy).await
    };
    let (early, after) = tokio::join!(shop.get(None, &policy), after);
    assert_eq!((text(&early.unwrap()), text(&after.unwrap())), ("\"old\"", "\"new\""));
}

#[tokio::test(start_paused = true)]
async fn what_turns_out_to_be_no_good_is_forgotten() {
    let shop = Shop::new();
    shop.says("<html>", &[]);
    let first = shop.get(None, &shared()).await.unwrap();
    cached(&first).forget();
    shop.says("1", &[]);
    let second = shop.get(None, &shared()).await.unwrap();
    assert_eq!((text(&second), shop.asked()), ("1", 2));
    // What has come in its place is not what was forgotten.
    cached(&first).forget();
    assert_eq!(served(&shop.get(None, &shared()).await.unwrap()), Served::Hit);
}

#[tokio::test(start_paused = true)]
async fn what_finds_no_room_is_not_kept() {
    for max_bytes in [0, 1_000] {
        let shop = Shop::with_bytes(max_bytes);
        shop.says(&format!("\"{}\"", "a".repeat(2_000)), &[]);
        for _ in 0..2 {
            let reply = shop.get(None, &shared()).await.unwrap();
            assert!(matches!(served(&reply), Served::Asked { stored: false, .. }));
        }
        assert_eq!(shop.asked(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn each_who_asks_for_one_call_has_the_times_of_the_own_declaration() {
    let secs = Duration::from_secs;
    let shop = Shop::new();
    let long = Policy { ttl: Some(secs(3_600)), ..shared() };
    let short = Policy { ttl: Some(secs(5)), ..shared() };
    let by_backend = Policy { ttl: None, ..shared() };
    shop.says("1", &[("cache-control", "max-age=30")]);
    shop.get(None, &long).await.unwrap();
    advance(secs(4)).await;
    assert_eq!(cached(&shop.get(None, &short).await.unwrap()).fresh_for, Some(secs(1)));
    assert_eq!(cached(&shop.get(None, &by_backend).await.unwrap()).fresh_for, Some(secs(26)));
    advance(secs(2)).await;
    assert_eq!(served(&shop.get(None, &long).await.unwrap()), Served::Hit);

    // What is stale for one is so by one's own word, too.
    let lenient = Policy { stale_while_revalidate: secs(10), ..short.clone() };
    assert_eq!(served(&shop.get(None, &lenient).await.unwrap()), Served::Stale);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(shop.asked(), 2, "made new in the background");
    shop.backends.on("catalog", "/").status(503);
    advance(secs(6)).await;
    let forgiving = Policy { stale_if_error: secs(60), ..short.clone() };
    assert!(matches!(served(&shop.get(None, &forgiving).await.unwrap()), Served::StaleForError { .. }));
    let strict = shop.get(None, &short).await.unwrap();
    assert_eq!(
        (strict.status.as_u16(), served(&strict)),
        (503, Served::Asked { stale: true, status: None, stored: false, collapsed: false })
    );
    assert_eq!(served(&shop.get(None, &long).await.unwrap()), Served::Hit, "a failure says nothing of what is kept");

    // And who has a long time keeps it, whoever asks by a shorter one meanwhile.
    shop.says("2", &[]);
    assert_eq!(text(&shop.get(None, &short).await.unwrap()), "2");
    advance(secs(1_000)).await;
    let reply = shop.get(None, &long).await.unwrap();
    assert_eq!((text(&reply), served(&reply)), ("2", Served::Hit));
}

#[tokio::test(start_paused = true)]
async fn a_purge_reaches_what_was_given_to_one_with_the_tag_whoever_had_it_kept() {
    let tagged = |tags: &[&str]| Policy { tags: tags.iter().map(|&tag| tag.to_owned()).collect(), ..shared() };
    let tag = |tag: &str| Purge::Tags(vec![tag.to_owned()]);
    let shop = Shop::new();
    shop.says("1", &[]);
    shop.get(None, &tagged(&["a"])).await.unwrap();
    let second = shop.get(None, &tagged(&["b", "a"])).await.unwrap();
    assert_eq!(served(&second), Served::Hit);
    assert_eq!((shop.cache.purge(&tag("b")), shop.cache.purge(&tag("a"))), (1, 0));

    // A new answer is purged by the tags of all who were given the old one.
    shop.get(None, &tagged(&["a"])).await.unwrap();
    shop.get(None, &tagged(&["b"])).await.unwrap();
    advance(TTL).await;
    shop.get(None, &shared()).await.unwrap();
    assert_eq!(shop.cache.purge(&tag("b")), 1);

    // So is what two asked for at once.
    shop.backends.on("catalog", "/").slow(50).json("1");
    let (first, second) = (tagged(&["a"]), tagged(&["b"]));
    let (first, second) = tokio::join!(shop.get(None, &first), shop.get(None, &second));
    assert!(first.is_ok() && matches!(served(&second.unwrap()), Served::Asked { collapsed: true, .. }));
    assert_eq!(shop.cache.purge(&tag("b")), 1);
}

#[tokio::test(start_paused = true)]
async fn who_is_purged_by_a_tag_is_not_given_what_was_kept_without_it_before_the_purge() {
    let tagged = Policy { tags: vec!["b".to_owned()], ..shared() };
    let shop = Shop::new();
    shop.says("1", &[]);
    shop.get(None, &shared()).await.unwrap();
    assert_eq!(shop.cache.purge(&Purge::Tags(tagged.tags.clone())), 0);
    shop.says("2", &[]);
    assert_eq!(text(&shop.get(None, &tagged).await.unwrap()), "2");
    assert_eq!(served(&shop.get(None, &tagged).await.unwrap()), Served::Hit);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_is_so_whoever_added_tags_meanwhile() {
    let shop = Shop::new();
    shop.says("<html>", &[]);
    let first = shop.get(None, &shared()).await.unwrap();
    shop.get(None, &Policy { tags: vec!["b".to_owned()], ..shared() }).await.unwrap();
    cached(&first).forget();
    assert!(matches!(served(&shop.get(None, &shared()).await.unwrap()), Served::Asked { stale: false, .. }));
}
