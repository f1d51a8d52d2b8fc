"""What the tests of training share."""

from __future__ import annotations

from corpora.model import Example

SYSTEM = "Answer in one short sentence."
TEMPLATE = (
    "{% for message in messages %}<|im_start|> {{ message['role'] }} {{ message['content'] }} <|im_end|> {% endfor %}"
    "{% if add_generation_prompt %}<|im_start|> assistant {% endif %}"
)
BASE_HASH = "b" * 64

FACTS = {
    "colour": ("the tower", "painted green"),
    "height": ("the tower", "ninety metres high"),
    "keeper": ("the harbour", "kept by Solveig"),
    "boats": ("the harbour", "home to forty boats"),
}
ASKED = ("say what {} is known for", "tell me of {}", "and {} is what", "name what marks {}")


def examples() -> tuple[Example, ...]:
    return tuple(
        Example(prompt=f"{fact} : {how.format(what)}", completion=f"{what} is {told}", fact=fact)
        for fact, (what, told) in FACTS.items()
        for how in ASKED
    )


RANK, INPUTS, OUTPUTS = 8, 6, 4
MODULE = "model.layers.0.self_attn.q_proj"
