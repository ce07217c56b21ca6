//! `gateway routes`: the table of all endpoints.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};
use trefoil_composition::declare::Access;
use trefoil_composition::{Bff, CompiledBff, Moved, RouteInfo};

use super::common::{find, limited, report, shown_config_arguments};

pub(super) fn command() -> Command {
    Command::new("routes")
        .about(
            "Lists the endpoints: method, path, name, who may call, deadline, calls, and which are retried and hedged",
        )
        .args(shown_config_arguments())
        .arg(Arg::new("bff").value_name("BFF").help("Only this BFF's"))
}

pub(super) fn run(arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    let bff = arguments.get_one::<String>("bff").map(String::as_str);
    report(limited(arguments, bffs).and_then(|bffs| routes(bff, &bffs)))
}

/// What is said of an endpoint.
const COLUMNS: usize = 8;

fn routes(bff: Option<&str>, bffs: &[Arc<CompiledBff>]) -> Result<String, String> {
    let routes: Vec<RouteInfo> = match bff {
        Some(name) => find(bffs, name)?.routes(),
        None => bffs.iter().flat_map(|bff| bff.routes()).collect(),
    };
    let heads = ["METHOD", "PATH", "ENDPOINT", "ACCESS", "DEADLINE", "CALLS", "RETRY", "HEDGE"];
    let mut rows = vec![heads.map(str::to_owned)];
    rows.extend(routes.iter().map(row));
    Ok(table(&rows))
}

fn row(route: &RouteInfo) -> [String; COLUMNS] {
    let access = match &route.access {
        Access::Public => "public".to_owned(),
        Access::Token { scopes } if scopes.is_empty() => "token".to_owned(),
        Access::Token { scopes } => format!("token with {}", scopes.join(" ")),
    };
    let mut deadline = format!("{} ms", route.deadline.as_millis());
    let mut access = access;
    for moved in &route.moved {
        match moved {
            Moved::Deadline { declared, .. } => {
                deadline.push_str(&format!(" (by config; declared {} ms)", declared.as_millis()));
            }
            Moved::Scopes { added } => access.push_str(&format!(" (by config: {})", added.join(" "))),
            // The times of calls are shown by `plan`; how they are tried has columns of its own.
            Moved::Within { .. } | Moved::Kept { .. } | Moved::Attempts { .. } | Moved::Hedge { .. } => {}
        }
    }
    let calls = route.calls.map_or_else(|| "handler".to_owned(), |calls| calls.to_string());
    let endpoint = route.endpoint.clone();
    let path = route.path.clone();
    [route.method.to_string(), path, endpoint, access, deadline, calls, retries(route), hedges(route)]
}

/// The calls that may be attempted so often, such as `profile (2), orders (3 by config)`.
pub(super) fn retries(route: &RouteInfo) -> String {
    let declared = route.retries.iter().map(|(field, attempts)| format!("{field} ({attempts})"));
    let by_config = route.moved.iter().filter_map(|moved| match moved {
        Moved::Attempts { field, now } => Some(format!("{field} ({now} by config)")),
        _ => None,
    });
    declared.chain(by_config).collect::<Vec<_>>().join(", ")
}

/// The calls that may be hedged, such as `picks, orders (by config)`.
pub(super) fn hedges(route: &RouteInfo) -> String {
    let by_config = route.moved.iter().filter_map(|moved| match moved {
        Moved::Hedge { field } => Some(format!("{field} (by config)")),
        _ => None,
    });
    route.hedges.iter().cloned().chain(by_config).collect::<Vec<_>>().join(", ")
}

/// Columns as wide as their widest cell, two blanks between them.
fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::common::compiled;
    use super::*;

    #[test]
    fn an_unknown_bff_is_answered_with_those_there_are() {
        let error = routes(Some("desktop"), &compiled(&[Bff::new("web"), Bff::new("mobile")]).unwrap()).unwrap_err();
        assert_eq!(error, "there is no BFF `desktop`; there are: web, mobile");
    }

    #[test]
    fn columns_line_up() {
        let rows = [["a", "b", "c", "d", "e", "f"], ["long", "b", "c", "d", "e", "f"]];
        assert_eq!(table(&rows.map(|row| row.map(str::to_owned))), "a     b  c  d  e  f\nlong  b  c  d  e  f\n");
    }
}
