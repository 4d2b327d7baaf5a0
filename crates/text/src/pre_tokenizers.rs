//! The ways of cutting text into words that vocabularies were trained with, by the names that
//! `tokenizer.ggml.pre` gives them.
//!
//! A way is a list of passes, each a regular expression: what it matches is cut out of every piece that the
//! passes before it left, and what lies between the matches is a piece too. The facts are llama.cpp's
//! (`llama-vocab.cpp`), whose classes of characters differ in places from those of the models' authors: its `\s` is
//! all whitespace, and what [`words`](crate::words) says of Unicode's version.

/// One way of cutting, and what else hangs on its name.
#[derive(Clone, Copy)]
pub(crate) struct PreTokenizer {
    /// The passes, in order.
    pub(crate) passes: &'static [&'static str],
    /// Whether a run of whitespace that ends in a newline is a word as it is.
    pub(crate) newlines_stay: bool,
    /// Whether a word that is a token becomes it, even where no merges lead to it.
    pub(crate) ignore_merges: bool,
    /// Whether BOS goes before a text where the file does not say.
    pub(crate) add_bos: bool,
}

const DIGIT: &str = r"\p{N}";
const THREE_DIGITS: &str = "[0-9][0-9][0-9]";
const LINE_END: &str = r"[\r\n]";

/// GPT-2's words.
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+";

/// English contractions in either case.
macro_rules! contractions {
    () => {
        "'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]"
    };
}

/// Llama 3's: any one character may begin a word, numbers come in threes, newlines stay together.
const LLAMA3: &str = concat!(
    contractions!(),
    r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
);
/// Qwen 2's: as Llama 3's, but each digit stands alone.
const QWEN2: &str =
    concat!(contractions!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+");
/// Qwen 3.5's: as Qwen 2's, and marks belong to letters.
const QWEN35: &str = concat!(
    contractions!(),
    r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
);
/// Seed-Coder's: as Qwen 2's, but newlines are never part of a run of punctuation.
const SEED_CODER: &str =
    concat!(contractions!(), r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+");

/// A word that goes from capitals to small letters, and one of capitals at least. Only ASCII tells the two apart.
macro_rules! camel {
    ($after:expr) => {
        concat!(
            r"[^\r\n\p{L}\p{N}]?[\p{L}&&[^a-z]]*[\p{L}&&[^A-Z]]+",
            $after,
            r"|[^\r\n\p{L}\p{N}]?[\p{L}&&[^a-z]]+[\p{L}&&[^A-Z]]*",
            $after
        )
    };
}
/// Mistral's Tekken.
const TEKKEN: &str = concat!(camel!(""), r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+");
/// GPT-4o's: contractions belong to their word.
const GPT4O: &str = concat!(
    camel!(concat!("(?:", contractions!(), ")?")),
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+"
);

/// DeepSeek V3's, after numbers and Chinese and Japanese were cut out.
const DEEPSEEK3: &str = concat!(
    r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##,
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+"
);
/// The first DeepSeek's letters: those that have cases, as Unicode had them then.
const DEEPSEEK_LETTERS: &str = concat!(
    r"\s?[",
    "A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅ",
    "Ὀ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯ",
    "ꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃",
    "]+"
);
/// Chinese, Japanese and Korean, and all that lies between: but no spaces, of which there are some.
const DEEPSEEK_CJK: &str = r"[[\u{0800}-\u{9fa5}\u{ac00}-\u{d7ff}]--\s]+";

/// Poro's and BLOOM's: whatever is neither space nor the end of a clause.
const BLOOM: &str = " ?[^(\\s|.,!?…。，、।۔،)]+";

/// As most are: no merges ignored, no BOS.
const fn way(passes: &'static [&'static str], newlines_stay: bool) -> PreTokenizer {
    PreTokenizer { passes, newlines_stay, ignore_merges: false, add_bos: false }
}

/// Every way, under all its names.
const WAYS: &[(&[&str], PreTokenizer)] = &[
    (&["default"], way(&[r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", THREE_DIGITS], false)),
    (
        &[
            "gpt-2",
            "phi-2",
            "olmo",
            "mpt",
            "jais",
            "trillion",
            "granite-docling",
            "exaone4",
            "gigachat",
            "a.x-4.0",
            "mellum",
        ],
        way(&[GPT2], false),
    ),
    (
        &["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"],
        way(&[DIGIT, GPT2], false),
    ),
    (
        &["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"],
        PreTokenizer { ignore_merges: true, add_bos: true, ..way(&[LLAMA3], true) },
    ),
    (&["dbrx", "smaug-bpe", "chatglm-bpe"], way(&[LLAMA3], true)),
    (&["glm4", "glm5"], PreTokenizer { ignore_merges: true, ..way(&[LLAMA3], true) }),
    (
        &[
            "qwen2",
            "deepseek-r1-qwen",
            "stablelm2",
            "hunyuan",
            "megrez",
            "kormo",
            "f2llmv2",
            "solar-open",
            "grok-2",
            "bailingmoe",
            "bailingmoe2",
            "llada-moe",
        ],
        way(&[QWEN2], true),
    ),
    (&["qwen35"], way(&[QWEN35], true)),
    (&["seed-coder"], way(&[SEED_CODER], true)),
    (&["tekken"], PreTokenizer { ignore_merges: true, add_bos: true, ..way(&[TEKKEN], true) }),
    (&["gpt-4o", "llama4", "kanana2", "minimax-m2"], way(&[GPT4O], true)),
    (
        &["deepseek-llm"],
        way(
            &[
                LINE_END,
                DEEPSEEK_LETTERS,
                r"\s?[!-/:-~！-／：-～‘-‟\u{3001}-。]+",
                r"\s+$",
                DEEPSEEK_CJK,
                r"\p{N}+",
            ],
            true,
        ),
    ),
    (&["deepseek-coder"], way(&[LINE_END, r"\s?\p{L}+", r"\s?\p{P}+", DEEPSEEK_CJK, DIGIT], true)),
    (
        &["deepseek-v3", "hunyuan-dense", "joyai-llm"],
        way(&[r"\p{N}{1,3}", r"[一-龥\u{3040}-ゟ゠-ヿ]+", DEEPSEEK3], true),
    ),
    (&["falcon"], way(&[r"[\p{P}\$\+<=>\^~\|`]+", GPT2, THREE_DIGITS], false)),
    (&["poro-chat", "bloom", "gpt3-finnish"], way(&[BLOOM], true)),
    (&["viking"], way(&[BLOOM, DIGIT], true)),
    (&["minicpm5"], PreTokenizer { ignore_merges: true, ..way(&[r"\p{N}{1,3}", LLAMA3], true) }),
];

/// The way of that name, if it is implemented.
pub(crate) fn find(pre: &str) -> Option<PreTokenizer> {
    WAYS.iter().find(|(names, _)| names.contains(&pre)).map(|(_, way)| *way)
}

/// Every name there is.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    WAYS.iter().flat_map(|(names, _)| names.iter().copied())
}
