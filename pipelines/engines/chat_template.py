"""A model's chat template: messages as the text that the model reads, and whether all that they say is in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from corpora.errors import ConfigError, EngineError, ModelRejectedError
from pipelines.model_files import INSTRUCTED, LOADABLE, require_harmless

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ROLES = {"system": "system", "human": "user", "ai": "assistant"}

SYSTEM = ("the system message", SystemMessage, "tone")
SHOT = (("the question of a shot", HumanMessage, "shot"), ("the answer of a shot", AIMessage, "reply"))
QUESTION = ("the question", HumanMessage, "question")
"""What is tried on a template: in our words, as a message, and a word that its mark is made of."""

MARK_WORDS = 400
"""Of a mark, each of them once, so that a mark which is cut is no longer found: some 4,000 characters."""


def open_tokenizer(path: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a server's model, by which its prompts are counted here.

    Raises:
        ConfigError: there is none, or it has no chat template.
        ModelRejectedError: it cannot be opened, or its chat template leaves out what it is given.
    """
    from transformers import AutoTokenizer

    if not path.is_dir():
        raise ConfigError(
            f"There is no folder {path}.",
            "Correct the engine's `tokenizer`, a path from the configuration's folder, or leave it out.",
        )
    require_harmless(path)
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
    except Exception as error:  # whatever transformers and tokenizers make of files that do not fit
        raise ModelRejectedError(
            f"The tokenizer in {path} cannot be opened: {type(error).__name__}: {error}", LOADABLE
        ) from error
    if tokenizer.chat_template is None:
        raise ConfigError(
            f"The tokenizer in {path} has no chat template.",
            "Name the folder of an instruction-tuned model as base_model, or as the engine's tokenizer.",
        )
    require_shown(tokenizer, path)
    return tokenizer


def render(tokenizer: Any, messages: Sequence[BaseMessage]) -> str:
    """The prompt that these messages make, with the opening of the reply.

    Raises:
        EngineError: the model has no chat template, or its template does not take these messages.
    """
    try:
        turns = [{"role": ROLES[message.type], "content": message.text} for message in messages]
        text: str = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # a template is a program of the model's author, and raises what it likes
        raise EngineError(f"The model's chat template does not take this prompt: {error!r}", INSTRUCTED) from error
    return text


def require_shown(tokenizer: Any, path: Path, shots: int = 0) -> None:
    """Makes sure that the template shows the model what it is given, each message whole: the system message and the
    question, and before that so many `shots`, each a question and its answer.

    Without the question every answer would be nonsense. Without the system message, or shots, nobody would see that the
    tone and the text of context prompting are never read. Turns have to keep their order; the system message may stand
    anywhere, since some templates put it beside the last question. A template may change the case. One that does not
    take such messages at all is told of where a question is asked, see `render`.

    Args:
        path: where the template comes from.

    Raises ModelRejectedError.
    """
    given = [SYSTEM, *SHOT * shots, QUESTION]
    marks = [
        " ".join(f"{word}-{place}-{number}" for number in range(MARK_WORDS)) for place, (*_, word) in enumerate(given)
    ]
    with suppress(EngineError):
        messages = [kind(mark) for (_, kind, _), mark in zip(given, marks, strict=True)]
        text = render(tokenizer, messages).casefold()
        left_out, read = [], 0
        for (name, *_), mark in zip(given[1:], marks[1:], strict=True):
            at = text.find(mark, read)
            if at < 0:
                left_out.append(name)
            else:
                read = at + len(mark)
        if marks[0] not in text:
            left_out.append(SYSTEM[0])
        if left_out:
            what = " and ".join(dict.fromkeys(left_out))
            raise ModelRejectedError(
                f"The chat template of {path} leaves out {what} that it is given, cuts it, or puts it out of order.",
                INSTRUCTED,
            )
