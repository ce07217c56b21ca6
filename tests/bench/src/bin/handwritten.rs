//! **b**, the yardstick: what a team writes by hand without a gateway. axum and reqwest, the three calls joined, bodies parsed into
//! structs and written anew; no identity, no deadline, no limits, no traces, no metrics.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Serves the screen by hand.
#[derive(Parser)]
struct Flags {
    /// The base URLs of the three backends.
    #[arg(long, value_delimiter = ',', required = true)]
    backends: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Screen {
    profile: Profile,
    orders: Vec<Order>,
    picks: Vec<Pick>,
}

#[derive(Serialize, Deserialize)]
struct Profile {
    id: String,
    name: String,
    email: String,
    phone: String,
    segment: String,
    member_since: String,
    street: String,
    city: String,
    country: String,
    loyalty: Loyalty,
}

#[derive(Serialize, Deserialize)]
struct Loyalty {
    tier: String,
    points: u32,
}

#[derive(Serialize, Deserialize)]
struct Order {
    id: u64,
    number: String,
    placed_at: String,
    status: String,
    currency: String,
    total: f64,
    lines: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    product_id: u64,
    title: String,
    quantity: u32,
    unit_price: f64,
}

#[derive(Serialize, Deserialize)]
struct Pick {
    product_id: u64,
    title: String,
    price: f64,
    rating: f64,
    picture: String,
    in_stock: bool,
}

#[derive(Clone)]
struct Backends {
    client: reqwest::Client,
    users: String,
    orders: String,
    recommendations: String,
}

impl Backends {
    async fn get<T: DeserializeOwned>(&self, url: String) -> Result<T, StatusCode> {
        let answer = self.client.get(url).send().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        let answer = answer.error_for_status().map_err(|_| StatusCode::BAD_GATEWAY)?;
        let body = answer.bytes().await.map_err(|_| StatusCode::BAD_GATEWAY)?;
        serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_GATEWAY)
    }
}

async fn screen(State(backends): State<Backends>) -> Result<Json<Screen>, StatusCode> {
    let (profile, orders, picks) = tokio::join!(
        backends.get(format!("{}/profile", backends.users)),
        backends.get(format!("{}/orders", backends.orders)),
        backends.get(format!("{}/picks", backends.recommendations)),
    );
    Ok(Json(Screen { profile: profile?, orders: orders?, picks: picks? }))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::program::end_with_standard_input();
    let flags = Flags::parse();
    let [users, orders, recommendations] = <[String; 3]>::try_from(flags.backends).map_err(|_| "three backends")?;
    let backends = Backends { client: reqwest::Client::new(), users, orders, recommendations };
    let router = Router::new().route("/screen", get(screen)).with_state(backends);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    bench::program::listening(listener.local_addr()?)?;
    axum::serve(listener, router).await?;
    Ok(())
}
