//! `gateway plan`: what an endpoint does, as a picture.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};
use trefoil_composition::handler::Handler;
use trefoil_composition::{Bff, CompiledBff};

use super::common::{find, limited, report, shown_config_arguments};

pub(super) fn command() -> Command {
    Command::new("plan")
        .about("Draws what an endpoint does: its calls, what waits for what, what may be missing")
        .args(shown_config_arguments())
        .arg(Arg::new("bff").value_name("BFF").required(true).help("The BFF"))
        .arg(
            Arg::new("endpoint")
                .value_name("ENDPOINT")
                .required(true)
                .help("The endpoint's name, as `routes` lists it"),
        )
}

pub(super) fn run(arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    let word = |name| arguments.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    report(limited(arguments, bffs).and_then(|bffs| plan(word("bff"), word("endpoint"), &bffs)))
}

fn plan(bff: &str, endpoint: &str, bffs: &[Arc<CompiledBff>]) -> Result<String, String> {
    let bff = find(bffs, bff)?;
    let planned = bff.plan(endpoint).map(|plan| plan.draw());
    planned.or_else(|| bff.handler(endpoint).map(Handler::draw)).ok_or_else(|| {
        let names: Vec<String> = bff.routes().into_iter().map(|route| route.endpoint).collect();
        format!("`{}` has no endpoint `{endpoint}`; it has: {}", bff.name(), names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::super::common::compiled;
    use super::*;

    #[test]
    fn of_a_handler_it_says_what_is_known_and_names_it_among_those_there_are() {
        let handler = Handler::get("numbers", "/numbers", async || "1, 2").scopes(["numbers:read"]);
        let bffs = compiled(&[Bff::new("web").handler(handler)]).unwrap();
        assert_eq!(
            plan("web", "numbers", &bffs).unwrap(),
            "numbers  GET /numbers  deadline 1000 ms  scopes numbers:read\n\
             └─ an async function: its calls are not known before it runs; it may call no backend\n"
        );
        assert!(plan("web", "nothing", &bffs).unwrap_err().ends_with("it has: numbers"));
    }

    #[test]
    fn an_unknown_endpoint_is_answered_with_those_there_are() {
        let error = plan("web", "nothing", &compiled(&[Bff::new("web")]).unwrap()).unwrap_err();
        assert!(error.starts_with("`web` has no endpoint `nothing`; it has:"), "{error}");
    }
}
