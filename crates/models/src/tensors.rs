//! Turning a file's tensors into a program's weights, and leaving none over.

use crate::ModelError;
use gguf::{Format, Header, TensorInfo};
use ops::{Program, TensorId};
use std::collections::HashMap;

/// The tensors of a file that no weight has been made of yet.
pub(crate) struct Tensors<'a> {
    left: HashMap<&'a str, &'a TensorInfo>,
}

impl<'a> Tensors<'a> {
    pub(crate) fn new(header: &'a Header) -> Self {
        Self { left: header.tensors.iter().map(|t| (t.name.as_str(), t)).collect() }
    }

    /// The matrix `name`, which must be `[rows, columns]`.
    pub(crate) fn matrix(
        &mut self,
        program: &mut Program,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<TensorId, ModelError> {
        let format = self.take(name, &[rows, columns])?;
        Ok(program.weight(name, rows, columns, format))
    }

    /// The matrices `name`, which must be `[count, rows, columns]`, one below the other.
    pub(crate) fn matrices(
        &mut self,
        program: &mut Program,
        name: &str,
        [count, rows, columns]: [usize; 3],
    ) -> Result<TensorId, ModelError> {
        let format = self.take(name, &[count, rows, columns])?;
        Ok(program.weight(name, count * rows, columns, format))
    }

    /// The matrix `name`, which must be `[rows, columns]` in f32, as one row: for operations that know its shape.
    pub(crate) fn table(
        &mut self,
        program: &mut Program,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<TensorId, ModelError> {
        match self.take(name, &[rows, columns])? {
            Format::F32 => Ok(program.weight(name, 1, rows * columns, Format::F32)),
            other => Err(ModelError::UnsupportedFeature(format!("{name} as {other:?}"))),
        }
    }

    /// The vector `name` as [`Tensors::vector`], if the file has it.
    pub(crate) fn opt_vector(
        &mut self,
        program: &mut Program,
        name: &str,
        columns: usize,
    ) -> Result<Option<TensorId>, ModelError> {
        self.has(name).then(|| self.vector(program, name, columns)).transpose()
    }

    /// The vector `name`, which must be `[columns]` in f32.
    pub(crate) fn vector(
        &mut self,
        program: &mut Program,
        name: &str,
        columns: usize,
    ) -> Result<TensorId, ModelError> {
        match self.take(name, &[columns])? {
            Format::F32 => Ok(program.weight(name, 1, columns, Format::F32)),
            other => Err(ModelError::UnsupportedFeature(format!("{name} as {other:?}"))),
        }
    }

    /// Declares the vector `name`, which this program does not need: its data comes with the others.
    pub(crate) fn ignore(
        &mut self,
        program: &mut Program,
        name: &str,
        columns: usize,
    ) -> Result<(), ModelError> {
        self.vector(program, name, columns).map(drop)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Fails when a tensor was not used: whatever it is for, leaving it out would give wrong text.
    pub(crate) fn finish(self) -> Result<(), ModelError> {
        match self.left.keys().min() {
            Some(name) => Err(ModelError::UnsupportedFeature(format!("the tensor {name}"))),
            None => Ok(()),
        }
    }

    fn take(&mut self, name: &str, shape: &[usize]) -> Result<Format, ModelError> {
        let tensor = self.left.remove(name).ok_or_else(|| ModelError::MissingTensor(name.into()))?;
        if tensor.shape != shape {
            return Err(ModelError::WrongShape {
                name: name.into(),
                found: tensor.shape.clone(),
                expected: shape.into(),
            });
        }
        Ok(tensor.format)
    }
}
