//! Tens of thousands of damaged files: none may panic, hang, or take much memory.

use gguf::{Format, GgufError, Metadata, Reader, Source, Value, Writer, testing};
use peak_alloc::PeakAlloc;
use std::io::Cursor;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const FILES: u64 = 40_000;
/// What reading one damaged file may hold, the file's own 5 kB and a buffer of 64 KiB included.
const MOST_BYTES: usize = 1 << 20;

struct Blind<'a>(Cursor<&'a [u8]>);

impl Source for Blind<'_> {
    async fn read(&mut self, into: &mut [u8]) -> Result<usize, String> {
        self.0.read(into).await
    }
}

fn seed_file() -> Vec<u8> {
    let metadata: Metadata = [
        ("general.architecture", Value::from("llama")),
        ("general.alignment", Value::from(32u32)),
        ("llama.rope.freq_base", Value::from(10_000f32)),
        ("tokenizer.ggml.add_bos_token", Value::from(true)),
        ("tokenizer.ggml.tokens", Value::Strings((0..40).map(|i| format!("token {i}")).collect())),
        ("tokenizer.ggml.token_type", Value::Ints((0..40).collect())),
        ("tokenizer.ggml.scores", Value::Floats(vec![0.5; 40])),
        ("flags", Value::Bools(vec![true; 9])),
    ]
    .into_iter()
    .collect();
    let mut writer = Writer::new(&metadata);
    for format in Format::ALL {
        let bytes = testing::random_blocks(format, 2, 1);
        writer.tensor(&format!("blk.0.{format}"), &[2, format.block_len()], format, &bytes).unwrap();
    }
    writer.finish()
}

/// Flips, overwrites, inserts, removes and cuts; mostly in the header, where it matters.
fn mutate(file: &mut Vec<u8>, random: &mut testing::Random) {
    for _ in 0..1 + random.below(4) {
        let at = random.below(file.len().min(3000));
        match random.below(7) {
            0 | 1 => file[at] ^= 1 << random.below(8),
            2 => file[at] = random.bits() as u8,
            3 => {
                let wide = [0, 1, u64::MAX, i64::MAX as u64, 1 << 60, 1 << 32, 1 << 24][random.below(7)];
                let width = 8.min(file.len() - at);
                file[at..at + width].copy_from_slice(&wide.to_le_bytes()[..width]);
            }
            4 => {
                file.insert(at, random.bits() as u8);
            }
            5 => {
                file.remove(at);
            }
            _ => file.truncate(at.max(1)),
        }
    }
}

fn read_all<S: Source>(source: S) -> Result<(), GgufError> {
    pollster::block_on(async {
        let reader = Reader::open(source).await?;
        reader.read_tensors(4096, async |_, _, _| Ok::<_, GgufError>(())).await.map(|_| ())
    })
}

#[test]
fn damaged_files_neither_panic_nor_take_memory() {
    let sound = seed_file();
    read_all(Cursor::new(&sound)).unwrap();
    let (mut refused, mut accepted) = (0, 0);
    for seed in 0..FILES {
        let mut file = sound.clone();
        mutate(&mut file, &mut testing::Random::new(seed));
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage();
        let known = read_all(Cursor::new(&file));
        let blind = read_all(Blind(Cursor::new(&file)));
        let held = ALLOCATOR.peak_usage() - before;
        assert!(held < MOST_BYTES, "file {seed} took {held} bytes");
        // Knowing the length finds faults sooner, never other faults.
        assert_eq!(known.is_ok(), blind.is_ok(), "file {seed}: {known:?} but {blind:?}");
        if known.is_ok() { accepted += 1 } else { refused += 1 }
    }
    // Both must occur, else the mutations test nothing.
    assert!(refused > FILES / 4 && accepted > FILES / 100, "{refused} refused, {accepted} accepted");
}
