//! Writes `protocol.ts`, the TypeScript twin of this crate, into the folder named by the only argument.
//!
//! Every type that the two ends of the workers' ports can reach is written, in the order of the names, so that the
//! file depends on the types alone. Integers become `number` (they stay within 53 bits), `Option<T>` becomes
//! `T | null`, as serde_json writes it.

use protocol::{FileRefusal, FileReport, Fit, GpuLimits, WorkerCommand, WorkerMessage};
use std::{collections::BTreeMap, env, fs, path::PathBuf, process::ExitCode};
use ts_rs::{Config, TS, TypeVisitor};

const HEADER: &str = "// Written by `cargo xtask codegen` from crates/protocol. Do not edit.\n";

/// Declarations by name, of the types visited and of all that they refer to.
struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Types without an output path are TypeScript's own: string, number, arrays, null.
        if T::output_path().is_none() || self.by_name.contains_key(&T::ident(&self.config)) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}\n", T::decl(&self.config));
        self.by_name.insert(T::ident(&self.config), declaration);
        T::visit_dependencies(self);
    }
}

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: codegen FOLDER");
        return ExitCode::FAILURE;
    };
    let mut found = Declarations { config: Config::new().with_large_int("number"), by_name: BTreeMap::new() };
    found.visit::<WorkerCommand>();
    found.visit::<WorkerMessage>();
    // What the worker that stores files is told by the engine's functions.
    found.visit::<FileReport>();
    found.visit::<FileRefusal>();
    found.visit::<GpuLimits>();
    found.visit::<Fit>();
    let body: Vec<String> = found.by_name.into_values().collect();
    // ts-rs leaves blanks at some line ends.
    let text: String =
        format!("{HEADER}\n{}", body.join("\n")).lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    let path = folder.join("protocol.ts");
    if let Err(error) = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, text)) {
        eprintln!("{}: {error}", path.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
