//! Projecting allocates for a body, never for a member or an item of it.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test says what is wrong by failing, and what it found")]

extern crate trefoil_composition as trefoil;

#[path = "../benches/bodies/mod.rs"]
mod bodies;

use bodies::{Order, Served, orders, program};
use bytes::Bytes;
use trefoil_composition::project::Program;

fn allocations(program: &Program, body: &Bytes) -> u64 {
    let counted = allocation_counter::measure(|| drop(program.run(body).unwrap()));
    counted.count_total
}

#[test]
fn a_body_in_declared_order_costs_the_same_number_of_allocations_however_long_it_is() {
    let program = program::<Vec<Order>>();
    let [one, ten, thousand] = [1, 10, 1_000].map(|count| allocations(&program, &orders(count, true)));
    println!("allocations of a body in declared order: {one} with 1 order, {ten} with 10, {thousand} with 1,000");
    assert_eq!(one, ten);
    assert_eq!(ten, thousand);
    assert!(thousand <= 10, "{thousand}");
}

#[test]
fn a_body_in_any_other_order_costs_no_more_than_a_list_of_its_parts_that_grows() {
    let program = program::<Vec<Order>>();
    let [ten, thousand] = [10, 1_000].map(|count| allocations(&program, &orders(count, false)));
    println!("allocations of a body in another order: {ten} with 10 orders, {thousand} with 1,000");
    // The list doubles each time: a hundred times as many parts are seven times more.
    assert!(thousand <= ten + 8, "{ten} with 10, {thousand} with 1,000");
}

#[tokio::test]
async fn a_batched_call_for_each_item_costs_a_few_allocations_an_item() {
    let mut counts = Vec::new();
    for items in [1_000, 2_000] {
        let served = Served::new(items);
        // The first answer makes the backends' bodies.
        let body = served.answer().await;
        assert_eq!(body.windows(9).filter(|part| *part == b"\"product\"").count(), items);
        let counted = allocation_counter::measure(|| {
            drop(futures_util::FutureExt::now_or_never(served.answer()).expect("nothing waits"));
        });
        counts.push(counted.count_total);
    }
    let an_item = (counts[1] - counts[0]) as f64 / 1_000.0;
    println!("allocations of a whole answer: {} with 1,000 items, {an_item} for each more", counts[0]);
    assert!(an_item < 10.0, "{an_item}");
}
