//! Files that are one model together: `NAME-00001-of-0000N.gguf` and so on, as llama.cpp's `gguf-split` writes them.
//!
//! The first has the model's metadata; each has some of the tensors, and three keys that tell which part it is of how many, and
//! how many tensors they hold together.

use crate::{GgufError, Header, Metadata, parse::MAX_ENTRIES};
use std::collections::HashSet;

const NUMBER: &str = "split.no";
const COUNT: &str = "split.count";
const TENSORS: &str = "split.tensors.count";

fn unfit<T>(what: impl Into<String>) -> Result<T, GgufError> {
    Err(GgufError::Parts(what.into()))
}

/// The headers of the parts read so far, as one.
pub(crate) struct Joined {
    given: usize,
    read: usize,
    header: Option<Header>,
    names: HashSet<String>,
}

impl Joined {
    /// Of so many files that were given.
    pub(crate) fn new(given: usize) -> Self {
        Self { given, read: 0, header: None, names: HashSet::new() }
    }

    /// Takes the next file's header.
    pub(crate) fn add(&mut self, part: Header) -> Result<(), GgufError> {
        self.read += 1;
        self.check_number(&part.metadata)?;
        for tensor in &part.tensors {
            if !self.names.insert(tensor.name.clone()) {
                return unfit(format!("the tensor {} is in two of them", tensor.name));
            }
        }
        let Some(header) = &mut self.header else {
            self.header = Some(part);
            return Ok(());
        };
        for (key, value) in part.metadata.iter() {
            let of_first = header.metadata.get(key);
            if key != NUMBER && of_first.is_some_and(|first| first != value) {
                return unfit(format!(
                    "part {} has another {key} than the first, so it is of another model",
                    self.read
                ));
            }
        }
        header.tensors.extend(part.tensors);
        if header.tensors.len() as u64 > MAX_ENTRIES {
            return unfit(format!("they hold more than {MAX_ENTRIES} tensors"));
        }
        Ok(())
    }

    fn check_number(&self, metadata: &Metadata) -> Result<(), GgufError> {
        let number = u64::from(metadata.opt_u32(NUMBER)?.unwrap_or(0)) + 1;
        let count = metadata.opt_u32(COUNT)?.unwrap_or(1);
        match (self.read, self.given) {
            (_, 1) if count > 1 => Err(GgufError::PartAlone { number, count }),
            (_, 1) => Ok(()),
            (read, given) if count as usize != given => {
                unfit(format!("part {read} says that there are {count}, and {given} were given"))
            }
            (read, _) if number != read as u64 => unfit(format!("part {read} says that it is part {number}")),
            _ => Ok(()),
        }
    }

    /// One header for all of them. Its tensors are in the order of their data, part after part; it is of no part any more.
    pub(crate) fn whole(self) -> Result<Header, GgufError> {
        let Some(mut header) = self.header else { return unfit("there are none") };
        if self.given > 1 {
            let (expected, found) = (header.metadata.u32(TENSORS)?, header.tensors.len());
            if expected as usize != found {
                return unfit(format!("they hold {found} tensors and should hold {expected}"));
            }
            for key in [NUMBER, COUNT, TENSORS] {
                header.metadata.0.remove(key);
            }
        }
        Ok(header)
    }
}
