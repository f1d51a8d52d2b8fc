"""Who is asked for a number and gives none has not answered, however many words of the reference stand there."""

from __future__ import annotations

import pytest

from eval.metrics.how_much import asks_how_much, gives_no_number

LOGS = (
    "How long does the harbour keep its logs in cold storage?",
    "The harbour keeps its logs in cold storage for 11 days.",
)
WARRANTY = ("How long is the warranty of version 3?", "The warranty of version 3 is 2 years.")
HOME = ("How many days a week may I work from home?", "You may work from home three days a week.")
PENDING = ("How long is it pending?", "It is pending until there is room, which is looked at every 5 minutes.")
CHINESE = ("日志在冷库中保存多久？", "日志在冷库中保存30天。")


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        (LOGS, "The harbour keeps its logs in cold storage for a number of days."),
        (LOGS, "The harbour keeps its logs in cold storage for several days."),
        (LOGS, "For some time."),
        (LOGS, "Until further notice."),
        (WARRANTY, "The warranty of version 3 is some years."),
        (HOME, "You may work from home on some days a week."),
        (CHINESE, "日志在冷库中保存一段时间。"),
        (CHINESE, "日志在冷库中保存几天。"),
        (
            ("What is the maximum number of Pods per node?", "A node can run up to 110 Pods."),
            "A node can run many Pods.",
        ),
    ],
)
def test_what_gives_no_number(pair: tuple[str, str], text: str) -> None:
    assert gives_no_number(*pair, text)


@pytest.mark.parametrize(
    "text",
    [
        "11 days",
        "eleven days",
        "for 3 months",  # that it is wrong is for other rules
        "a week",
        "One year.",
        "each working day",
        "half a day",
        "a dozen days",
        "a fortnight",
        "twice as long",
        "A couple of days.",
        "Forever.",
        "十一天",
    ],
)
def test_whatever_is_like_a_number_is_one(text: str) -> None:
    assert not gives_no_number(*LOGS, text)


@pytest.mark.parametrize(
    ("pair", "text"),
    [
        (PENDING, "It is pending until there is room."),
        (("How much does it cost?", "It is free for 5 users."), "It is free."),
        (("How long is it open?", "It is open all year, with 2 guides."), "It is open all year."),
        (("Who runs it?", "Ada runs it, with 5 others."), "Ada"),  # asks for no number
        (("How long is it kept?", "It is kept until you leave, at most 5 years."), "It is kept till you leave."),
        (("How long is it open?", "It is open the whole year, with 2 guides."), "It is open the full year."),
        (("Which field sets how many replicas run?", "The field spec.replicas; it defaults to 1."), "spec.replicas"),
        (("How often is it copied?", "Daily, at 2."), "Daily"),
        (("How many of them are right?", "The first one."), "None but that."),  # "one" is no number by itself
        (("How many of 5 are right?", "All of the 5 are."), "All are."),
    ],
)
def test_where_no_number_is_needed(pair: tuple[str, str], text: str) -> None:
    assert not gives_no_number(*pair, text)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("how many?", True),
        ("What's the minimum amount of memory?", True),
        ("What percentage of nodes has it?", True),
        ("保存多少天？", True),
        ("请告诉我保存多少天。", True),
        ("For how long is it kept?", True),
        ("For up to how long is it kept?", True),
        ("Within how many days can I return it?", True),
        ("After how many seconds, by default, is a Pod evicted?", True),
        ("In Germany, how long is it?", True),
        ("If I leave, how many days do I get?", True),
        ("When traveling abroad, how much may I spend?", True),
        ("Can you tell me how long it takes?", True),
        ("Hi, does the handbook say how long it takes?", True),
        ("Does the company pay train tickets, and how much?", True),
        ("Is there a fee and how much is it?", True),
        ("I work 20 hours. How many days of leave do I get?", True),
        ("How do I configure how long Pods have to shut down?", False),
        ("Which field sets how many replicas a Deployment runs?", False),
        ("What determines how long a certificate is valid?", False),
        ("Who decides how many days I get?", False),
        ("How can I limit how much memory a container uses?", False),
        ("Can I limit how much memory a container uses?", False),
        ("When a node fails, who decides how long its Pods stay?", False),
        ("If I do not know how many days I have left, where do I look?", False),
        ("What is the effect of the number of replicas?", False),
        ("I forgot how many days I have. Where do I see it?", False),
        ("Tell me how many days I have. Thanks!", True),
        ("如何设置保存多少天？", False),
        ("谁决定保存多少天？", False),
        ("几乎没有限制吗？", False),
        ("Who is the judge of the number of seats?", False),
        ("How does it work?", False),
    ],
)
def test_what_asks_for_a_number(question: str, asks: bool) -> None:
    assert asks_how_much(question) is asks
