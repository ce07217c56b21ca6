//! The explorer works from this host alone.

use trefoil_testing::{Answer, FakeBackends, Kit};

use crate::shop::{ask, bff, well};

async fn get(path: &str) -> Answer {
    // Nobody is signed in: the page and its files are public.
    Kit::new(&bff(), &FakeBackends::new()).get(path).await
}

fn links(html: &str) -> Vec<String> {
    let of = |attribute: &str| {
        let opening = format!("{attribute}=\"");
        let parts = html.split(&opening).skip(1);
        parts.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect::<Vec<_>>()
    };
    let mut links = [of("src"), of("href")].concat();
    links.retain(|link| !link.starts_with("data:"));
    links
}

#[tokio::test]
async fn all_that_the_page_loads_is_there_and_runs_no_inline_script() {
    let page = get("/graphql").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("<title>The shop &lt;for all&gt; · GraphQL</title>"));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!page.text().contains("<script>"));
    let links = links(page.text());
    assert_eq!(links.len(), 8, "{links:?}");
    for link in links {
        assert!(!link.starts_with('/') && !link.contains("//"), "{link} is not relative");
        let answer = get(&format!("/{link}")).await;
        assert_eq!(answer.status.as_u16(), 200, "{link}");
        let tag = answer.header("etag").unwrap();
        let kit = Kit::new(&bff(), &FakeBackends::new()).header("if-none-match", tag);
        let again = kit.get(&format!("/{link}")).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{link}");
        let forever = answer.header("cache-control").unwrap().contains("immutable");
        assert_eq!(forever, link.contains(".min."), "{link}");
    }
    assert_eq!(get("/graphql/nothing.js").await.status.as_u16(), 404);
}

#[tokio::test]
async fn the_schema_is_public() {
    let definition = get("/graphql/schema.graphql").await;
    assert_eq!(definition.text(), bff().compile().unwrap().graphql());
    let json = get("/graphql/schema.json").await.json();
    assert_eq!(json["data"]["__schema"]["queryType"]["name"], "Query");
    assert_eq!(json.get("errors"), None);
}

#[tokio::test(start_paused = true)]
async fn the_first_query_runs() {
    let page = get("/graphql").await;
    let query = page.text().split("data-query=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(query.starts_with("query Home {\n  home {\n    profile {\n      name\n"), "{query}");
    let answer = ask(&well(), query).await;
    assert_eq!(answer.json().get("errors"), None, "{query}: {}", answer.text());
}
