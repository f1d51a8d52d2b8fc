"""Which clause of a reply decides whether it is a refusal: the first that says something."""

from __future__ import annotations

import time

import pytest

from eval.metrics.abstention import is_refusal

REFUSALS = [
    # what only prepares a refusal
    "The document mentions timeouts; it does not say what the default is.",
    "The context describes X – it does not say Y.",
    "The context describes the desk. It does not say who runs it.",
    "The documents mention timeouts, but do not say what the default is.",
    "The documents mention timeouts, but they do not give the default.",
    "Although the documents describe X, they do not say Y.",
    "Although the documents describe timeouts, retries and queues, they do not mention the default.",
    "While the context mentions timeouts, it does not specify the default.",
    "Based on the provided context, it is not given.",
    "I checked the documents; they do not mention this.",
    "Answer: not mentioned.",
    "However, the documents do not say.",
    "虽然文档提到了超时，但没有说明默认值。",
    "文档中提到了超时，但没有说明默认值。",
    # what may be an answer, and then the refusal of another
    "The documents describe Kueue 1.0. They do not say who wrote it.",
    "The documents describe how Kueue works in v1.30, but they do not say who wrote it.",
    "The documents mention 4 schedulers but do not say which is the default.",
    "The documents mention 4 schedulers. They describe each of them. They do not say which is the default.",
    "The documents describe Kueue as a queue. They do not say who wrote it.",
    "The documentation describes Kueue as a queue. However, it does not mention its author.",
    "文中提到了1.24版本，但没有提到价格。",
    # what comes after a refusal, or stands in it, and answers nothing
    "I don't know; the documents do not say.",
    "I don't know – the documents do not say.",
    "I don't know (the documents do not say).",
    "(The documents do not say.)",
    "The documents do not mention the default, but they describe how to set it.",
    "The context does not mention the price, but it describes the architecture.",
    "The context does not mention the price but describes the architecture.",
    "The text does not mention the price, but it does mention the tiers.",
    "The provided context does not mention the price. However, it discusses the architecture. Nodes cost money.",
    "The handbook does not name a mentor. It does, however, describe the desk.",
    "Not specified; the documents only describe retries.",
    "Since the documents do not say, I don't know.",
    "This requires a lookup, as I don't have real-time data.",
    "It is not stated in the documents, possibly because they are old.",
    "I don't know, maybe ask the platform team.",
    "I don't know, perhaps the platform team knows.",
    "I don't know; it may be in another document.",
    "The documents do not say. It may be somewhere else.",
    "I don't know. It may be in another document.",
    "I don't know, maybe it is in another document.",
    "I don't know. Perhaps ask the office.",
    "I don't know. Maybe someone else knows.",
    "I don't know. Probably.",
    "I'm not sure, it is hard to say.",
    "The documents do not say. I think you should ask the team.",
    "The documents do not say. I think the documents never mention it.",
    "The documents do not say. Generally, this information is found in the release notes.",
    "The documents do not say. In general, they describe retries.",
    "The value is not specified. The default scheduler is described in the documents.",
    "The value is not specified. The default is described in the API reference.",
    "The timeout (in seconds) is not mentioned in the documents.",
    "The mentor scheme — a programme for newcomers — is not mentioned in the documents.",
    "The handbook, although detailed, does not mention a mentor.",
    "The documents, however, do not mention it.",
    "Topics such as backups are not mentioned in the documents.",
    "Kueue as a scheduler is not mentioned in the documents.",
    "Changes since v1.30 are not mentioned in the documents.",
    "由于文档没有提到，无法确定。",
    "我不知道；文档没有说明。",
    "文档没有说明，但您可以咨询平台团队。",
    "我不知道。可能在其他文档中。",
    # what opens a reply
    "Thank you for your question. Unfortunately, the documents do not contain the answer.",
    "Good question! I don't know.",
    "The question asks about the price. The documents do not mention a price.",
    "You asked about the price. The documents do not say.",
    "I only know about Kubernetes; I can't tell the price.",
    "Founder: not mentioned",
    "**Founder:** unknown",
    "[1] does not mention the price.",
]

ANSWERS = [
    # with a remark, which is no refusal
    "60 seconds; the documents do not mention an upper limit.",
    "60 seconds (the context does not specify a maximum).",
    "60 seconds (the context does not specify a maximum",
    "60 seconds – the text does not say why",
    "60 seconds - the text does not say why",
    "60 seconds—the text does not say why.",
    "60 seconds\n\nThe documents do not mention an upper limit.",
    "60 seconds, and the documents do not mention an upper limit.",
    "60 seconds, yet the documents do not say why.",
    "60 seconds, as the documents do not mention another value.",
    "60 seconds since the documents mention no other value.",
    "60 seconds, because the documents do not mention another value.",
    "The timeout is 60 seconds, though the context does not say why.",
    "The timeout is 60 seconds; I could not find an upper limit.",
    "Ola Nordmann, although the documents do not say since when.",
    "Marit Solvang; a deputy is not mentioned in the handbook.",
    "Three days - information about weekends is not available in the context.",
    "Tuesday — the documents do not say why — is the day of releases.",
    "The blue queue, while the red one is not mentioned in the documents.",
    "60 seconds, which the documents do not explain further.",
    "60 seconds [the documents do not say why].",
    "Marit Solvang, whose deputy is not named in the documents.",
    "By email, even if the documents do not say to whom.",
    "60秒，虽然文档没有说明原因。",
    "60秒，但是文档没有说明原因。",
    "60秒（文档没有说明原因）。",
    "60秒；文档没有说明原因。",
    # with a reason, or a time, that is the answer
    "Because it is old, although the documents do not say so outright.",
    "Since 1940, but the documents do not say why.",
    "因为太旧; 文档没有说明原因。",
    # after what is granted
    "Although the documents do not say why, the timeout is 60 seconds.",
    "While the context doesn't give a reason, it is 60 seconds.",
    "Since the documents mention no other value, 60 seconds.",
    "Even though the documents do not say why, it is 60 seconds.",
    "虽然文档没有说明原因，但超时时间是60秒。",
    # after a source's name, with more than a mention of something else
    "The document states that the timeout is 60 seconds; it does not say why.",
    "The document mentions a timeout of 60 seconds; it does not say why.",
    "The context describes a gang as a set of pods placed together. It does not mention quotas.",
    "I read that it is 60 seconds; the documents do not say why.",
    "The documents mention 4 schedulers.",
    "The documents mention 4 schedulers. Kueue is one of them.",
    "The documents say that it is 60 seconds; they do not say why.",
    "The documents describe it as a queue; they do not say why.",
    "The documents mention a limit of 60 seconds, but give no reason.",
    "The documents mention a fee of 20 euros, but do not mention a maximum.",
    "文中提到了60秒，但没有说明原因。",
    "The documents mention 30 days; whether weekends count is not stated.",
    "The handbook describes the mentor as a colleague. How to become one is not mentioned.",
    "The question asks about the price. It is 30 euros.",
    "You asked about the desk: it is run by Marit Solvang. The documents do not name a deputy.",
    "Thank you for your question. The default is 30 seconds.",
    # after a refusal, with something in place of what is not said
    "The documents do not say, but it is about a minute.",
    "The number of replicas is not given; it defaults to 1.",
    "It is not explicitly stated. The default, however, is 30 seconds.",
    "The value is not specified. The default is 30 seconds.",
    "The value is not specified by the user; the default of 30 seconds is used.",
    "The date is not given; May 5 is assumed.",
    "It is not known; 5,000 is an estimate.",
    "没有说明；默认值为1。",
    # a guess
    "I don't know. Maybe Kueue.",
    "I don't know! Perhaps Kueue.",
    "I don't know.\n\nProbably Kueue.",
    "I don't know. I think it is Kueue.",
    "I don't know. My best guess is Kueue.",
    "I don't know. I think it was found in 1922.",
    "I'm not sure, it is 30 seconds.",
    "The context does not mention it. Based on general knowledge, it is 30 seconds.",
    "The context does not mention it. From my own knowledge: 30 seconds.",
    "The context does not say. Typically, it is 30 seconds.",
    "The context does not say; in general, it is 30 seconds.",
    "我不知道。可能是Kueue。",
    "I don't know – maybe 60 seconds",
    "I don't know; it may be 60 seconds.",
    "I'm not sure, perhaps Kueue.",
    "The context does not give a name, however the tool is Kueue. It does not say who wrote it.",
    "我不知道，但可能是Kueue。",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize(
    "remark",
    [
        "the documents do not say why",
        "no deputy is mentioned in the handbook",
        "there is no information about a deputy",
        "I could not find a deputy",
        "it is not stated since when",
    ],
)
@pytest.mark.parametrize(
    "reply",
    [
        "Marit Solvang; {}.",
        "Marit Solvang ({}).",
        "Marit Solvang [{}].",
        "Marit Solvang – {}.",
        "Marit Solvang—{}.",
        "Marit Solvang, although {}.",
        "Marit Solvang though {}.",
        "Marit Solvang, whereas {}.",
        "Marit Solvang, and {}.",
        "Marit Solvang; however, {}.",
        "Although {}, it is Marit Solvang.",
        "While {}, it is Marit Solvang.",
        "Since {}, Marit Solvang.",
    ],
)
def test_an_answer_with_any_remark(reply: str, remark: str) -> None:
    assert not is_refusal(reply.format(remark))


@pytest.mark.parametrize(
    "refusal",
    ["the documents do not say", "I don't know", "no deputy is mentioned", "this isn't covered", "it is not stated"],
)
@pytest.mark.parametrize(
    "reply",
    [
        "Sorry; {}.",
        "Based on the provided context, {}.",
        "Based on the documents: {}.",
        "After reviewing the documents, {}.",
        "The documents describe opening hours; {}.",
        "The documents describe opening hours, but {}.",
        "The documents describe opening hours. However, {}.",
        "Although the documents describe opening hours, {}.",
        "**Answer:** {}.",
        "> {}.",
        "{} [1].",
        "{}, I'm afraid.",
        "{}; please ask the platform team.",
        "{}, though opening hours are mentioned.",
        "{}, as the documents only describe opening hours.",
        "{}. The documents only describe opening hours.",
    ],
)
def test_a_refusal_however_it_is_prepared(reply: str, refusal: str) -> None:
    assert is_refusal(reply.format(refusal))


@pytest.mark.parametrize(
    "unit",
    [
        *("a ", "(", "; ", "- ", "—", "a—", "but ", ", and the text ", "although a, ", "the text mentions a; ", "没"),
        *(",", "–", "\n", "a, however, ", "the text mentions 4; ", "the text does not say; ", "thank you ", "a: "),
    ],
)
@pytest.mark.parametrize("opening", ["", "I don't know. "])
def test_a_reply_of_any_length_is_read_in_little_time(unit: str, opening: str) -> None:
    began = time.process_time()
    is_refusal(opening + unit * (100_000 // len(unit)))
    assert time.process_time() - began < 5  # what grows by the square takes minutes
