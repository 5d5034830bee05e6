//! The guards over HTTP: every route, asked by everybody, answers as the matrix says.

use kernel::both_engines;
use kernel::routes::Route;
use kernel::testing::{Answer, Client};
use registry::access::Visitor;
use registry::testing::TestCity;
use serde_json::json;

/// A browser of its own for every question: some routes end the session they are asked with.
async fn browser(city: &TestCity, visitor: Visitor) -> Client {
    let key = match visitor {
        Visitor::Stranger => return city.stranger(),
        Visitor::Account => "rider",
        Visitor::Role("member_registrar") => "registrar",
        Visitor::Role(role) => role,
    };
    city.client_of(&city.who(key)).await
}

async fn ask(client: &Client, route: &Route) -> Answer {
    let part = |part: &'static str| if part.starts_with('{') { "0190ffff-0000-7000-8000-000000000000" } else { part };
    let path: Vec<&str> = route.path.split('/').map(part).collect();
    let path = path.join("/");
    if route.method == "GET" { client.get(&path).await } else { client.post(&path, json!({})).await }
}

both_engines! {
    async fn every_route_answers_everybody_as_the_matrix_says(city: TestCity) {
        let routes = registry::routes();
        let mut wrong = Vec::new();
        for visitor in Visitor::all(&city.policy) {
            for route in routes.table() {
                let answer = ask(&browser(&city, visitor).await, route).await;
                let stopped = matches!((answer.status, answer.code()), (401, "auth.required") | (403, "access.denied"));
                let expected = match visitor {
                    Visitor::Stranger => 401,
                    _ => 403,
                };
                let passes = visitor.passes(route.guard, &city.policy);
                // Half-way through signing in, a public route asks for the session it goes on from.
                let half_way = route.path.starts_with("/api/sign-in/");
                let right = if passes { !stopped || half_way } else { stopped && answer.status == expected };
                if !right {
                    wrong.push(format!("{} {} {}: {} {}", visitor.name(), route.method, route.path, answer.status, answer.code()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
