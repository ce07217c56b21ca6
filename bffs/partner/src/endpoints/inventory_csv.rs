//! `GET /partner/inventory.csv`: all stock levels, as a file for a spreadsheet.
//!
//! A handler, since no declaration says "until the last page", and the answer is no JSON.

use std::fmt::Write as _;
use std::time::Duration;

use trefoil::handler::{Backends, Caller, Handler, IntoResponse, Problem, header};

use crate::backends::Warehouse;
use crate::views::StockLevel;

/// How many levels a page has: as many as the service gives at once.
const PAGE: usize = 100;

/// How many pages are read. A service that never comes to an end ends here.
const MOST_PAGES: usize = 100;

/// The route.
pub fn inventory_csv() -> Handler {
    Handler::get("inventoryCsv", "/inventory.csv", export)
        .doc(
            "All stock levels as CSV (RFC 4180), a line for each product and warehouse.\n\n\
             The first line names the columns: `product_id,available,warehouse,quantity`. A product that no warehouse has is a line \
             without one. Text that a spreadsheet would take for a formula begins with an apostrophe.",
        )
        .scopes(["inventory:read"])
        .deadline(Duration::from_secs(5))
        .calls::<Warehouse>()
        .answers("text/csv")
}

async fn export(backends: Backends, caller: Caller) -> Result<impl IntoResponse, Problem> {
    let partner: String = caller.claim("partner")?;
    let mut csv = String::from("product_id,available,warehouse,quantity\r\n");
    let mut after = 0;
    for _ in 0..MOST_PAGES {
        let page = backends.get::<Warehouse>("/stock").query("after", after).query("limit", PAGE);
        let levels: Vec<StockLevel> = page.header("x-partner", &partner).json().await?;
        levels.iter().for_each(|level| lines(&mut csv, level));
        match levels.last() {
            Some(last) if levels.len() == PAGE => after = last.product_id,
            _ => break,
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"inventory.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, csv))
}

fn lines(csv: &mut String, level: &StockLevel) {
    let StockLevel { product_id, available, warehouses } = level;
    // Writing to a string cannot fail.
    if warehouses.is_empty() {
        let _ = write!(csv, "{product_id},{available},,\r\n");
    }
    for warehouse in warehouses {
        let _ = write!(csv, "{product_id},{available},{},{}\r\n", text(&warehouse.code), warehouse.quantity);
    }
}

/// Quoted, and never a formula: a spreadsheet runs what begins with one of these.
fn text(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
