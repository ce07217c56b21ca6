//! `gateway routes`: the table of all endpoints.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command};
use trefoil_composition::declare::Access;
use trefoil_composition::{Bff, RouteInfo};

use super::common::{compiled, find, report};

pub(super) fn command() -> Command {
    Command::new("routes")
        .about("Lists the endpoints: method, path, name, who may call, deadline, calls")
        .arg(Arg::new("bff").value_name("BFF").help("Only this BFF's"))
}

pub(super) fn run(arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    report(routes(arguments.get_one::<String>("bff").map(String::as_str), bffs))
}

fn routes(bff: Option<&str>, bffs: &[Bff]) -> Result<String, String> {
    let bffs = compiled(bffs)?;
    let routes: Vec<RouteInfo> = match bff {
        Some(name) => find(&bffs, name)?.routes(),
        None => bffs.iter().flat_map(|bff| bff.routes()).collect(),
    };
    let mut rows = vec![["METHOD", "PATH", "ENDPOINT", "ACCESS", "DEADLINE", "CALLS"].map(str::to_owned)];
    rows.extend(routes.iter().map(row));
    Ok(table(&rows))
}

fn row(route: &RouteInfo) -> [String; 6] {
    let access = match &route.access {
        Access::Public => "public".to_owned(),
        Access::Token { scopes } if scopes.is_empty() => "token".to_owned(),
        Access::Token { scopes } => format!("token with {}", scopes.join(" ")),
    };
    let deadline = format!("{} ms", route.deadline.as_millis());
    [route.method.to_string(), route.path.clone(), route.endpoint.clone(), access, deadline, route.calls.to_string()]
}

/// Columns as wide as their widest cell, two blanks between them.
fn table(rows: &[[String; 6]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
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
    use super::*;

    #[test]
    fn an_unknown_bff_is_answered_with_those_there_are() {
        let error = routes(Some("desktop"), &[Bff::new("web"), Bff::new("mobile")]).unwrap_err();
        assert_eq!(error, "there is no BFF `desktop`; there are: web, mobile");
    }

    #[test]
    fn columns_line_up() {
        let rows = [["a", "b", "c", "d", "e", "f"], ["long", "b", "c", "d", "e", "f"]];
        assert_eq!(table(&rows.map(|row| row.map(str::to_owned))), "a     b  c  d  e  f\nlong  b  c  d  e  f\n");
    }
}
