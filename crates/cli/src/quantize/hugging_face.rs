//! A folder as Hugging Face has models: `config.json`, `tokenizer.json`, and weights in `*.safetensors`.
//!
//! The families are those that differ from `llama` in names and biases alone. Names, metadata and the order of rows
//! are what llama.cpp's converter makes of them.

use crate::quantize::{vocabulary, weights::Weight};
use anyhow::{Context, Result, bail};
use gguf::{Format, Metadata, Value as Key};
use safetensors::{Dtype, tensor::Metadata as Tensors};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

/// Bytes that are read at a time, where rows may come as they are.
const CHUNK_BYTES: usize = 4 << 20;
/// The longest header that is believed.
const MOST_HEADER_BYTES: u64 = 64 << 20;

/// Where each weight of the list lies.
pub struct Folder(Vec<Place>);

/// Where a weight comes from, and what has to be done to it.
enum Place {
    File {
        path: PathBuf,
        start: u64,
        bytes: u64,
        format: Format,
        /// The format that it is read in: vectors are always F32.
        wanted: Format,
        /// Heads whose rows change places, see [`interleaved`].
        heads: Option<usize>,
        /// Bytes a row.
        row_bytes: usize,
    },
    /// Not in the files, but worked out.
    Made(Vec<f32>),
}

/// A tensor of a safetensors file.
struct Stored {
    path: PathBuf,
    start: u64,
    bytes: u64,
    shape: Vec<usize>,
    format: Format,
}

/// Reads everything but the weights.
///
/// # Errors
/// When a file is missing or damaged, or the model of a kind that cannot be converted.
pub fn open(folder: &Path) -> Result<(Metadata, Vec<Weight>, Folder)> {
    let config = json(&folder.join("config.json"))?;
    let architecture = match config["model_type"].as_str().unwrap_or_default() {
        "llama" | "mistral" => "llama",
        "qwen2" => "qwen2",
        "qwen3" => "qwen3",
        other => {
            bail!("models of the kind {other:?} cannot be converted (llama, mistral, qwen2 and qwen3 can)")
        }
    };
    let mut metadata = hyperparameters(&config, architecture)?;
    let name = folder.canonicalize()?.file_name().unwrap_or_default().to_string_lossy().into_owned();
    metadata.insert("general.name", &*name);
    vocabulary::add(&mut metadata, folder, &config)?;

    let mut stored = stored(folder)?;
    let mut list = Vec::new();
    let mut places = Vec::new();
    if let Some(factors) = frequency_factors(&config)? {
        list.push(Weight {
            name: "rope_freqs.weight".into(),
            shape: vec![factors.len()],
            format: Format::F32,
        });
        places.push(Place::Made(factors));
    }
    let heads = |key: &str| number(&config, key).or_else(|_| number(&config, "num_attention_heads"));
    // `llama` turns neighbouring values, as the first Llama did; the others turn halves, as Hugging Face does.
    let (query_heads, kv_heads) = match architecture {
        "llama" => {
            (Some(heads("num_attention_heads")? as usize), Some(heads("num_key_value_heads")? as usize))
        }
        _ => (None, None),
    };
    // No more layers than there are tensors.
    let layers = number(&config, "num_hidden_layers")?.min(stored.len() as u32);
    for (theirs, ours, role) in names(layers) {
        let Some(tensor) = stored.remove(&theirs) else { continue };
        let wanted = if tensor.shape.len() == 1 { Format::F32 } else { tensor.format };
        let heads = match role {
            Role::Query => query_heads,
            Role::Key => kv_heads,
            Role::Other => None,
        };
        let rows = tensor.shape.first().copied().unwrap_or(1).max(1);
        if heads.is_some_and(|heads| heads == 0 || rows % (2 * heads) != 0) {
            bail!("{theirs} has {rows} rows, which are not those of whole heads");
        }
        list.push(Weight { name: ours, shape: tensor.shape, format: wanted });
        places.push(Place::File {
            path: tensor.path,
            start: tensor.start,
            bytes: tensor.bytes,
            format: tensor.format,
            wanted,
            heads,
            row_bytes: tensor.bytes as usize / rows,
        });
    }
    if let Some(name) = stored.keys().find(|name| !name.ends_with("rotary_emb.inv_freq")) {
        bail!("the tensor {name} belongs to nothing that is known of {architecture}");
    }
    Ok((metadata, list, Folder(places)))
}

impl Folder {
    /// See [`crate::quantize::weights::Weights::read`].
    ///
    /// # Errors
    /// When a file cannot be read; and what `each` fails with.
    pub fn read(self, mut each: impl FnMut(usize, &[u8]) -> Result<()>) -> Result<()> {
        for (index, place) in self.0.into_iter().enumerate() {
            match place {
                Place::Made(values) => each(index, &bytes_of(&values))?,
                Place::File { path, start, bytes, format, wanted, heads, row_bytes } => {
                    let mut file = open_file(&path)?;
                    file.seek(SeekFrom::Start(start))?;
                    let chunk = match heads {
                        Some(_) => bytes as usize,
                        None => (CHUNK_BYTES / row_bytes.max(1)).max(1) * row_bytes,
                    };
                    let mut left = bytes as usize;
                    while left > 0 {
                        let mut read = vec![0; chunk.min(left)];
                        file.read_exact(&mut read)
                            .with_context(|| format!("{} is cut short", path.display()))?;
                        left -= read.len();
                        if let Some(heads) = heads {
                            read = interleaved(&read, row_bytes, heads);
                        }
                        if format != wanted {
                            let mut values = vec![0.0; read.len() / format.block_bytes()];
                            format.dequantize(&read, &mut values);
                            read = bytes_of(&values);
                        }
                        each(index, &read)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The rows of each head, its first half and its second one in turn: `0, E/2, 1, E/2 + 1, …`.
fn interleaved(bytes: &[u8], row_bytes: usize, heads: usize) -> Vec<u8> {
    let half = bytes.len() / row_bytes / heads / 2;
    let mut out = Vec::with_capacity(bytes.len());
    for head in bytes.chunks_exact(2 * half * row_bytes) {
        for row in 0..half {
            for at in [row, half + row] {
                out.extend(&head[at * row_bytes..][..row_bytes]);
            }
        }
    }
    out
}

fn bytes_of(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Whose rows change places.
#[derive(Clone, Copy)]
enum Role {
    Query,
    Key,
    Other,
}

/// Every name there and here, in the order of the file to write.
fn names(layers: u32) -> Vec<(String, String, Role)> {
    let whole =
        |theirs: &str, ours: &str| (format!("{theirs}.weight"), format!("{ours}.weight"), Role::Other);
    let mut names = vec![whole("model.embed_tokens", "token_embd")];
    for layer in 0..layers {
        for (theirs, ours, role) in [
            ("input_layernorm", "attn_norm", Role::Other),
            ("self_attn.q_proj", "attn_q", Role::Query),
            ("self_attn.k_proj", "attn_k", Role::Key),
            ("self_attn.v_proj", "attn_v", Role::Other),
            ("self_attn.q_norm", "attn_q_norm", Role::Other),
            ("self_attn.k_norm", "attn_k_norm", Role::Other),
            ("self_attn.o_proj", "attn_output", Role::Other),
            ("post_attention_layernorm", "ffn_norm", Role::Other),
            ("mlp.gate_proj", "ffn_gate", Role::Other),
            ("mlp.up_proj", "ffn_up", Role::Other),
            ("mlp.down_proj", "ffn_down", Role::Other),
        ] {
            for part in ["weight", "bias"] {
                let theirs = format!("model.layers.{layer}.{theirs}.{part}");
                names.push((theirs, format!("blk.{layer}.{ours}.{part}"), role));
            }
        }
    }
    names.push(whole("model.norm", "output_norm"));
    names.push(whole("lm_head", "output"));
    names
}

/// What `config.json` says, under GGUF's keys.
fn hyperparameters(config: &Value, architecture: &str) -> Result<Metadata> {
    let mut metadata = Metadata::default();
    metadata.insert("general.architecture", architecture);
    metadata.insert("general.type", "model");
    let mut set = |key: &str, value: Key| metadata.insert(format!("{architecture}.{key}"), value);
    for (theirs, ours) in [
        ("num_hidden_layers", "block_count"),
        ("max_position_embeddings", "context_length"),
        ("hidden_size", "embedding_length"),
        ("intermediate_size", "feed_forward_length"),
        ("num_attention_heads", "attention.head_count"),
    ] {
        set(ours, number(config, theirs)?.into());
    }
    let heads = number(config, "num_attention_heads")?;
    set("attention.head_count_kv", number(config, "num_key_value_heads").unwrap_or(heads).into());
    set("attention.layer_norm_rms_epsilon", float(config, "rms_norm_eps")?.into());
    let width = match config["head_dim"].as_u64() {
        Some(width) => {
            let width = u32::try_from(width)?;
            set("attention.key_length", width.into());
            set("attention.value_length", width.into());
            width
        }
        None => number(config, "hidden_size")? / heads.max(1),
    };
    if architecture == "llama" {
        set("rope.dimension_count", width.into());
        set("vocab_size", number(config, "vocab_size")?.into());
        if let Ok(window) = number(config, "sliding_window") {
            set("attention.sliding_window", window.into());
        }
    } else if config["use_sliding_window"].as_bool() == Some(true) {
        bail!("a {architecture} model with a sliding window cannot be converted");
    }
    let rope = rope(config);
    let base = [&rope["rope_theta"], &config["rope_theta"]].into_iter().find_map(Value::as_f64);
    set("rope.freq_base", (base.unwrap_or(10_000.0) as f32).into());
    match rope_type(rope) {
        "linear" => {
            set("rope.scaling.type", "linear".into());
            set("rope.scaling.factor", float(rope, "factor")?.into());
        }
        "default" | "llama3" => {}
        other => bail!("a rope scaling of the kind {other:?} cannot be converted"),
    }
    Ok(metadata)
}

/// The settings of rope, where newer or older configurations have them.
fn rope(config: &Value) -> &Value {
    if config["rope_parameters"].is_object() { &config["rope_parameters"] } else { &config["rope_scaling"] }
}

fn rope_type(rope: &Value) -> &str {
    rope["rope_type"].as_str().or(rope["type"].as_str()).unwrap_or("default")
}

/// Llama 3's divisors of the rotary frequencies: 1 for short waves, the factor for long ones, smooth between.
fn frequency_factors(config: &Value) -> Result<Option<Vec<f32>>> {
    let rope = rope(config);
    if rope_type(rope) != "llama3" {
        return Ok(None);
    }
    let width = match number(config, "head_dim") {
        Ok(width) => width,
        Err(_) => number(config, "hidden_size")? / number(config, "num_attention_heads")?.max(1),
    };
    let base = rope["rope_theta"].as_f64().or(config["rope_theta"].as_f64()).unwrap_or(10_000.0) as f32;
    let (factor, low, high) =
        (float(rope, "factor")?, float(rope, "low_freq_factor")?, float(rope, "high_freq_factor")?);
    let trained = float(rope, "original_max_position_embeddings")?;
    let factors = (0..width / 2).map(|i| {
        let wave = 2.0 * std::f32::consts::PI * base.powf(2.0 * i as f32 / width as f32);
        if wave < trained / high {
            1.0
        } else if wave > trained / low {
            factor
        } else {
            let smooth = (trained / wave - low) / (high - low);
            1.0 / ((1.0 - smooth) / factor + smooth)
        }
    });
    Ok(Some(factors.collect()))
}

/// Every tensor of the folder's files.
fn stored(folder: &Path) -> Result<BTreeMap<String, Stored>> {
    let mut stored = BTreeMap::new();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "safetensors"));
    for path in &paths {
        let mut file = open_file(path)?;
        let damaged = || format!("{} is no sound safetensors file", path.display());
        let mut length = [0; 8];
        file.read_exact(&mut length).with_context(damaged)?;
        let length = u64::from_le_bytes(length);
        let total = file.metadata()?.len();
        if length > MOST_HEADER_BYTES || length + 8 > total {
            bail!(damaged());
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header).with_context(damaged)?;
        let tensors: Tensors = serde_json::from_slice(&header).with_context(damaged)?;
        for (name, info) in tensors.tensors() {
            let format = match info.dtype {
                Dtype::F32 => Format::F32,
                Dtype::F16 => Format::F16,
                Dtype::BF16 => Format::BF16,
                other => bail!("{name} has the type {other:?}, which cannot be converted"),
            };
            let (start, end) =
                (8 + length + info.data_offsets.0 as u64, 8 + length + info.data_offsets.1 as u64);
            if end > total {
                bail!("{} is cut short", path.display());
            }
            let shape = info.shape.clone();
            stored.insert(name, Stored { path: path.clone(), start, bytes: end - start, shape, format });
        }
    }
    if stored.is_empty() {
        bail!("{} holds no weights: there is no safetensors file", folder.display());
    }
    Ok(stored)
}

fn open_file(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("{} could not be opened", path.display()))
}

/// A JSON file.
///
/// # Errors
/// When it cannot be read.
pub fn json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("{} could not be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

/// A number of a configuration.
///
/// # Errors
/// When it is absent, or does not fit.
pub fn number(config: &Value, key: &str) -> Result<u32> {
    let number = config[key].as_u64().and_then(|number| u32::try_from(number).ok());
    number.with_context(|| format!("config.json has no number {key}"))
}

fn float(config: &Value, key: &str) -> Result<f32> {
    config[key]
        .as_f64()
        .map(|number| number as f32)
        .with_context(|| format!("config.json has no number {key}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_heads_take_turns() {
        let rows: Vec<u8> = (0..8).flat_map(|row| [row, row]).collect();
        let turned: Vec<u8> = interleaved(&rows, 2, 2).iter().step_by(2).copied().collect();
        assert_eq!(turned, [0, 2, 1, 3, 4, 6, 5, 7]);
    }
}
