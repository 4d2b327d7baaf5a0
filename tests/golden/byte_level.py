"""A byte-level vocabulary trained on our own texts: small, and able to spell any text."""

import collections
import re
from pathlib import Path

HERE = Path(__file__).parent
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_characters():
    """The printable character that stands for each byte in a byte-level vocabulary (GPT-2's table)."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + index) for index, byte in enumerate(others)}


def train_tokenizer(size):
    """(tokens, merges): control tokens, all bytes, and the most frequent pairs of our own texts up to `size` tokens."""
    paths = [HERE / "smollm2/prose.txt", HERE / "smollm2/chat.txt", HERE / "tokenizer/english.txt", HERE / "tokenizer/code.txt"]
    text = "\n".join(path.read_text() for path in paths)
    for control in CONTROL:
        text = text.replace(control, "\n")
    characters = byte_characters()
    words = collections.Counter(re.findall(r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+|\d| ?[^\s\w]+|\s+(?!\S)|\s+", text))
    words = {tuple(characters[byte] for byte in word.encode()): count for word, count in words.items()}
    tokens, merges = [*CONTROL, *sorted(characters.values())], []
    while len(tokens) < size:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(" ".join(best))
        tokens.append("".join(best))
        words = {merge(word, best): count for word, count in words.items()}
    return tokens, merges


def merge(word, pair):
    """`word` with every occurrence of `pair` joined, from the left."""
    result, index = [], 0
    while index < len(word):
        step = 2 if word[index : index + 2] == pair else 1
        result.append("".join(word[index : index + step]))
        index += step
    return tuple(result)
