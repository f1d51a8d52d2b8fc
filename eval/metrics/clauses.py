"""What a reply says: its clauses, without what only prepares them, grants something or adds a remark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.metrics.refusal_rules import HOLDS, NOT, REFUSALS, SOURCE, SPEAKS, ZH_SOURCE

LONGEST = 500
"""Characters of a clause that are read: a page without a full stop takes no longer."""

_AROUND = " *_`\"'>"  # spaces, and the marks of Markdown
_CONCEDES = r"(?:(?:even )?(?:though|although|whereas)|even if)"
_GIVES_REASON = r"(?:because|since|as|while|given|despite)"
_RELATES = r"(?:which|who|whose)"
_ZH_GRANTS = r"(?:虽然|尽管|因为|由于)"
_SUBJECT = rf"(?:(?:\w+ ){{0,2}}{SOURCE}|it|they|there|i|no|nothing)\b"
_VERB = r"(?:is|are|was|were|do|does|did|has|have|can|could)"
_DASH = r"(?: ?—{1,3} ?| [-–]{1,3} )"
_GUESS = (  # at the head of a sentence
    r"(?:(?:maybe|perhaps|probably|possibly|i (?:think|believe|guess|assume)|my (?:best )?guess is)\b"
    r"|(?:typically|generally|usually|in general)(?:,| (?=(?:it|they|the)\b))"
    r"|(?:based on|from) (?:my )?(?:own |common |general |background ){0,2}knowledge\b|可能|也许|大概|我[想猜])[\s,:]*"
)
_SO = r"(?!(?:in|that|possible|found|hard|not|(?:mention|describ|stat|cover)ed)\b)"  # not: found elsewhere
_IT_MAY_BE = rf" ?[,;—–-] ?(?=it (?:may|might|could) be {_SO})|(?<=\bnot sure), (?=it is {_SO})"
_TELLS = (
    r"(?:(?:do |does )?(?:only |briefly )?(?:mentions?|describes?|discuss(?:es)?|covers?|address(?:es)?|explains?"
    r"|refers? to|(?:talks?|is|are) about|speaks? of|deals? with|focus(?:es)? on"
    r"|(?:contains?|provides?|gives?|includes?|has|have) (?:\w+ )?(?:information|details?)))"
)

_ONE_SOURCE = r"(?:passage|document|source|text|excerpt|context)"
_ZH_ONE_SOURCE = r"(?:文档|资料|段落|材料|文章)"
_NEXT_SOURCE = re.compile(  # one of several does not say, and another does, which denies nothing
    rf"((?:\[\d{{1,3}}\]|\b{_ONE_SOURCE} \d{{1,3}}\b|\bfirst {_ONE_SOURCE}\b|{_ZH_ONE_SOURCE}[一二12]"
    rf"|第[一二12][份篇段个]{_ZH_ONE_SOURCE}?)[^.;。\n]{{0,200}}[.;,。\n]) ?"
    rf"(?=(?:\[\d{{1,3}}\]|{_ONE_SOURCE} \d{{1,3}}"
    rf"|(?:the )?(?:second|third|other|next|last)(?: (?:{_ONE_SOURCE}|one))?)"
    r"(?: (?:says?|states?|specifies|gives|reads)\b|:)"
    rf"|(?:{_ZH_ONE_SOURCE}[二三23]|第[二三23][份篇段个]{_ZH_ONE_SOURCE}?)(?:中?[说写给指]|:))"
    r"(?![\s\S]{0,300}(?:\b(?:not?|neither|nor|nothing|none|never|un(?:known|clear|specified))\b|[没未无不]))"
)
_NUMBERED = re.compile(rf"(?:^|(?<=[.;] ))\[\d{{1,3}}\](?= {NOT} (?:{SPEAKS}|{HOLDS})\b)")
_BRACKETS = re.compile(r" ?[(\[][^()\[\]]*(?:[)\]]|$)")
_ASIDE = re.compile(  # between a subject and its verb
    rf"(?:{_DASH}|, (?=(?:{_CONCEDES}|{_GIVES_REASON}|{_RELATES})\b))[^;—]{{0,100}}?(?:{_DASH}|, )"
    rf"(?={_VERB}\b)"
)
_LATE_HOWEVER = re.compile(  # "the default, however, is 30 seconds"
    rf"(?:^|(?<=[.;\n])) ?([^.,;\n]{{1,100}}), however, (?=(?:{_VERB}|{_TELLS})\b)"
)
_OPENING = re.compile(  # what is granted, or what the reply rests on, up to the comma before the main clause
    rf"^(?:(?:{_CONCEDES}|{_GIVES_REASON}|based on|according to|(?:from|in|per|after) (?:\w+ ){{0,3}}{SOURCE})\b"
    rf"(?:.{{0,200}}?, (?=(?:it|they|i|there)\b)|[^,:]*[,:] )(?!{_CONCEDES}\b|but\b|however\b)"
    rf"|(?:{_ZH_GRANTS}|根据)[^,。]*, ?"
    r"|(?:[\w'-]+ ){0,3}[\w'-]+:\W{1,3}(?=(?:not|unknown)\b))"  # a label
)
_TURN = (
    rf"(?:, )?\b(?:but|however)\b[\s,]*(?:{_GUESS})?|, yet\b|[,;。] ?(?:但是?|不过|然而|可是|只是)"
    rf"|(?:(?<=[.!?。])[ \n]?|\n| ?[,;—–-]{{1,3}} ?){_GUESS}|{_IT_MAY_BE}"
)
_END = re.compile(rf"({_TURN})|[;\n]|{_DASH}| \(|(?<=[.!?]) |(?<=[。！？])|(?<=\banswer):|, and (?={_SUBJECT})")
_REMARK = re.compile(  # "as I do not have the document" is none: it says why there is no answer
    rf",? {_CONCEDES}\b|(?<!^),?{_ZH_GRANTS}"
    rf"|(?:,? because|, (?:since|as|while|{_RELATES})| (?:since|as|while)(?= {_SUBJECT}))\b(?! (?:i|we|far|well)\b)"
    r"(?=.{0,200}\b(?:not|no|none|nothing|never|only)\b)"
)
PREPARES = re.compile(  # what says that something is so is an answer
    r"^(?:the )?answer(?: is)?\W*$"
    r"|^(?:i|we) (?:(?:have )?(?:looked|searched|checked|read|reviewed)|can only|only know)\b(?! that\b)"
    r"|^(?:(?:the|your|this) question (?:asks|is about)|you (?:asked|ask|are asking))\b[^,:]*$"
    rf"|^(?:{_CONCEDES} |{_GIVES_REASON} )?(?:(?:\w+ ){{0,3}}{SOURCE}|they) {_TELLS}\b(?! that\b)"
    rf"|^{ZH_SOURCE}[中里内]?[只仅]?(?:提到|提及|介绍|描述|讨论|涉及|说明)"
)
_MAY_ANSWER = re.compile(r"\d| as an? ")  # a number, or what something is
_DOES_NOT_SAY_WHICH = re.compile(
    rf"^(?:\w+ ){{0,3}}{SOURCE} {NOT} (?:{SPEAKS}|{HOLDS})\b.*"
    r"\b(?:who|whom|whose|what|when|where|which|how|whether|if)\b"
)
_ADDS = re.compile(  # what the reader of an answer might still want to know
    r"\b(?:why|(?:since|until) when|reasons?|limit|maximum|minimum|more|further|other|another)\b|原因|为什么|为何|上限"
)
_GOES_ON = re.compile(
    rf"^(?:(?:it|they) )?(?={NOT} (?:{SPEAKS}|{HOLDS})\b|says? nothing\b|gives? no\b|(?!is about\b){_TELLS}\b)"
)
_NAMES = re.compile(rf"\b{SOURCE}\b|{ZH_SOURCE}")
_STANDS_IN = re.compile(  # something is given in place of what the documents do not say
    r"^(?:it defaults to\b|the default (?:value |setting )?(?:is|of)\b)"
    r"|\b(?:is|are) (?:assumed|an? (?:estimate|guess|assumption))\W*$|^默认值?[为是]"
)


def clauses(text: str) -> Iterator[tuple[bool, str]]:
    """What a reply says, clause by clause, and of each whether it turns to something else ("but", "maybe").

    Left out are clauses that only prepare what follows ("The documents describe X; they do not say Y"), and of the
    others what they grant or give as a reason, what they add, and what they rest on. A clause of the documents that
    may hold the answer ("The documents mention 4 schedulers") prepares nothing but a refusal that is about something
    else. Who goes on about a source with "it" or "they" is read as if it were named again.

    Args:
        text: in lower case, its white space single spaces or line ends.
    """
    text = _NEXT_SOURCE.sub(r"\1 but ", text)
    opening = _OPENING.match(text)
    source_spoke = opening is not None and PREPARES.match(opening[0]) is not None
    begun, turned, held = False, False, ""
    for clause, turn in _parts(_main(text[opening.end() :] if opening else text)):
        said = _REMARK.split(clause[:LONGEST].strip(_AROUND), maxsplit=1)[0].strip()
        if not any(character.isalnum() for character in said):
            turned = turned or turn
            continue
        if source_spoke:
            said = _GOES_ON.sub("the text ", said)
        prepares = PREPARES.match(said) is not None and not REFUSALS.search(said)
        source_spoke = source_spoke or prepares or _NAMES.search(said) is not None
        if prepares and not _MAY_ANSWER.search(said):
            pass
        elif prepares and not begun:
            held = held or said
        else:
            if held and not _refuses_else(said, turned):
                yield False, held
            held, begun = "", True
            yield turned or _STANDS_IN.search(said) is not None, said
        turned = turn
    if held:
        yield False, held


def _main(text: str) -> str:
    """Without brackets and asides, "however" at its clause's head."""
    text = _BRACKETS.sub("", _NUMBERED.sub("the text", text))
    return _ASIDE.sub(" ", _LATE_HOWEVER.sub(r" however \1 ", text))


def _refuses_else(said: str, turned: bool) -> bool:
    """Whether a clause is a refusal, and about something else than what the clause before it told of."""
    something = turned or _DOES_NOT_SAY_WHICH.match(said) is not None
    return something and not _ADDS.search(said) and REFUSALS.search(said) is not None


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Clauses as they stand, each with whether it ends in a turn."""
    start = 0
    for end in _END.finditer(text):
        yield text[start : end.start()], end[1] is not None
        start = end.end()
    yield text[start:], False
