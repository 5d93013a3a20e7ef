//! What browsers let pages of other origins do.

use super::*;

const APP: &str = "https://app.example.org";
const OTHER: &str = "https://other.example.org";
const ORIGINS: &str = "--cors-origins=https://app.example.org,http://localhost:3000";

async fn preflight(app: &App, path: &str, origin: &str, headers: &str) -> Reply {
    let request = Request::options(path)
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", headers);
    app.send(request.body(Body::empty()).unwrap()).await
}

/// The headers of an answer that open something to a page: without them, a browser looks at no other.
fn opened(reply: &Reply) -> Vec<&str> {
    let opens = ["access-control-allow-origin", "access-control-allow-credentials"];
    opens.into_iter().filter(|name| reply.headers.contains_key(*name)).collect()
}

#[tokio::test]
async fn a_page_of_a_configured_origin_may_send_the_headers_it_asks_for_and_credentials() {
    let app = App::new(&[ORIGINS]).await;
    let asked = "apollo-require-preflight,apollographql-client-name,authorization,baggage,content-type,traceparent";
    for (path, origin) in [("/graphql", APP), ("/imports/import_x/file", "http://localhost:3000")] {
        let reply = preflight(&app, path, origin, asked).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, ""), "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), origin);
        assert_eq!(reply.header("access-control-allow-headers"), asked);
        assert_eq!(reply.header("access-control-allow-credentials"), "true");
        assert_eq!(reply.header("access-control-allow-methods"), "GET,POST,PUT");
        assert_eq!(reply.header("access-control-max-age"), "3600");
        assert!(reply.header("vary").contains("origin"));
    }
}

#[tokio::test]
async fn its_scripts_may_read_answers_and_the_headers_that_clients_need() {
    let app = App::new(&[ORIGINS]).await;
    let reply = app.post(&[("origin", APP)], json!({"query": "{ echo }"})).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, APP));
    assert_eq!(reply.header("access-control-allow-credentials"), "true");
    let exposed = "x-request-id,content-disposition,retry-after,www-authenticate";
    assert_eq!(reply.header("access-control-expose-headers"), exposed);
    let refused = app.post(&[("origin", APP), STRICT, BAD_TOKEN], json!({"query": "{ echo }"})).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (401, APP));
    let schema = app.send(Request::get("/schema.graphql").header("origin", APP).body(Body::empty()).unwrap()).await;
    assert_eq!((schema.status, schema.header("access-control-allow-origin")), (200, APP));
}

#[tokio::test]
async fn to_pages_of_other_origins_nothing_is_opened() {
    for settings in [&[ORIGINS][..], &[], &["--cors-origins="]] {
        let app = App::new(settings).await;
        for origin in [OTHER, "null", "", "https://app.example.org.evil.example", "http://app.example.org", "*"] {
            let asked = preflight(&app, "/graphql", origin, "authorization").await;
            assert_eq!(opened(&asked), [""; 0], "{origin}");
            let reply = app.post(&[("origin", origin)], json!({"query": "{ echo }"})).await;
            assert_eq!((reply.status, opened(&reply)), (200, vec![]), "{origin}");
            // No cache may give one page the answer to another.
            assert!(reply.header("vary").contains("origin"), "{origin}");
        }
        let direct = app.post(&[], json!({"query": "{ echo }"})).await;
        assert_eq!(opened(&direct), [""; 0], "who is no page");
    }
}
