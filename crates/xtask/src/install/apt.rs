//! Packages of the system, by `apt-get`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::{paths, process, progress};

/// How one sees that a package is there.
#[derive(Clone, Copy, Debug)]
pub enum Sign {
    /// A program on the search path.
    Program(&'static str),
    /// The package itself, where no file would tell it from its namesakes.
    Package,
    /// One of the folders holds a file whose name begins so.
    Prefix(&'static [&'static str], &'static str),
    /// A Python module that runs.
    PythonModule(&'static str),
}

/// A package of Debian, and the sign of its presence.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    /// The package's name.
    pub package: &'static str,
    /// What shows that it, or an equal of it, is there.
    pub sign: Sign,
}

impl Need {
    /// Whether the package's sign is there, however it came.
    pub fn is_met(&self) -> bool {
        match self.sign {
            Sign::Program(name) => paths::program(name).is_some(),
            Sign::Package => Command::new("dpkg-query")
                .args(["-W", "-f=${db:Status-Status}", self.package])
                .output()
                .is_ok_and(|output| output.stdout == b"installed"),
            Sign::Prefix(folders, prefix) => {
                folders.iter().any(|folder| first_with_prefix(folder, prefix).is_some())
            }
            Sign::PythonModule(name) => Command::new("python3")
                .args(["-m", name, "--version"])
                .output()
                .is_ok_and(|output| output.status.success()),
        }
    }
}

/// The first file in `folder`, by name, that begins with `prefix`.
pub fn first_with_prefix(folder: &str, prefix: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let mut files: Vec<_> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files.into_iter().next()
}

/// Installs the packages of `missing`, or, where that needs another user, says which command does.
pub fn install(missing: &[Need]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let list = names.join(" ");
    if paths::program("apt-get").is_none() {
        bail!("these Debian packages, or your system's equals of them, are missing: {list}");
    }
    let update = ["update"];
    let install = [&["install", "-y", "--no-install-recommends"], names.as_slice()].concat();
    if process::output(Command::new("id").arg("-u"))?.trim() != "0" {
        bail!(
            "some packages of the system are missing. Run this first:\n\n  sudo sh -c 'apt-get {} && apt-get {}'\n",
            update.join(" "),
            install.join(" ")
        );
    }
    progress::step(format_args!("Installing {list}"));
    let limit = Duration::from_secs(30 * 60);
    process::run_logged("apt-update", limit, &mut apt(&update))?;
    process::run_logged("apt-install", limit, &mut apt(&install))?;
    if let Some(need) = missing.iter().find(|need| !need.is_met()) {
        bail!("{} was installed, but {:?} is not there", need.package, need.sign);
    }
    Ok(())
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_tell_presence_and_absence() {
        let met = |sign| Need { package: "", sign }.is_met();
        assert!(met(Sign::Program("sh")));
        assert!(!met(Sign::Program("no-such-program")));
        assert!(met(Sign::Prefix(&["/no/such/folder", "/bin"], "sh")));
        assert!(!met(Sign::Prefix(&["/bin"], "no-such-prefix")));
        assert!(!met(Sign::PythonModule("no_such_module")));
        assert!(!Need { package: "no-such-package", sign: Sign::Package }.is_met());
    }
}
