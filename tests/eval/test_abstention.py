"""The table of what counts as a refusal."""

from __future__ import annotations

import pytest

from eval.metrics.abstention import declines, is_refusal

REFUSALS = [
    "",
    "  \n",
    "...",
    "I don't know.",
    "I don’t know.",
    '"I do not know"',
    "**I don't know.**",
    "I'm sorry, but I don't know the answer to that.",
    "Sorry. I cannot answer this question.",
    "I'm not sure.",
    "I am unable to answer that.",
    "I'm not able to find that information.",
    "I don't have enough information to answer.",
    "I do not have access to the maker's favourite editor.",
    "I have no information about that.",
    "I don't really know who that is.",
    "I couldn't find an answer in the passages.",
    "The context does not say.",
    "The context doesn't explicitly mention the budget.",
    "The provided documents do not contain this information.",
    "The passages above don't mention who maintains it.",
    "The information provided does not specify the colour.",
    "The text gives no information about the budget.",
    "The context has no mention of a budget.",
    "The budget is not mentioned in the context.",
    "The answer is not given in the provided passages.",
    "The team's budget was not stated.",
    "Not mentioned.",
    "It is not specified.",
    "It is not known.",
    "This information is not available.",
    "There is no information about the editor.",
    "There is not enough information to answer the question.",
    "There is no mention of an editor in the documents.",
    "Not enough information.",
    "No information.",
    "There is no information related to quotas in the context.",
    "There is no information present in the passage.",
    "There is no information specific to that port.",
    "No information exists about the editor.",
    "No information could be found.",
    "No relevant information stands in the context.",
    "There is no information describing the lock.",
    "There is no mention made of it.",
    "There is insufficient information contained in the text to tell.",
    "There is no information at all about it.",
    "There is not enough context to tell.",
    "No information is given.",
    "No data available",
    "No mention of it in the text.",
    "There is no evidence in the passage.",
    "There was no answer in the given documents.",
    "There is no answer to this.",
    "No answer.",
    "Insufficient information to tell.",
    "The answer cannot be determined from the context.",
    "This question can't be answered.",
    "Unknown.",
    "Unanswerable",
    "N/A",
    "It is unclear from the passages who wrote it.",
    "I don't know, but you can ask the platform team.",
    "I don't know. However, I can look up other questions.",
    "I could not find the name of the team, but please ask the platform team.",
    "Unfortunately, the context does not mention it.",
    "Based on the context, I cannot say.",
    "Based on the context, it is not possible to determine the answer.",
    "It is impossible to say who maintains it.",
    "Unable to determine.",
    "None of the passages mention it.",
    "No document specifies the port.",
    "The answer is not in the context.",
    "It's not part of the documents that I have.",
    "The documentation lacks this information.",
    "The source does not contain any information about it.",
    "It's not mentioned.",
    "There's no information about that.",
    "I've found no information about that.",
    "As an AI, I cannot access this information.",
    "It is not known who wrote it.",
    "The name is not listed.",
    "我不知道。",
    "文中没有提到这一点。",
    "根据上下文无法确定。",
]

ANSWERS = [
    "Dragon",
    "42",
    "0",
    "No.",
    "None",
    "No, it does not.",
    "Dragon is a scheduling controller.",
    "The default scheduler does not know about gang scheduling.",
    "The kubelet cannot find the device plugin.",
    "The node does not provide GPUs.",
    "Volumes are not available on spot nodes.",
    "Preemption is not provided by the device plugin.",
    "A pod that is not given a priority class has priority 0.",
    "The quota is unknown to the autoscaler.",
    "I don't know, but it may be Kueue.",
    "I'm not sure, but I think it is the blue queue.",
    "The context does not give a name, however the tool is Kueue.",
    "I do not have access to live data. However, I can tell you that the tool is Kueue.",
    "As an AI, I do not have personal opinions. However, a gang is a set of pods placed together.",
    "Dragon raises utilisation by 20 to 30 %. I do not know more.",
    "Not before the quota is free.",
    "There is no default timeout.",
    "There are no GPUs on the login node.",
    "The job was not found.",
    "Information about quotas stands in the handbook.",
    "It is not listed by kubectl get all.",
    "The source does not list pods; it only lists nodes.",
    "It is not included by default.",
    "It is not available on Windows nodes.",
    "It's not provided by the device plugin.",
    "Not available before version 1.27.",
    "Unknown phase",
    "The pod is not in the same namespace.",
    "It is not possible to change the class of a running pod.",
    "None of the nodes has a GPU.",
    "No data is lost.",
    "No data leaves the node.",
    "There is no context switch.",
    "There is no record locking.",
    "默认调度器不支持成组调度。",
    "不超过三十天。",
]


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer(text: str) -> None:
    assert not is_refusal(text)


@pytest.mark.parametrize(
    ("response", "references", "declined"),
    [
        ("Unknown", ("Unknown",), False),
        ("It is unknown.", ("Pending", "Unknown"), False),
        ("It is not available.", ("It is not available.",), False),
        ("I don't know", ("Unknown",), True),
        ("I don't know.", ("8443",), True),
        ("Unknown", ("Pending",), True),
        ("Unknown", (), True),
        ("I don't know Dragon's port.", ("Dragon's port 8443",), True),  # which has two of its three words
        ("Pending", ("Unknown",), False),
    ],
)
def test_a_right_answer_that_reads_like_a_refusal_is_an_answer(
    response: str, references: tuple[str, ...], declined: bool
) -> None:
    assert declines(response, references) == declined
