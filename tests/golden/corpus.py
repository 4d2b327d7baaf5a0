"""The texts of the tokenizer corpus that a program writes better than a person: bytes, whitespace, planes, mixtures.

`generate()` gives them as {file name: bytes}; `make.py` writes them next to the written ones and asks llama.cpp for
the ids of all.
"""

import random
import unicodedata

# Characters that are not text, or that Unicode versions may yet disagree about.
UNSETTLED = ("Cn", "Cs", "Co")


def valid_bytes():
    """Every byte value that valid UTF-8 can hold: all ASCII, all two-byte characters, every lead with every follower."""
    two = range(0x800)
    three = [lead << 12 | middle << 6 | 0x25 for lead in range(16) for middle in range(64)]
    four = [lead << 18 | middle << 12 | 0xA5 for lead in range(5) for middle in range(64)]
    points = [
        *two,
        *(p for p in three if p >= 0x800 and not 0xD800 <= p < 0xE000),
        *(p for p in four if 0x10000 <= p <= 0x10FFFF),
    ]
    text = "".join(map(chr, points))
    # Each control character between letters, digits, spaces and a line end too.
    for control in [*range(32), 127, *range(128, 160)]:
        text += f"a{chr(control)}b {chr(control)} 1{chr(control)}{chr(control)}\n{chr(control)}."
    return text.encode()


def invalid_bytes():
    """Every byte value alone, and text that is not UTF-8.

    llama.cpp reads each byte that it cannot decode as one U+FFFD. Left out is what it does decode although UTF-8
    forbids it (overlong forms, surrogates), and what makes it abort (characters past U+10FFFF).
    """
    pieces = [bytes(range(256))]
    pieces += [b"a" + bytes([byte]) + b"b" for byte in range(128, 256)]
    pieces += [
        b"cut short: \xc3", b" \xe2\x82", b" \xf0\x9f\x98", b" \xe2\x82x \xf0\x9fx \xf0x \xe2\xe2\x82\xac",
        b"too long: \xf8\x88\x80\x80\x80 \xfc\x84\x80\x80\x80\x80 \xfe\xff",
        b"inside: \xe6\x97\xa5\xe6\x97 \xe6\x9c\xac \x97\xa5 <|im_\xffstart|> <|im_start|>\xff<|im_end|>",
        b"the end: \xf0\x9f",
    ]  # fmt: skip
    return b"\n".join(pieces)


def whitespace():
    """Runs of every kind of space, alone and around words."""
    spaces = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2000\u2003\u2009\u200a\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
    text = ""
    for space in spaces:
        for count in (1, 2, 3, 4, 7, 8, 16, 33):
            text += f"x{space * count}y{space * count}1{space * count}!{space * count}{space}\n"
    for first in spaces[:8]:
        for second in spaces:
            text += f"{first}{second}a{second}{first}b{first}{second}{first}{second}{first}c {first}d{second} e"
    return (text + "   \n\n\n  \t\t \r\n\r\n end of text, then spaces: \n\n    ").encode()


def planes():
    """Assigned characters from all over Unicode, each next to letters, digits and spaces."""
    points = [p for p in range(0x20, 0x20000, 61) if unicodedata.category(chr(p)) not in UNSETTLED]
    points += [p for p in range(0x20000, 0xE0200, 4099) if unicodedata.category(chr(p)) not in UNSETTLED]
    return "".join(f"{chr(p)}a {chr(p)}1{chr(p)}\n" for p in points).encode()


def mixture(seed=20260621, length=6000):
    """Random characters of all kinds in random runs, always the same ones."""
    chance = random.Random(seed)
    kinds = [
        " ", " ", "  ", "\n", "\t", "\r\n", "'", "'s", "'ll", "<|im_start|>", "<|im_end|>", "<|", "|>", "…", "—", "\u0301",
        "\u200d", "\ufe0f", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", ".,;:!?-_/\\()[]{}",
        "äöüßéèçñøåæ", "абвгдежзий", "αβγδεζηθ", "אבגדה", "ابتثج", "一二三日月火水木", "あいうえおアイウエオ", "가나다라마",
        "कखगघािीु", "กขคงจ", "😀👍🎉🚀🏽", "①②½²Ⅷ٣५", "∀∑√≤→", "\x00\x01\x07\x7f", "\u00a0\u3000\u2028",
    ]  # fmt: skip
    text = ""
    while len(text) < length:
        kind = chance.choice(kinds)
        if len(kind) <= 4 or kind.startswith("<|"):
            text += kind
        else:
            text += "".join(chance.choice(kind) for _ in range(chance.randint(1, 9)))
    return text.encode()


def generate():
    """All generated files."""
    return {
        "bytes.txt": valid_bytes(),
        "empty.txt": b"",
        "invalid.bin": invalid_bytes(),
        "mixture.txt": mixture(),
        "planes.txt": planes(),
        "whitespace.txt": whitespace(),
    }
