//! The packages that Cargo knows of, as `cargo metadata` tells.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{paths, process};

/// A package, of this workspace or another's.
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The SPDX expression of its licence, if it has one.
    pub licence: Option<String>,
    /// Whether it is one of ours.
    pub is_ours: bool,
    /// The packages that it names itself.
    pub dependencies: Vec<Dependency>,
}

/// A direct dependency.
pub struct Dependency {
    /// The name of the package.
    pub name: String,
    /// Whether only tests, examples and benchmarks use it.
    pub is_dev: bool,
}

/// All packages that are in use, on whatever platform.
pub fn packages() -> Result<Vec<Package>> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo.current_dir(paths::root()).args(["metadata", "--format-version", "1", "--locked"]);
    parse(&serde_json::from_str(&process::output(&mut cargo)?)?)
}

fn parse(metadata: &Value) -> Result<Vec<Package>> {
    let list = |value: &Value| value.as_array().cloned().context("`cargo metadata` lacks a list");
    let text = |value: &Value| value.as_str().map(str::to_owned).context("`cargo metadata` lacks a name");
    let ours = list(&metadata["workspace_members"])?;
    let package = |package: Value| {
        let dependency = |dependency: &Value| {
            Ok(Dependency { name: text(&dependency["name"])?, is_dev: dependency["kind"] == "dev" })
        };
        Ok(Package {
            name: text(&package["name"])?,
            version: text(&package["version"])?,
            licence: package["license"].as_str().map(str::to_owned),
            is_ours: ours.contains(&package["id"]),
            dependencies: list(&package["dependencies"])?.iter().map(dependency).collect::<Result<_>>()?,
        })
    };
    list(&metadata["packages"])?.into_iter().map(package).collect()
}
