//! What the BFFs and the configuration together make wrong is shown where it stands.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what is wrong")]

use trefoil_composition::Bff;
use trefoil_composition::declare::{Access, Call, Declaration};
use trefoil_composition::shape::{FieldShape, Shape};
use trefoil_server::config::{Config, Environment};
use trefoil_server::start;

const CONFIG: &str = "\
version: 1
listeners:
  public: { address: 127.0.0.1:0 }
admin: { address: 127.0.0.1:0 }
log: { filter: off }
backends:
  shop: { url: http://127.0.0.1:1 }
bffs:
  web:
    auth: { issuer: http://127.0.0.1:1, audience: web }
";

/// A BFF with one public endpoint.
fn bff() -> Bff {
    Bff::new("web").declare(|shapes| {
        struct Answer;
        let call = Call { backend: "shop".into(), ..Call::default() };
        let field = FieldShape { rust: "banner".into(), shape: Shape::Text, call: Some(call), ..FieldShape::default() };
        let answer = shapes.object::<Answer>("Banner", "", |_| vec![field]);
        Declaration {
            type_name: "Banner".into(),
            path: "/banner".into(),
            access: Access::Public,
            answer,
            ..Declaration::default()
        }
    })
}

async fn refused(lines: &str) -> String {
    let config = Config::parse("gateway.yaml", &format!("{CONFIG}{lines}"), &Environment::empty(), &[]).unwrap();
    start(&config, &[bff()], &Environment::empty()).await.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn a_public_endpoint_has_no_caller_to_count_by() {
    let error = refused("    endpoints:\n      banner: { quota: { per_second: 1, burst: 2 } }\n").await;
    assert!(error.contains("`banner` is public: without a token there is no caller to count by"), "{error}");
    assert!(error.contains("--> gateway.yaml:12:17"), "{error}");
}

#[tokio::test]
async fn no_password_of_a_url_is_shown_by_what_is_wrong_with_it() {
    for lines in [
        "stores:\n  redis: { url: \"redis://u:secret@h:port\" }\n",
        "stores:\n  redis: { url: \"redis://:sec#ret@h\", url_file: /b }\n",
    ] {
        let error = refused(&format!("idempotency: {{ store: redis }}\n{lines}")).await;
        assert!(error.contains("stores") || error.contains("redis: { url:"), "{error}");
        assert!(error.contains(":***@h") && !error.contains("sec"), "{error}");
    }
    let parse = |lines: &str, flags: &[String]| {
        Config::parse("gateway.yaml", &format!("{CONFIG}{lines}"), &Environment::empty(), flags)
            .unwrap_err()
            .to_string()
    };
    let group = parse("stores: { redis: redis://u:secret@h }\n", &[]);
    let flag = parse("", &["stores.redis=redis://u:secret@h".to_owned()]);
    let backend = parse("", &["backends.shop.url=http://u:secret@h/?a".to_owned()]);
    for error in [group, flag, backend] {
        assert!(error.contains("u:***@h") && !error.contains("secret"), "{error}");
    }
    // Without a scheme it is no URL, and has a password all the same; wherever it stands.
    for key in ["url", "proxy", "addresses.0", "srv", "health.path"] {
        let text = format!("backends.shop.{key}=u:secret@h");
        let variable = format!("TREFOIL__BACKENDS__SHOP__{}", key.replace('.', "__").to_uppercase());
        let environment = Environment::empty().with(variable, "u:secret@h");
        let by_variable = Config::parse("gateway.yaml", CONFIG, &environment, &[]).unwrap_err().to_string();
        for error in [parse("", &[text]), by_variable] {
            assert!(error.contains("error: ") && !error.contains("secret"), "{key}: {error}");
        }
    }
}

#[tokio::test]
async fn keys_are_kept_in_a_redis_that_can_be_reached_by_its_url() {
    let error = refused("idempotency: { store: redis }\n").await;
    assert!(error.contains("there is no Redis to keep keys in") && error.contains("gateway.yaml:11:23"), "{error}");
    assert!(error.contains("add `stores.redis.url`"), "{error}");
    for (redis, what, column) in [
        ("url: http://redis", "this is no URL of a Redis", 17),
        ("url_file: /no/such/file", "`/no/such/file` cannot be read", 22),
        ("url: redis://a, url_file: /b", "`url` says where it is already: keep one of the two", 38),
        ("prefix: x", "it is not said where the Redis is", 3),
    ] {
        let error = refused(&format!("idempotency: {{ store: redis }}\nstores:\n  redis: {{ {redis} }}\n")).await;
        assert!(error.contains(what), "{error}");
        assert!(error.contains(&format!("gateway.yaml:13:{column}")), "{column}: {error}");
    }
}
