//! Every kernel against its reference, on the adapter that the environment gives, with every kind of lanes that the
//! adapter has. Without an adapter the test fails.

use gpu::{DeviceOptions, Gpu, Lanes, conformance};

fn hold(lanes: Lanes) {
    pollster::block_on(async {
        let options = DeviceOptions { lanes: Some(lanes), ..DeviceOptions::default() };
        let gpu = Gpu::open(&options).await.expect("an adapter");
        println!("{:?}", gpu.adapter());
        let mut bench = conformance::Bench::new(&gpu);
        let mut failures = Vec::new();
        let table = conformance::table();
        assert!(table.len() > 100);
        for case in &table {
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
fn one_lane_a_row() {
    hold(Lanes::None);
}

#[test]
fn a_subgroup_a_row() {
    hold(Lanes::Subgroup);
}

#[test]
fn a_workgroup_a_row() {
    hold(Lanes::Workgroup);
}
