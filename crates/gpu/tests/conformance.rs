//! Every kernel against its reference, on the adapter that the environment gives, with every kind of lanes that the
//! adapter has. Without an adapter the test fails.

use gpu::{DeviceOptions, Gpu, Lanes, conformance};

fn hold(lanes: Lanes, table: &[conformance::Case]) {
    pollster::block_on(async {
        let options = DeviceOptions { lanes: Some(lanes), ..DeviceOptions::default() };
        let gpu = Gpu::open(&options).await.expect("an adapter");
        println!("{:?}", gpu.adapter());
        let mut bench = conformance::Bench::new(&gpu);
        let mut failures = Vec::new();
        for case in table {
            match case.error(&mut bench).await {
                Ok(error) if error <= case.bound() => {}
                Ok(error) => failures.push(format!("{}: {error:e}", case.name())),
                Err(fault) => failures.push(format!("{}: {fault}", case.name())),
            }
        }
        assert!(
            failures.is_empty(),
            "{} of {} failed:\n{}",
            failures.len(),
            table.len(),
            failures.join("\n")
        );
    });
}

#[test]
fn every_kernel() {
    let table = conformance::table();
    assert!(table.len() > 200);
    hold(Lanes::None, &table);
}

#[test]
fn a_subgroup_a_row() {
    let table = conformance::of_lanes(conformance::table());
    assert!(table.len() > 30);
    hold(Lanes::Subgroup, &table);
}

#[test]
fn a_workgroup_a_row() {
    let table = conformance::of_lanes(conformance::table());
    assert!(table.len() > 30);
    hold(Lanes::Workgroup, &table);
}
