"""The words around a question: one system tone for all pipelines, and how passages and shots are shown to the model.

Training writes its prompts with the same functions, so that a fine-tuned model is asked as it was taught.
"""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from corpora.model import Example

DEFAULT_SYSTEM = "Answer in one short sentence. If you do not know, say: I don't know."


def question_messages(system: str, question: str) -> list[BaseMessage]:
    """The bare question: what zero-shot prompting asks, and what a fine-tuned model is trained on."""
    return [SystemMessage(system), HumanMessage(question)]


def prefixed_messages(
    system: str, context: Sequence[str], shots: Sequence[Example], question: str
) -> list[BaseMessage]:
    """A static prefix (tone, corpus text, shots), then the question.

    The prefix is the same for every question, to the letter, so that an engine computes it once.
    """
    head = f"{system}\n\n{delimit(context)}" if context else system
    messages: list[BaseMessage] = [SystemMessage(head)]
    for shot in shots:
        messages += [HumanMessage(shot.prompt), AIMessage(shot.completion)]
    return [*messages, HumanMessage(question)]


def grounded_messages(system: str, passages: Sequence[str], question: str) -> list[BaseMessage]:
    """The question under passages that were retrieved for it."""
    return [SystemMessage(system), HumanMessage(f"{delimit(passages)}\n\nQuestion: {question}")]


def delimit(passages: Sequence[str]) -> str:
    """Passages as data that a model can tell from its instructions: numbered, and fenced by lines of their own."""
    numbered = "\n\n".join(f"[{number}] {text}" for number, text in enumerate(passages, start=1))
    return f"Context:\n{numbered}\nEnd of context."
