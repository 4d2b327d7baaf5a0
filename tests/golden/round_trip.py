"""Does llama.cpp read what `sotto quantize` writes, as Sotto does itself?

    python round_trip.py SOTTO MODEL IDS [TYPE …] [--backend reference]

Makes each type of MODEL with the program SOTTO, has llama.cpp's quantiser dequantise it to F32 and run it, as for all other golden
files, and holds `sotto logits` on the file to that. Prints the mean KL and how many likeliest tokens are the same; exits
with 1 where the KL is over 1e-5.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import compare
import llama

TYPES = "f32 f16 bf16 q8_0 q6_k q5_k_m q5_k_s q5_1 q5_0 q4_k_m q4_k_s q4_1 q4_0".split()
MOST_KL = 1e-5


def round_trip(sotto, model, ids, kind, backend, folder):
    """(mean KL, positions whose likeliest token is the same, positions)."""
    made, f32 = folder / f"{kind}.gguf", folder / f"{kind}.f32.gguf"
    subprocess.run([sotto, "quantize", model, made, "--type", kind], check=True, capture_output=True)
    run = subprocess.run([sotto, "logits", made, "--ids", ids, "--top", "256", "--backend", backend], check=True, capture_output=True)
    (folder / "run").write_bytes(run.stdout)
    llama.to_f32(made, f32)
    tokens = json.loads(ids.read_text())
    with llama.Model(f32) as reference:
        (folder / "reference").write_text("".join(line + "\n" for line in llama.lines(tokens, reference.logits(tokens), 20)))
    sums = compare.compare(folder / "reference", folder / "run", gap_limit=0.003)
    made.unlink()
    f32.unlink()
    return sums["kl"] / sums["positions"], sums["agree"], sums["positions"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sotto")
    parser.add_argument("model", type=Path)
    parser.add_argument("ids", type=Path)
    parser.add_argument("types", nargs="*", default=TYPES)
    parser.add_argument("--backend", default="gpu")
    args = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for kind in args.types:
            kl, agree, positions = round_trip(args.sotto, args.model, args.ids, kind, args.backend, Path(folder))
            print(f"{kind:<8} mean KL {kl:.1e}, {agree} of {positions} likeliest tokens the same", flush=True)
            worst = max(worst, kl)
    return 1 if worst > MOST_KL else 0


if __name__ == "__main__":
    sys.exit(main())
