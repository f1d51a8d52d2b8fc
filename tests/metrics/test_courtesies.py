"""What is said out of courtesy claims nothing: it is no reason to call an answer less faithful."""

from __future__ import annotations

import time

import pytest

from eval.metrics.courtesies import without_courtesies
from eval.metrics.support import support

EVIDENCE = ("Lost files can be restored for 30 days from the admin page.",)
ANSWER = "Lost files can be restored for 30 days."


@pytest.mark.parametrize(
    "courteous",
    [
        "{} Let me know if you have any other questions!",
        "{} I hope this helps!",
        "{} Feel free to ask if you need further assistance.",
        "{}\n\nIf you have any further questions about the admin page, please don't hesitate to ask.",
        "{} Would you like me to go into more detail?",
        "{} Let me know if you'd like more information on restoring files, backups or the trash.",
        "Great question! {}",
        "Sure! {}",
        "Certainly! Here is the answer: {}",
        "I'd be happy to help! {} Have a great day!",
        "Thanks for asking. {}",
        "Based on the provided documents, {}",
        "According to the documentation, {}",
        "Based on the information provided in the context, {}",
        "Here's what I found:\n\n{}",
        "**Answer:** {}",
        "**Answer**: {}",
        "To answer your question, {}",
        "According to the handbook, {}",
        "According to document 3, {}",
        "The documents state that {}",
        "Based on the context provided: {}",
        "{} (Source: document 3)",
        "{} Let me know if you need more info.",
        "{} Please let me know if you have any other questions or concerns.",
        "{} I'm here to help! If you need more details, just ask.",
        "{} (Source: annual price list)",
        "{} (see parking.md)",
        '{} (see "Opening hours")',
        "{} [Source: Price list, page 3]",
        "{} [Source: 1]",
        "{} [Document 1]",
        "{} (passage 2).",
        "{} [Document 1: Parking]",
        "{} (pages 3-4)",
        "{} [parking.md]",
        "{} [2, 3]",
        "{} [^1^]",
        "{} 【1】",
        "{} Source: parking.md",
        "{}\n\n**Source:** Annual price list 2024.",
        "{}\n\n**Sources:**\n- parking.md\n- Price list, page 3",
        "{}\nReferences:\n[1] https://docs.example.org/parking\n[2] The lease",
        "{} I apologize for the confusion.",
        "I'm sorry for the inconvenience. {}",
        "{} Apologies for the delay.",
        "Sorry about that! {}",
        "We apologise for any inconvenience this may have caused. {}",
        "Thank you for reaching out. {}",
        "Thank you very much for your message. {}",
        "{} Thanks for your patience and understanding.",
        "We appreciate your patience. {}",
        "Hello! {}",
        "Hi there, {}",
        "Good morning! {}",
        "Dear customer,\n{}",
        "{} Have a wonderful day! 😊",
        "{} Enjoy the rest of your day!",
        "{}\nBest regards",
        "{} At least that is my understanding.",
        "As an AI assistant, I can tell you that {}",
        "I can confirm that {}",
        "I'm happy to tell you that {}",
        "You'll be pleased to hear that {}",
        "According to the documents, I can confirm that {}",
        "The answer to your question is {}",
        "The answer is that {}",
        "Sure, here you go: {}",
        "Sure, here is the answer: {}",
        'The document "Parking" states: "{}"',
        "The document 'Parking' states that {}",
        "parking.md states that {}",
        "According to parking.md, {}",
        "According to the document 'Parking', {}",
    ],
)
def test_courtesies_and_lead_ins_leave_an_answer_as_faithful_as_it_is(courteous: str) -> None:
    for answer, true in ((ANSWER, True), (ANSWER.replace("30", "90"), False)):
        score = support(EVIDENCE, courteous.format(answer))
        assert score == pytest.approx(support(EVIDENCE, answer), abs=0.001)
        assert (score > 0.8) if true else (score < 0.2)


@pytest.mark.parametrize(
    "courteous",
    [
        "根据提供的资料，{}希望这对您有帮助！",
        "{}如果您还有其他问题，请随时告诉我。",
        "{}（来源：备份手册）",
        "{}（出处：《备份手册》第3页）",
        "{}【来源：备份.pdf】",
        "{}来源：备份手册。",
        "{}\n参考资料：备份手册2024年",
        "抱歉让您久等了。{}",
        "很抱歉给您带来不便。{}",
        "感谢您的来信。{}",
        "感谢您的联系！{}",
        "早上好！{}祝您生活愉快！",
        "您好，{}",
        "根据文档《备份》，{}",
        "作为AI助手，我可以告诉您，{}",
        "您的问题的答案是：{}",
    ],
)
def test_the_same_in_chinese(courteous: str) -> None:
    for answer in ("丢失的文件可以在30天内恢复。", "丢失的文件可以在90天内恢复。"):
        assert without_courtesies(courteous.format(answer)) == answer


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("It is 27 degrees (source: parking.md).", "It is 27 degrees."),
        ("It is 27 [Source: pool.md], in May 30 (from document 2).", "It is 27, in May 30."),
        ("It is 27. (Reference: lease, section 4.2) It is warm.", "It is 27. It is warm."),
    ],
)
def test_a_note_of_a_source_is_cut_out_of_its_sentence(text: str, plain: str) -> None:
    assert without_courtesies(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Let me know by 5 May.",
        "Sure, it is free of lactose.",
        "Of course, it is not a problem with alcohol.",
        "Certainly, it is made of real leather.",
        "You are welcome to come with dogs and cats.",
        "Feel free to contact us on Sundays and public holidays.",
        "Sure you can.",
        "如有问题请联系张三经理。",
        "You can ask questions by e-mail.",
        "Thanks to the cache, it is fast.",
        "Feel free to use port 80.",
        "It sure does.",
        "Here is where Pods run.",
        "Let me know if you have questions about this, refunds are not possible after opening.",
        "According to John Smith, it floats.",
        "Based on the policy of 2019, it is allowed.",
        "Please check with your administrator to be sure.",
        "Note that this may vary with your settings.",
        "Pods at kubernetes.io run v1.2, e.g. here.",
        "1. Open it.\n2. Close it.",
        "It is open (see the manager before 5 May).",
        "It is warm (from 27 to 30 degrees).",
        "It is open (from Monday).",
        "It is open (from: 9 to 5).",
        "It is kept (see the guide on Monday).",
        "It is kept (source: 90 days).",
        "It is kept (source: it is deleted after a week).",
        "It earns well (source of income: 300 euros).",
        "Edit the file (config.yaml).",
        "From 9 to 5.",
        "Source code is kept in git.",
        "Source: 30 days.",
        "Source: the pool is open until nine.",
        "Sources: 2 of 3 rivers.",
        "Information shows: it is red.",
        "I'm sorry for the inconvenience, but the pool is closed.",
        "Sorry, the pool is closed.",
        "I apologize for the fire of 1920.",
        "Thank you for your patience, the pool is closed.",
        "Thanks to you, it works.",
        "Enjoy a free day.",
        "Good day trips start here.",
        "Hello, World!",
        "Dear customers pay 5 euros.",
        "That is my dog.",
        "As an AI assistant, I cannot know.",
        "I can confirm the booking.",
        "I can confirm that is wrong.",
        "I cannot confirm that it is open.",
        "The answer is not in the documents.",
        "The answer to your question is unknown.",
        "The answer is no.",
        "According to 'Smith', it floats.",
        "根据《民法典》，不得转租。",
        "参考价格：30元。",
        "门票30元（参考：去年是20元）。",
        "来源：水温为30度。",
        "很抱歉给您带来不便，但泳池关闭了。",
        "答案是否定的。",
    ],
)
def test_what_says_something_stays(text: str) -> None:
    assert without_courtesies(text) == text


def test_a_reply_of_courtesies_alone_is_not_borne_out() -> None:
    """It claims nothing, and is no answer: its words are weighed as they are."""
    assert support(EVIDENCE, "Great question! I hope this helps!") < 0.5


@pytest.mark.parametrize(
    "part",
    [
        *(" ", "\n", "let me know ", "about a, ", "Based on the provided ", "here is the ", "根据", "如果有", "* "),
        *("(source: page 2020 ", "Sources:\n- a\n", "Sure, here you go: ", "a/", "sorry for the ", "（来源："),
    ],
)
def test_long_texts_are_read_at_once(part: str) -> None:
    began = time.process_time()
    without_courtesies(part * 20_000)
    assert time.process_time() - began < 10
