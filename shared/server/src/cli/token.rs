//! `gateway token`: an access token from a development issuer, for curl.
//!
//! It speaks the client credentials grant with the client secret `demo`; an issuer that knows such a client is no issuer
//! for production.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use reqwest::Url;
use serde::Deserialize;
use trefoil_composition::Bff;

use super::common::{compiled, config_arguments, find, read_config, report};
use crate::config::Environment;
use crate::keys::{check_url, client};

pub(super) fn command() -> Command {
    Command::new("token")
        .about("Gets a token from a development issuer")
        .arg(Arg::new("bff").value_name("BFF").required(true).help("The BFF that it is for: audience and client id"))
        .arg(
            Arg::new("issuer")
                .long("issuer")
                .value_name("URL")
                .help("The issuer; default: the BFF's in the configuration"),
        )
        .arg(Arg::new("sub").long("sub").value_name("ID").help("Whom it is for; default: whom the issuer likes"))
        .arg(Arg::new("scope").long("scope").value_name("SCOPES").help("Separated by blanks; default: all"))
        .arg(
            Arg::new("ttl_s")
                .long("ttl-s")
                .value_name("SECONDS")
                .allow_negative_numbers(true)
                .value_parser(value_parser!(i64))
                .help("How long it lives; negative: it has expired"),
        )
        .args(config_arguments())
}

pub(super) async fn run(arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    report(token(arguments, bffs).await)
}

/// What an issuer answers (RFC 6749 sections 5.1 and 5.2).
#[derive(Deserialize)]
struct Answer {
    access_token: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn token(arguments: &ArgMatches, bffs: &[Bff]) -> Result<String, String> {
    let word = |name| arguments.get_one::<String>(name).cloned();
    let bffs = compiled(bffs)?;
    let bff = find(&bffs, &word("bff").unwrap_or_default())?.name();
    let issuer = match word("issuer") {
        Some(issuer) => issuer,
        None => {
            let config = read_config(arguments, &Environment::of_process()).map_err(|error| error.to_string())?;
            let policy = config.bffs.get(bff).ok_or_else(|| format!("the configuration has no `bffs.{bff}`"))?;
            policy.auth.issuer.clone()
        }
    };
    let mut form = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", bff.to_owned()),
        ("client_secret", "demo".to_owned()),
    ];
    form.extend(word("sub").map(|sub| ("sub", sub)));
    form.extend(word("scope").map(|scope| ("scope", scope)));
    form.extend(arguments.get_one::<i64>("ttl_s").map(|ttl_s| ("ttl_s", ttl_s.to_string())));
    request(&issuer, &form).await
}

async fn request(issuer: &str, form: &[(&str, String)]) -> Result<String, String> {
    let url = format!("{}/token", issuer.trim_end_matches('/'));
    let url = check_url(&url)?;
    // A query and a form are encoded alike.
    let form = Url::parse_with_params("http://form.invalid", form).map_err(|error| error.to_string())?;
    let answer = client()
        .map_err(|error| format!("cannot make HTTPS calls: {error}"))?
        .post(url.clone())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.query().unwrap_or_default().to_owned())
        .send()
        .await
        .map_err(|error| {
            let hint = if error.is_connect() { "; is the demo running?" } else { "" };
            format!("cannot reach {url}{hint} ({error})")
        })?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| format!("{url}: {error}"))?;
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| format!("{url} answered {status}, and no token"))?;
    match (answer.access_token, answer.error) {
        (Some(token), None) => Ok(token),
        (_, error) => {
            let error = error.unwrap_or_else(|| status.to_string());
            Err(format!("{url}: {error}: {}", answer.error_description.unwrap_or_default()))
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::post;
    use axum::{Json, Router};
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn the_token_is_all_that_is_printed_and_a_refusal_says_why() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let answer = |form: String| async move {
            if form == "client_id=web&scope=a+b%26" {
                Json(json!({"access_token": "abc", "token_type": "Bearer"}))
            } else {
                Json(json!({"error": "invalid_client", "error_description": "no"}))
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/token", post(answer))).await });
        let form = [("client_id", "web".to_owned()), ("scope", "a b&".to_owned())];
        assert_eq!(request(&issuer, &form).await.unwrap(), "abc");
        assert!(request(&issuer, &[]).await.unwrap_err().ends_with("invalid_client: no"));
    }
}
