"""Renders the chat templates of `templates/` with Jinja2, set up as Hugging Face's libraries do it.

    python templates.py

The templates are laid out like those of models, in our own words: each uses what its model's uses. `words.jinja` has
what others do with text. `templates/expected.json` holds what each gives for every conversation. A system message
that a template refuses, or leaves out, stands in front of the first of the user's; messages of one role that follow each other
are one where it refuses them.
"""

import datetime
import itertools
import json
from pathlib import Path

import jinja2
import jinja2.ext
import jinja2.sandbox

FOLDER = Path(__file__).parent / "templates"
TODAY = datetime.date(2026, 11, 22)
CONVERSATIONS = {
    "question": [("user", "Hello <b>you</b> & 'me' \\u003c\n")],
    "orders": [("system", "Be kind. /no_think"), ("user", "  Hello!\n"), ("assistant", "Hi."), ("user", "Who knows Öre's ☃?")],
    "thoughts": [("user", "a"), ("assistant", "<think>\nhm\n</think>\n\nb"), ("user", "c")],
    "twice": [("user", "a"), ("user", "b")],
}


class Generation(jinja2.ext.Extension):
    """`{% generation %}`: marks what the model writes. Here it is a block like any other."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def environment():
    """As `transformers` makes it."""

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    result = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = lambda form: TODAY.strftime(form)
    return result


def render(template, turns):
    """The prompt, or None."""
    messages = [{"role": role, "content": content} for role, content in turns]
    try:
        return template.render(
            messages=messages,
            add_generation_prompt=True,
            bos_token="<s>",
            eos_token="</s>",
            tools=None,
            documents=None,
            enable_thinking=False,
        )
    except jinja2.exceptions.TemplateError:
        return None


def render_with_orders(template, turns):
    """The same, with the system message where it is heard, and turns that alternate if they must."""
    prompt = render(template, turns)
    if turns[0][0] == "system" and (prompt is None or turns[0][1].split()[0] not in prompt):
        (_, orders), (role, first), *rest = turns
        prompt = render(template, [(role, f"{orders}\n\n{first}"), *rest])
    if prompt is None:
        groups = itertools.groupby(turns, key=lambda turn: turn[0])
        prompt = render(template, [(role, "\n\n".join(text for _, text in turns)) for role, turns in groups])
    return prompt


def main():
    expected = {}
    for path in sorted(FOLDER.glob("*.jinja")):
        template = environment().from_string(path.read_text())
        expected[path.stem] = {name: render_with_orders(template, turns) for name, turns in CONVERSATIONS.items()}
    result = {"conversations": CONVERSATIONS, "expected": expected}
    (FOLDER / "expected.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
