//! Programming languages, as far as adding a comment line needs to know them.

/// How a language writes comments and what could be mistaken for them.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// Its name, as code fences have it.
    pub name: &'static str,
    /// Other names that pages give it.
    names: &'static [&'static str],
    /// Marks of comments that end with the line. The first is the one to write.
    pub line: &'static [&'static str],
    /// Marks around comments that may run over lines.
    pub block: &'static [(&'static str, &'static str)],
    /// Strings: opening mark, closing mark, and whether they run over lines.
    pub strings: &'static [(&'static str, &'static str, bool)],
    /// Whether `<<WORD` begins lines of text that end with `WORD`.
    pub heredocs: bool,
    /// Whether a `'` that closes at once is a character, and any other begins nothing (a lifetime).
    pub ticks: bool,
    /// Whether the text is markup: comments may stand between tags and nowhere else.
    pub markup: bool,
    /// Words and marks that hardly any other language has.
    tells: &'static [&'static str],
}

const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];
const QUOTES: &[(&str, &str, bool)] = &[("\"", "\"", false), ("'", "'", false)];
const OPEN_QUOTES: &[(&str, &str, bool)] = &[("\"", "\"", true), ("'", "'", true)];
const TRIPLE: &[(&str, &str, bool)] =
    &[("\"\"\"", "\"\"\"", true), ("'''", "'''", true), ("\"", "\"", false), ("'", "'", false)];
const TRIPLE_DOUBLE: &[(&str, &str, bool)] =
    &[("\"\"\"", "\"\"\"", true), ("\"", "\"", false), ("'", "'", false)];
const BACKTICK: &[(&str, &str, bool)] = &[("`", "`", true), ("\"", "\"", false), ("'", "'", false)];

const PLAIN: Language = Language {
    name: "",
    names: &[],
    line: &[],
    block: &[],
    strings: QUOTES,
    heredocs: false,
    ticks: false,
    markup: false,
    tells: &[],
};

const C_LIKE: Language = Language { line: &["//"], block: C_BLOCK, ..PLAIN };
const HASHED: Language = Language { line: &["#"], ..PLAIN };

const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        names: &["rs"],
        strings: &[
            ("r###\"", "\"###", true),
            ("r##\"", "\"##", true),
            ("r#\"", "\"#", true),
            ("\"", "\"", true),
        ],
        ticks: true,
        tells: &["fn ", "let mut ", "impl ", "pub fn", "-> ", "match ", "::<", "&mut ", "use std"],
        ..C_LIKE
    },
    Language {
        name: "typescript",
        names: &["ts", "tsx", "mts", "cts"],
        strings: BACKTICK,
        tells: &["interface ", ": string", ": number", "readonly ", "as const", "export type "],
        ..C_LIKE
    },
    Language {
        name: "javascript",
        names: &["js", "jsx", "mjs", "cjs", "node", "ecmascript"],
        strings: BACKTICK,
        tells: &["const ", "let ", "function ", "=>", "===", "console.", "document.", "require(", "await "],
        ..C_LIKE
    },
    Language {
        name: "go",
        names: &["golang"],
        strings: BACKTICK,
        tells: &["func ", ":= ", "package ", "fmt.", "go func", "chan ", "defer "],
        ..C_LIKE
    },
    Language {
        name: "java",
        names: &[],
        strings: TRIPLE_DOUBLE,
        tells: &["public class", "public static", "System.out", "private final", "@Override", "import java"],
        ..C_LIKE
    },
    Language {
        name: "kotlin",
        names: &["kt", "kts"],
        strings: TRIPLE_DOUBLE,
        tells: &["fun ", "val ", "println(", "data class"],
        ..C_LIKE
    },
    Language {
        name: "swift",
        names: &[],
        strings: TRIPLE_DOUBLE,
        tells: &["func ", "guard let", "import Foundation", "import UIKit", "var body: some View"],
        ..C_LIKE
    },
    Language {
        name: "csharp",
        names: &["cs", "c#", "dotnet"],
        strings: &[("@\"", "\"", true), ("\"\"\"", "\"\"\"", true), ("\"", "\"", false), ("'", "'", false)],
        tells: &["using System", "namespace ", "Console.Write", "public async Task", "string[]"],
        ..C_LIKE
    },
    Language {
        name: "scala",
        names: &["sc"],
        strings: TRIPLE_DOUBLE,
        tells: &["def ", "object ", "case class"],
        ..C_LIKE
    },
    Language {
        name: "dart",
        names: &[],
        strings: TRIPLE,
        tells: &["void main()", "Widget build", "import 'package:"],
        ..C_LIKE
    },
    Language {
        name: "php",
        names: &["php3", "phtml"],
        line: &["//", "#"],
        strings: OPEN_QUOTES,
        heredocs: true,
        tells: &["<?php", "$this->", "echo ", "function ", "=> "],
        ..C_LIKE
    },
    Language {
        name: "cpp",
        names: &[
            "c++",
            "cc",
            "cxx",
            "hpp",
            "hxx",
            "objectivec",
            "objc",
            "arduino",
            "cuda",
            "glsl",
            "wgsl",
            "hlsl",
        ],
        tells: &[
            "#include",
            "std::",
            "template<",
            "template <",
            "cout",
            "nullptr",
            "int main",
            "->",
            "printf(",
        ],
        ..C_LIKE
    },
    Language {
        name: "c",
        names: &["h"],
        tells: &["#include <stdio", "#define ", "malloc(", "int main(void)"],
        ..C_LIKE
    },
    Language {
        name: "css",
        names: &["scss", "less", "sass"],
        line: &[],
        tells: &["px;", "{ color:", "display:", "margin:", "@media", "font-size:"],
        ..C_LIKE
    },
    Language {
        name: "python",
        names: &["py", "python3", "py3", "ipython", "pycon"],
        strings: TRIPLE,
        tells: &["def ", "import ", "self.", "elif ", "print(", "None", "__init__", "    return ", "lambda "],
        ..HASHED
    },
    Language {
        name: "ruby",
        names: &["rb"],
        strings: OPEN_QUOTES,
        heredocs: true,
        tells: &["end\n", "puts ", "do |", "attr_", "require '", ".each", "def "],
        ..HASHED
    },
    Language {
        name: "shell",
        names: &["sh", "bash", "zsh", "ksh", "shellscript", "console", "shell-session"],
        strings: OPEN_QUOTES,
        heredocs: true,
        tells: &["#!/bin", "fi\n", "then\n", "echo ", "$1", "esac", "done\n", "sudo ", "export "],
        ..HASHED
    },
    Language {
        name: "perl",
        names: &["pl", "pm"],
        strings: OPEN_QUOTES,
        heredocs: true,
        tells: &["my $", "use strict", "@_"],
        ..HASHED
    },
    Language {
        name: "r",
        names: &["rscript"],
        strings: OPEN_QUOTES,
        tells: &["<- ", "library(", "c(", "%>%"],
        ..HASHED
    },
    Language {
        name: "julia",
        names: &["jl"],
        strings: TRIPLE_DOUBLE,
        tells: &["function ", "end\n", "println("],
        ..HASHED
    },
    Language {
        name: "elixir",
        names: &["ex", "exs"],
        strings: TRIPLE_DOUBLE,
        tells: &["defmodule ", "|> ", "do\n"],
        ..HASHED
    },
    Language { name: "toml", names: &[], strings: TRIPLE, tells: &["[package]", "[dependencies]"], ..HASHED },
    Language { name: "ini", names: &["cfg", "properties", "conf"], line: &["#", ";"], strings: &[], ..PLAIN },
    Language {
        name: "sql",
        names: &["mysql", "postgresql", "pgsql", "sqlite", "plsql", "tsql"],
        line: &["--"],
        block: C_BLOCK,
        strings: OPEN_QUOTES,
        tells: &["SELECT ", "FROM ", "WHERE ", "INSERT INTO", "CREATE TABLE", "select ", "from ", "where "],
        ..PLAIN
    },
    Language {
        name: "lua",
        names: &[],
        line: &["--"],
        block: &[("--[[", "]]")],
        strings: &[("[[", "]]", true), ("\"", "\"", false), ("'", "'", false)],
        tells: &["local ", "then\n", "end\n", "function "],
        ..PLAIN
    },
    Language {
        name: "haskell",
        names: &["hs"],
        line: &["--"],
        block: &[("{-", "-}")],
        strings: &[("\"", "\"", false)],
        ticks: true,
        tells: &[" :: ", "where\n", " <- ", "import qualified"],
        ..PLAIN
    },
    Language {
        name: "lisp",
        names: &["clojure", "clj", "scheme", "scm", "elisp", "racket", "commonlisp"],
        line: &[";"],
        strings: &[("\"", "\"", true)],
        tells: &["(defn ", "(defun ", "(let ", "(define "],
        ..PLAIN
    },
    Language {
        name: "latex",
        names: &["tex", "matlab", "erlang", "erl", "octave"],
        line: &["%"],
        strings: &[],
        tells: &["\\begin{", "\\section"],
        ..PLAIN
    },
    Language {
        name: "html",
        names: &["xml", "svg", "xhtml", "vue", "svelte", "markup", "htm"],
        block: &[("<!--", "-->")],
        strings: &[],
        markup: true,
        tells: &["<!DOCTYPE", "<html", "<div", "</", "<?xml", "<head"],
        ..PLAIN
    },
];

/// The language of `code`: the one that the page names, else the one that the code itself tells; none where neither does, and
/// where the language has no comments.
pub fn find(hint: Option<&str>, code: &str) -> Option<&'static Language> {
    if let Some(hint) = hint.map(|hint| hint.trim().to_lowercase()).filter(|hint| !hint.is_empty()) {
        let named = LANGUAGES.iter().find(|l| l.name == hint || l.names.contains(&hint.as_str()));
        // A language that is named and not known is not to be taken for another.
        return named;
    }
    let told = |language: &Language| {
        language
            .tells
            .iter()
            .filter(|tell| code.contains(**tell))
            .map(|tell| tell.trim().len().min(6))
            .sum::<usize>()
    };
    // The first of equals: the table has the stricter ones first.
    let best = LANGUAGES.iter().rev().max_by_key(|language| told(language))?;
    (told(best) >= 6).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(hint: Option<&str>, code: &str) -> Option<&'static str> {
        find(hint, code).map(|language| language.name)
    }

    #[test]
    fn the_page_names_the_language() {
        assert_eq!(name(Some("JS"), "x"), Some("javascript"));
        assert_eq!(name(Some("py"), "x"), Some("python"));
        assert_eq!(name(Some("json"), "{}"), None, "has no comments");
        assert_eq!(name(Some("yaml"), "a: |\n  b"), None, "a comment may be text there");
    }

    #[test]
    fn the_code_tells_where_the_page_does_not() {
        for (code, expected) in [
            ("def add(a, b):\n    return a + b\n", Some("python")),
            ("fn main() {\n    let mut x = 1;\n}", Some("rust")),
            ("const add = (a, b) => a + b;\nconsole.log(add(1, 2));", Some("javascript")),
            ("#include <iostream>\nint main() { std::cout << 1; }", Some("cpp")),
            ("SELECT name FROM users WHERE id = 1;", Some("sql")),
            ("<div>\n  <p>Hello</p>\n</div>", Some("html")),
            ("He wants tea.", None),
            ("{\"a\": 1}", None),
        ] {
            assert_eq!(name(None, code), expected, "{code}");
        }
    }
}
