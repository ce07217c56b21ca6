//! What is wrong with a configuration is shown where it stands, all of it at once.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use trefoil_backend::BackendConfig;
use trefoil_server::config::{Config, ConfigError, Environment, Mark};

/// The file that comes with the gateway.
const EXAMPLE: &str = include_str!("../../../gateway/gateway.yaml");

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse("gateway.yaml", text, &Environment::empty(), &[])
}

/// `line:column what` of every fault.
fn faults(text: &str) -> Vec<String> {
    let error = parse(text).unwrap_err();
    error.faults().iter().map(|fault| format!("{} {}", fault.mark, fault.what)).collect()
}

#[test]
fn the_example_is_good_and_says_the_defaults() {
    let config = parse(EXAMPLE).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.bffs.len(), 3);
    assert_eq!(config.backends["media"].url, "http://127.0.0.1:9107");
    // Its comments say that what is not there has these values; then these values must be the defaults.
    let minimal = parse("version: 1").unwrap();
    assert_eq!(config.listeners, minimal.listeners);
    assert_eq!(config.shutdown, minimal.shutdown);
    assert_eq!(config.edge, minimal.edge);
    assert_eq!(config.log, minimal.log);
    assert_eq!(config.admin, minimal.admin);
    let users = &config.backends["users"];
    let orders = &config.backends["orders"];
    assert_eq!(BackendConfig { url: orders.url.clone(), ..users.clone() }, *orders);
}

#[test]
fn how_hard_calls_are_tried_has_bounds() {
    let text = "\
version: 1
backends:
  users:
    url: http://users
    retry: {attempts: 11, base_ms: 300, budget_percent: 101}
    hedge:
      min_ms: 0
      max_ms: 3600001
    concurrency: {max: 0, optional_percent: 101}
";
    let faults = faults(text);
    let said = |line: &str, what: &str| faults.iter().any(|fault| fault.starts_with(line) && fault.contains(what));
    // All of them, and each where it stands.
    assert_eq!(faults.len(), 7, "{faults:#?}");
    for (place, what) in [
        ("5:23", "this must be from 1 to 10"),
        ("5:36", "`base_ms` is 300, and must be from 0 to 250, in milliseconds: `cap_ms` is the most"),
        ("5:57", "this must be from 0 to 100, in percent"),
        ("7:15", "this must be from 1 to 3600000, in milliseconds"),
        ("8:15", "this must be from 1 to 3600000, in milliseconds"),
        ("9:24", "this must be from 1 to 4294967295"),
        ("9:45", "this must be from 1 to 100, in percent"),
    ] {
        assert!(said(place, what), "{place} {what}: {faults:#?}");
    }
}

#[test]
fn what_has_its_default_and_does_not_fit_another_key_is_named() {
    let text = "\
version: 1
dns: {max_ttl_ms: 500}
backends:
  users:
    url: http://users
    health: {path: /readyz, interval_ms: 400}
    retry: {cap_ms: 10}
";
    let said = [
        "2:1 `min_ttl_ms` is 1000, and must be from 100 to 500, in milliseconds: `max_ttl_ms` is the most",
        "6:5 `timeout_ms` is 1000, and must be from 1 to 400, in milliseconds: `interval_ms` is the most",
        "7:5 `base_ms` is 25, and must be from 0 to 10, in milliseconds: `cap_ms` is the most",
    ];
    let mut faults = faults(text);
    faults.sort_unstable();
    assert_eq!(faults, said);
}

#[test]
fn every_fault_is_found_at_its_line_and_column() {
    let text = "\
version: 1
listeners:
  public:
    adress: 127.0.0.1:80
  limits:
    max_connections: many
    h2_max_concurrent_streams: -1
admin:
  address: localhost
log:
  format: fancy
bffs:
  web:
    cors: [a]
    auth:
      issuer: https://id.example
surprise: 1
";
    assert_eq!(
        faults(text),
        [
            "4:5 unknown key `adress`",
            "6:22 expected a whole number from 0 to 18446744073709551615, found the text `many`",
            "7:32 expected a whole number from 0 to 4294967295, found the number -1",
            "9:12 `localhost` is not an IP address and a port, such as 127.0.0.1:8080 or [::]:8080",
            "11:11 `fancy` is not one of: auto, pretty, json",
            "14:11 expected a group of keys, found a list",
            "15:5 the key `audience` is missing",
            "17:1 unknown key `surprise`",
        ]
    );
}

#[test]
fn a_fault_is_underlined_and_says_what_would_fit() {
    let error = parse("version: 1\nadmin:\n  adress: 127.0.0.1:1 # mine\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "\
error: unknown key `adress`
 --> gateway.yaml:3:3
  |
3 |   adress: 127.0.0.1:1 # mine
  |   ^^^^^^
  = help: did you mean `address`?
"
    );
}

#[test]
fn broken_yaml_is_shown_where_it_breaks() {
    let error = parse("version: 1\nadmin: {address: [\n").unwrap_err();
    assert!(matches!(error.faults()[0].mark, Mark::File { line: 2.., .. }), "{error}");
    let twice = faults("version: 1\nadmin:\n  address: 127.0.0.1:1\n  address: 127.0.0.1:2\n");
    assert_eq!(twice, ["4:3 the key `address` stands here twice"]);
    assert_eq!(faults("version: 1\n---\nversion: 1\n"), ["3:1 a second document begins here"]);
}

#[test]
fn the_version_comes_first_and_must_be_one_that_is_read() {
    assert_eq!(faults("version: 2\nnew_key: 1\n"), ["1:10 this gateway reads version 1, found the number 2"]);
    assert_eq!(faults("admin:\nversion: 1\n"), ["1:1 the version must be the first key"]);
    assert_eq!(faults("admin:\n"), ["1:1 the file does not say its version"]);
    assert_eq!(parse("").unwrap_err().faults().len(), 1);
}

#[test]
fn variables_are_put_in_and_missing_ones_are_named_with_their_line() {
    let text = "\
version: 1
listeners:
  limits:
    max_connections: ${MOST}
backends:
  users:
    url: http://${HOST}/v1
  orders:
    url: ${ORDERS_URL:-http://orders:80}
";
    let environment = Environment::empty().with("MOST", "12").with("HOST", "users");
    let config = Config::parse("gateway.yaml", text, &environment, &[]).unwrap();
    assert_eq!(config.listeners.limits.max_connections, 12);
    assert_eq!(config.backends["users"].url, "http://users/v1");
    assert_eq!(config.backends["orders"].url, "http://orders:80");
    assert_eq!(
        faults(text),
        ["4:22 the environment variable `MOST` is not set", "7:10 the environment variable `HOST` is not set"]
    );
}

#[test]
fn flags_lie_over_the_environment_which_lies_over_the_file() {
    let environment = Environment::empty()
        .with("TREFOIL__ADMIN__ADDRESS", "127.0.0.1:1")
        .with("TREFOIL__BACKENDS__USERS__URL", "http://environment")
        .with("TREFOIL__BFFS__WEB__CORS__ORIGINS", "https://a.example, https://b.example")
        .with("TREFOIL__EDGE__COMPRESSION__ENABLED", "false")
        .with("TREFOIL__BFFS__WEB__QUOTA__BURST", "7");
    let flags = ["admin.address=127.0.0.1:2".to_owned()];
    let config = Config::parse("gateway.yaml", EXAMPLE, &environment, &flags).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.admin.address.port(), 2);
    assert_eq!(config.backends["users"].url, "http://environment");
    assert_eq!(config.bffs["web"].cors.origins, ["https://a.example", "https://b.example"]);
    assert!(!config.edge.compression.enabled);
    assert_eq!(config.bffs["web"].quota.unwrap().burst.get(), 7);
    assert_eq!(config.bffs["web"].quota.unwrap().per_second.get(), 50);
}

#[test]
fn an_override_of_an_unknown_or_unfit_key_names_the_variable_or_flag() {
    let environment = Environment::empty()
        .with("TREFOIL__ADMIN__ADRESS", "x")
        .with("TREFOIL__LOG__FORMAT", "fancy")
        .with("TREFOIL_CONFIG", "x");
    let flags = ["shutdown.drain_timeout_ms=soon".to_owned(), "nothing".to_owned()];
    let error = Config::parse("gateway.yaml", "version: 1", &environment, &flags).unwrap_err().to_string();
    for part in [
        "error: unknown key `adress`\n  --> environment variable TREFOIL__ADMIN__ADRESS\n   = help: did you mean `address`?",
        "`fancy` is not one of: auto, pretty, json\n  --> environment variable TREFOIL__LOG__FORMAT",
        "found the text `soon`\n  --> flag --set shutdown.drain_timeout_ms=soon",
        "error: `nothing` sets nothing\n  --> flag --set nothing",
    ] {
        assert!(error.contains(part), "{part}\n---\n{error}");
    }
}

#[test]
fn an_override_reaches_a_key_with_a_dash() {
    let text = "version: 1\nbackends:\n  price-list:\n    url: http://file\n";
    let environment = Environment::empty().with("TREFOIL__BACKENDS__PRICE_LIST__URL", "http://environment");
    let config = Config::parse("gateway.yaml", text, &environment, &[]).unwrap();
    assert_eq!(config.backends["price-list"].url, "http://environment");
}

#[test]
fn what_makes_no_sense_is_refused_where_it_stands() {
    let text = "\
version: 1
listeners:
  public:
    address: 127.0.0.1:9900
  limits:
    header_buffer_bytes: 10
shutdown:
  drain_timeout_ms: 86400000
telemetry:
  otlp_endpoint: collector:4318
log:
  filter: a=b=c
edge:
  identity:
    caller_header: Authorization
issuers:
  - issuer: https://nobody.example
    jwks_url: http://nobody.example/keys
bffs:
  web:
    auth:
      issuer: http://id.example
      audience: web
      leeway_s: 3600
backends:
  users:
    url: users:8080
";
    let faults = faults(text);
    let starts: Vec<&str> = faults.iter().map(|fault| fault.split(' ').next().unwrap_or_default()).collect();
    // The port is the admin listener's default, which has no line of its own.
    assert_eq!(
        starts,
        ["6:26", "8:21", "10:18", "12:11", "15:20", "17:13", "18:15", "22:15", "24:17", "27:10", "configuration"],
        "{faults:#?}"
    );
    assert!(faults.iter().any(|fault| fault.contains("`listeners.public.address` has this port already")));
    assert!(faults.iter().any(|fault| fault.contains("plain http")));
}

#[test]
fn a_quota_of_nothing_is_refused_in_words_with_what_to_do() {
    let text = "\
version: 1
bffs:
  web:
    auth: { issuer: https://id.example, audience: web }
    quota: { per_second: 0, burst: 0.5 }
";
    let error = parse(text).unwrap_err().to_string();
    for part in
        ["this must be at least 1", "gateway.yaml:5:26", "found the number 0.5", "leave the section `quota` out"]
    {
        assert!(error.contains(part), "{part}\n---\n{error}");
    }
}

#[test]
fn limits_of_an_endpoint_are_read_and_held_within_what_can_be_declared() {
    let with = |endpoints: &str| {
        let auth = "auth: { issuer: https://id.example, audience: web }";
        format!("version: 1\nbffs:\n  web:\n    {auth}\n    endpoints:\n{endpoints}")
    };
    let config = parse(&with(
        "      home:\n        deadline_ms: 400\n        within_ms: { picks: 120, orders.lines.product: 80 }\n        scopes: [home:vip]\n        quota: { per_second: 5, burst: 10 }\n",
    ));
    let home = &config.unwrap().bffs["web"].endpoints["home"];
    assert_eq!((home.deadline_ms, home.within_ms["orders.lines.product"]), (Some(400), 80));
    assert_eq!((home.scopes.as_slice(), home.quota.unwrap().burst.get()), (["home:vip".to_owned()].as_slice(), 10));

    let wrong = "      home:\n        deadline_ms: 0\n        within_ms: { picks: 60001, orders.lines: 60000 }\n        scopes: [a, \"b c\", a]\n";
    assert_eq!(
        faults(&with(wrong)),
        [
            "7:22 this must be from 1 to 60000, in milliseconds",
            "8:29 this must be from 1 to 60000, in milliseconds",
            "9:21 `b c` is no scope: one word of visible ASCII letters without `\"` and `\\` for each",
            "9:28 the scope `a` stands here twice",
        ]
    );
    assert_eq!(
        faults(&with(
            "      home: { cache: { picks: { ttl_s: 0 }, orders: { ttl_s: 1, stale_if_error_s: 86401 } } }\n"
        )),
        ["6:40 this must be from 1 to 86400, in seconds", "6:83 this must be from 1 to 86400, in seconds",]
    );
    let unknown = parse(&with("      home: { deadline: 400 }\n")).unwrap_err().to_string();
    assert!(unknown.contains("unknown key `deadline`"), "{unknown}");
    let quota = parse(&with("      home: { quota: { per_second: 0, burst: 1 } }\n")).unwrap_err().to_string();
    assert!(quota.contains("at least 1") && quota.contains("leave the section `quota` out"), "{quota}");
}

#[test]
fn what_a_backend_cannot_have_is_shown_where_it_stands() {
    let at = |below: &str| faults(&format!("version: 1\nbackends:\n  users:\n    url: http://users\n    {below}\n"));
    for (below, place, what) in [
        ("breaker: { failure_percent: 101 }", "5:33", "from 1 to 100, in percent"),
        ("breaker: { open_ms: 70000 }", "5:25", "from 1 to 60000, in milliseconds"),
        ("ejection: { max_ejected_percent: 120 }", "5:38", "from 0 to 100, in percent"),
        ("slow_start: { min_percent: 0 }", "5:32", "from 1 to 100, in percent"),
        ("addresses: [\"10.0.0.1:80\", users]", "5:32", "`users` is no address"),
        ("compression: { coding: gzip, max_inflate_ratio: 1033 }", "5:53", "from 1 to 1032"),
        ("compression: { max_inflate_ratio: 0 }", "5:39", "from 1 to 1032"),
        ("srv: users.test", "5:10", "`users.test` is no service"),
        ("health: { path: readyz }", "5:21", "`readyz` is no path"),
        ("health: { path: /readyz, expect: [200, 99] }", "5:44", "from 200 to 599"),
    ] {
        let found = at(below);
        assert!(found[0].starts_with(place) && found[0].contains(what), "{below}: {found:?}");
    }
}

#[test]
fn a_name_server_is_an_ip_address() {
    let found = faults("version: 1\ndns: { servers: [10.0.0.10, dns.example], min_ttl_ms: 1 }\n");
    assert!(found[0].starts_with("2:29") && found[0].contains("`dns.example` is no name server"), "{found:?}");
    assert!(found[1].contains("from 100 to 60000, in milliseconds"), "{found:?}");
}

#[test]
fn identity_headers_are_refused_at_the_one_that_is_wrong() {
    let at = |caller: &str, scopes: &str| {
        let caller = format!("version: 1\nedge:\n  identity:\n    caller_header: {caller}\n");
        faults(&format!("{caller}    scopes_header: {scopes}\n"))[0].split(' ').next().unwrap().to_owned()
    };
    assert_eq!(at("x_user", "X-Scopes"), "4:20");
    assert_eq!(at("X-User", "traceparent"), "5:20");
    assert_eq!(at("X-User", "x-user"), "5:20");
    assert_eq!(at("trefoil-scopes", "Trefoil-Scopes"), "4:20");
}

#[test]
fn the_head_of_a_request_must_have_room_for_what_the_edge_lets_in() {
    let at = |limits: &str| faults(&format!("version: 1\nedge: {{ limits: {{ {limits} }} }}\n"));
    // 8192 + 32768 + 32 × 100 is 44160, and there is room for 65536.
    assert!(parse("version: 1\nedge: { limits: { header_count: 700 } }\n").is_ok());
    assert!(at("header_count: 800")[0].contains("must be more than the 66560 bytes"), "{:?}", at("header_count: 800"));
    assert!(at("header_count: 1001").iter().any(|fault| fault.contains("at most 1000")));
    assert!(at("body_timeout_ms: 1")[0].contains("at least 100, in milliseconds"));
}

#[test]
fn a_missing_file_is_named() {
    let path = std::path::Path::new("/nowhere/gateway.yaml");
    let error = Config::read(path, &Environment::empty(), &[]).unwrap_err().to_string();
    assert!(error.contains("cannot read the configuration") && error.contains("/nowhere/gateway.yaml"), "{error}");
}

#[test]
fn what_is_no_text_of_a_configuration_is_said_to_be_what_it_is_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &std::path::Path| Config::read(path, &Environment::empty(), &[]).unwrap_err().to_string();
    let error = read(folder.path());
    assert!(error.contains("is a folder") && error.contains("gateway.yaml`"), "{error}");
    let path = folder.path().join("g.yaml");
    for (bytes, place) in [(&b"version: 1\n# caf\xe9\nadmin: x\n"[..], "g.yaml:2:6"), (b"\xff\xfev\0", "g.yaml:1:1")] {
        std::fs::write(&path, bytes).unwrap();
        let error = read(&path);
        assert!(error.contains("is not UTF-8") && error.contains(place) && error.contains("save the file"), "{error}");
        assert!(!error.contains('\0'), "{error}");
    }
    std::fs::write(&path, "version: 1\n".to_owned() + &"# x\n".repeat(300_000)).unwrap();
    assert!(read(&path).contains("more than 1048576 bytes"));
    // One that never ends is not read to its end either.
    assert!(read(std::path::Path::new("/dev/zero")).contains("more than 1048576 bytes"));
}

#[test]
fn aliases_of_aliases_are_given_up_before_they_fill_the_memory() {
    let mut text = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let again = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{again}]\n"));
    }
    let error = parse(&text).unwrap_err().to_string();
    assert!(error.contains("more than 20000 values") && error.contains("gateway.yaml:"), "{error}");
    let deep = format!("version: 1\na: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    let error = parse(&deep).unwrap_err().to_string();
    assert!(error.contains("too deep in each other") && error.contains("gateway.yaml:2:"), "{error}");
}

#[test]
fn a_configuration_changed_in_code_is_checked_again() {
    let mut config = parse(EXAMPLE).unwrap();
    config.listeners.public = None;
    let error = config.check().unwrap_err().to_string();
    assert!(error.contains("there is no listener") && error.contains("gateway.yaml"), "{error}");
}

#[test]
fn what_is_wrong_with_the_stores_is_found_at_its_line_and_column() {
    let text = "\
version: 1
idempotency:
  store: disk
  when_store_fails: ajar
  max_answer: 1
stores:
  memcached: {}
  redis:
    urll: redis://localhost
    timeout_ms: soon
";
    assert_eq!(
        faults(text),
        [
            "3:10 `disk` is not one of: process, redis",
            "4:21 `ajar` is not one of: closed, open",
            "5:3 unknown key `max_answer`",
            "7:3 unknown key `memcached`",
            "9:5 unknown key `urll`",
            "10:17 expected a whole number from 0 to 18446744073709551615, found the text `soon`",
        ]
    );
    let text = "\
version: 1
idempotency:
  max_answer_bytes: 1000
  max_bytes: 999
stores:
  redis:
    url: redis://localhost
    timeout_ms: 0
    connect_timeout_ms: 60001
";
    assert_eq!(
        faults(text),
        [
            "3:21 this must be from 1024 to 16777216, in bytes",
            "4:14 this must be at least `max_answer_bytes`",
            "8:17 this must be from 1 to 5000, in milliseconds",
            "9:25 this must be from 1 to 60000, in milliseconds",
        ]
    );
}
