"""What a question asks for: a yes or a no, one of the things that it names, or something that it cannot tell."""

from __future__ import annotations

import pytest

from eval.metrics.asked import asks_yes_or_no, names_the_answer

YES_OR_NO = [
    "Can you tell me whether pets are allowed?",
    "Could you tell me if the camera is waterproof?",
    "Do you know if it is open?",
    "I was wondering whether dogs are allowed in the office.",
    "Hi, are dogs allowed?",
    "Hello! Is the camera waterproof?",
    "Hi, can you please tell me: is overtime paid?",
    "Is it known whether he came?",
    "Can you return an opened product?",
    "Can I ask for a refund?",
    "Would you recommend it?",
    "Do you ship to Austria?",
    "Can you ship to Austria?",
    "When a node fails, are its Pods moved?",
    "In the museum, may visitors take photos?",
    "If I am sick, do I have to call?",
    "Where a Pod fails, is it restarted?",
    "In the hall, which was built later, may visitors eat?",
    "Is the depot open or closed on Sundays?",
    "Is there a limit on the number of Pods per node?",
    "Pets are allowed, aren't they?",
    "Did Dr. Smith visit the museum?",
    "可以带宠物吗？",
    "请问可以带宠物吗？",
    "能否告诉我是否可以带宠物？",
    "图书馆能不能出借电脑？",
    "几乎没有限制吗？",
    "Can you share a GPU among Pods?",
    "Can you list Pods of all namespaces?",
    "Can you specify several ports?",
    "Can you help a visitor?",
    "Can you say no?",
    "Isn't it red?",
    "  'Does it float?'",
    "有没有花园？",
    "是否可以带宠物？",
    "According to the rules, are pets allowed in the garden?",
    "Dogs are allowed in the office?",
    "Dogs are allowed in the office, right?",
    "I heard that dogs are allowed in the office. Correct?",
    "Please confirm that dogs are allowed in the office.",
    "Hi! My name is Tom and I'd like to know whether dogs are allowed in the office.",
    "True or false: Secrets are encrypted by default?",
]
ALTERNATIVES = [
    "Which is larger, A or B?",
    "Which plant has the larger turbine hall, Aster or Birch?",
    "Which of A or B is larger?",
    "Which is larger: A or B?",
    "Which is larger - A or B?",
    "Who was the first, Anna or Bob Berg?",
    "Which is larger, A, B or C?",
    "Which is larger, A, B, or C?",
    "Island or mainland?",
    "Can you tell me which is larger, A or B?",
    "When is the bonus paid, in March or April?",
    "When is the bonus paid: in March or in April?",
    "When is the bonus paid? In March or in April?",
    "Which should I use for a database, a Deployment or a StatefulSet?",
    "Which one is used for a database, a Deployment or a StatefulSet?",
    "Which plan includes support (basic or premium)?",
    "When do I get paid, at the beginning or at the end of the month?",
    "Where is my data kept, in the EU or in the US?",
    "How often does it run, daily or weekly?",
    "Which has more memory in total, A or B?",
    "仓库周日开门还是关门？",
    "仓库在周日或周六开门？",
]
OPEN = [
    "Can you tell me how long the harbour keeps its logs in cold storage?",
    "Hi, can you please tell me: how long are logs kept?",
    "Hi, can you tell me the default port?",
    "Could you please explain how to reset the router?",
    "Could you explain to me what a Pod is?",
    "Do you happen to know who approves it?",
    "Do you know how long the warranty is?",
    "May I ask when the office opens?",
    "I would like to know how many days of leave I get.",
    "I'd like to know the price of express shipping.",
    "Please tell me the size limit of a ConfigMap.",
    "Please, is it known who wrote the first program?",
    "Would you mind telling me what the port is?",
    "Can someone tell me which port it uses?",
    "Is there any chance you could tell me how long it is?",
    "Does the handbook say how long logs are kept?",
    "May I know my own salary?",
    "How long, in days, is the notice period?",
    "After how many seconds, by default, is a Pod evicted?",
    "By default, how many seconds is it?",
    "In which hall, on Mondays, may visitors eat?",
    "When, by default, is a Pod evicted?",
    "When is it open, is it on Monday?",
    "When traveling abroad, who do I call in an emergency?",
    "What, if anything, is logged?",
    "How long in cold or dry storage?",
    "How long does the harbour keep its logs in cold or dry storage?",
    "Who can approve or reject a request?",
    "Which port do Pods or Services use?",
    "Which port do Pods, Services or Nodes use?",
    "How long are logs kept in A, B, or C?",
    "How long are logs kept in A, B or C?",
    "What must I do if a badge is lost or stolen?",
    "What must I do, if a badge is lost or stolen?",
    "What is the deadline, in days or weeks?",
    "What must I do, in case of fire or flood?",
    "How long is it kept, in A or in B?",
    "How long is it kept in a box, a crate or a safe?",
    "Which port is used by Pods, Services or Nodes?",
    "How long are logs kept (hot or cold)?",
    "Cold or dry storage: how long are logs kept there?",
    "I work nights or weekends. How much leave do I get?",
    "Who can read, write or run it?",
    "Does the company reimburse train tickets, and how much?",
    "Can I return it? If so, how long do I have?",
    "日志在冷库中保存多久？",
    "日志在冷库中保存多久吗？",
    "你能告诉我日志保存多久吗？",
    "能否告诉我默认端口是什么？",
    "能否告诉我默认端口？",
    "您能告诉我默认端口吗？",
    "哪个端口被Pod或服务使用？",
    "请告诉我保存多少天。",
    "你知道谁批准差旅费吗？",
    "几天或几周？",
    "Can you name some books written by her?",
    "Can you provide a brief synopsis of it?",
    "Can you list any fictional works by her?",
    "Can you give me the port?",
    "Can you help me understand how it works?",
    "Which pets are allowed?",
    "Default port?",
    "The right port?",
    "The port that is used by default?",
    "Can you name a few books that she has written?",
    "The warranty is how long?",
    "My dog is brown. Where is it allowed?",
    "I do not know whether I am insured. Who knows it?",
    "Please explain how you confirm that it is open.",
    "Dogs are allowed in the office.",
    "In April, May and June, where may pets run?",
    "可以带什么宠物？",
]


@pytest.mark.parametrize("question", YES_OR_NO)
def test_what_asks_for_yes_or_no(question: str) -> None:
    assert asks_yes_or_no(question)
    assert names_the_answer(question)


@pytest.mark.parametrize("question", ALTERNATIVES)
def test_what_names_what_to_choose_from(question: str) -> None:
    assert not asks_yes_or_no(question)
    assert names_the_answer(question)


@pytest.mark.parametrize(
    "question", ["a or " * 2000, "a" + ", " * 5000, "that are " * 2000 + "?", "x (" * 3000 + "a or b?"]
)
def test_what_nearly_names_something_is_read_at_once(question: str) -> None:
    assert not asks_yes_or_no(question + " Which?")


@pytest.mark.parametrize("question", OPEN)
def test_what_cannot_hold_its_answer(question: str) -> None:
    assert not names_the_answer(question)
