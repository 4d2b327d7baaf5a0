"""Holds the output of `sotto logits` against golden log-probabilities.

    python compare.py [--max-kl 1e-5] [--max-mismatches 0] REFERENCE RUN [REFERENCE RUN …]

REFERENCE is a golden *.top.jsonl; RUN is what `sotto logits MODEL --ids FILE --top 64` printed for the same ids.
Prints the mean KL(reference ‖ run) over 21 bins (the reference's listed tokens, 20 of them, and all the rest), how
often the likeliest tokens agree, and every position where they differ although the reference's two best are further
apart than `--gap`. Exits 1 when a bar is passed and 2 when a file is not what it should be. Needs nothing but Python.
"""

import argparse
import json
import math
import sys
from pathlib import Path

# Log-probabilities have 7 decimals and come from f32 logits: a rest below this cannot be told from nothing.
LEAST_REST = 1e-9


class Unusable(Exception):
    """A file that cannot be compared."""


def read(path):
    """The positions of a JSON-lines file as [(id, [(id, logprob), …]), …], checked."""
    positions = []
    for number, line in enumerate(Path(path).read_text().splitlines()):
        where = f"{path}:{number + 1}"
        try:
            record = json.loads(line)
            pos, token, top = record["pos"], record["id"], [(int(i), float(lp)) for i, lp in record["top"]]
        except (ValueError, KeyError, TypeError) as error:
            raise Unusable(f"{where}: not a position: {error}") from error
        if pos != number:
            raise Unusable(f"{where}: position {pos} where {number} should be")
        if len(top) < 2 or len({i for i, _ in top}) != len(top):
            raise Unusable(f"{where}: too few tokens, or one twice")
        if not all(math.isfinite(lp) and lp <= 1e-6 for _, lp in top):
            raise Unusable(f"{where}: a log-probability is not finite or above 0")
        if any(a[1] < b[1] for a, b in zip(top, top[1:])):
            raise Unusable(f"{where}: not sorted, best first")
        if (total := sum(math.exp(lp) for _, lp in top)) > 1 + 1e-4:
            raise Unusable(f"{where}: the probabilities sum to {total}")
        positions.append((token, top))
    if not positions:
        raise Unusable(f"{path}: empty")
    return positions


def divergence(reference, run):
    """KL(reference ‖ run) in nats over the reference's tokens and the rest, and how many of them `run` lacks.

    A token that `run` does not list counts with the probability of the last one listed, which it cannot exceed.
    """
    known, floor = dict(run), run[-1][1]
    kl, p_rest, q_rest, missing = 0.0, 1.0, 1.0, 0
    for token, lp in reference:
        missing += token not in known
        lq = known.get(token, floor)
        kl += math.exp(lp) * (lp - lq)
        p_rest -= math.exp(lp)
        q_rest -= math.exp(lq)
    p_rest, q_rest = max(p_rest, LEAST_REST), max(q_rest, LEAST_REST)
    return kl + p_rest * math.log(p_rest / q_rest), missing


def compare(reference_path, run_path, gap_limit):
    """Sums over one pair of files; prints its mismatches."""
    reference, run = read(reference_path), read(run_path)
    if [token for token, _ in reference] != [token for token, _ in run]:
        raise Unusable(f"{run_path}: not the tokens of {reference_path}")
    sums = {"positions": len(reference), "kl": 0.0, "worst": 0.0, "agree": 0, "mismatches": 0, "missing": 0}
    for position, ((_, expected), (_, actual)) in enumerate(zip(reference, run)):
        kl, missing = divergence(expected, actual)
        sums["kl"] += kl
        sums["worst"] = max(sums["worst"], kl)
        sums["missing"] += missing
        if expected[0][0] == actual[0][0]:
            sums["agree"] += 1
            continue
        gap = expected[0][1] - expected[1][1]
        if gap > gap_limit:
            sums["mismatches"] += 1
            print(f"{run_path}: position {position}: {actual[0][0]} instead of {expected[0][0]}, reference gap {gap:.4f}")
    return sums


def report(name, sums):
    """One line of figures."""
    positions = sums["positions"]
    print(
        f"{name}: {positions} positions, mean KL {sums['kl'] / positions:.3e} (worst {sums['worst']:.3e}), "
        f"top-1 {100 * sums['agree'] / positions:.2f}% ({sums['agree']}), "
        f"{sums['mismatches']} mismatches over the gap, {sums['missing']} tokens not listed"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="REFERENCE RUN [REFERENCE RUN …]")
    parser.add_argument("--gap", type=float, default=0.003, help="list mismatches above this gap, in nats (0.003)")
    parser.add_argument("--max-kl", type=float, help="bar for the mean KL over all files together")
    parser.add_argument("--max-mismatches", type=int, help="bar for the mismatches above the gap")
    parser.add_argument("--min-agreement", type=float, help="bar for the share of equal likeliest tokens, 0 to 1")
    args = parser.parse_args()
    if len(args.files) % 2:
        parser.error("files come in pairs")

    total = {}
    try:
        for pair in zip(args.files[::2], args.files[1::2]):
            sums = compare(*pair, args.gap)
            report(pair[1], sums)
            for key, value in sums.items():
                total[key] = max(total.get(key, 0.0), value) if key == "worst" else total.get(key, 0) + value
    except (Unusable, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    report("all", total)

    mean = total["kl"] / total["positions"]
    failures = []
    # `not <=` rather than `>`: a NaN fails.
    if args.max_kl is not None and not mean <= args.max_kl:
        failures.append(f"mean KL {mean:.3e} is over {args.max_kl:.0e}")
    if args.max_kl is not None and total["missing"]:
        failures.append(f"{total['missing']} tokens of the reference are not listed, so the KL is only a lower bound")
    if args.max_mismatches is not None and total["mismatches"] > args.max_mismatches:
        failures.append(f"{total['mismatches']} mismatches over the gap, {args.max_mismatches} allowed")
    if args.min_agreement is not None and total["agree"] < args.min_agreement * total["positions"]:
        failures.append(f"top-1 agreement is under {args.min_agreement:.4f}")
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
