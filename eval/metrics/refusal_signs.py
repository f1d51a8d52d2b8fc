"""Signs of a refusal in a clause, beside the rules for whole ones (`eval.metrics.refusal_rules`): closed lists, as wide
as may be, since what they miss is taken for an answer.
"""

from __future__ import annotations

import re

from eval.metrics.refusal_rules import PAPER, SOURCE, ZH_SOURCE

PART = re.compile(
    r"[;:()|\n，、；：（）]|,(?!\d)|\s[–-]\s|—|\.{3}|…"
    r"|\b(?:and|but|yet|so(?! that)|because|since|which|though|although|therefore)\b",
    re.IGNORECASE,
)
"""Where a sentence may go on to tell something else."""
HOWEVER = re.compile(r",?\s*\b(?:however|though|unfortunately|therefore)\b,", re.IGNORECASE)
_BEGINS = r"(?:^|(?<=[.:!?]\s))"
LEADS_IN = re.compile(
    rf"{_BEGINS}\W{{0,4}}(?:confidence|sources?|references?)\W{{0,4}}:.*$|{_BEGINS}(?:\s*(?:\d[.)]|[-*•#]+)\s+)"
    rf"|{_BEGINS}[^.:;|\n]{{1,60}}:[*_]{{0,2}}(?=\s)"
    r"|\b(?:it|they|the [\w-]+(?: [\w-]+)?)(?: only (?:mention|state|say|note)s?(?: that)?"
    r"| (?:mention|state|say|note)s? (?:only(?: that)?|that))\b",
    re.MULTILINE | re.IGNORECASE,
)
"""What stands before what is told, as a heading does, or beside it."""
_TEXT = (
    rf"(?:{SOURCE}|{PAPER}s?|rules?|charters?|by-?laws?|statutes?|conditions|wording|handouts?|schedule|calendar"
    r"|changelog|extract|lease|text|cards?|edition|clauses?)"
)
OF_A_TEXT = re.compile(
    rf"\b(?:the|this|that|these|those|your|our|my|any|no|all|\d+) (?:[\w'-]+ ){{0,3}}?{_TEXT}\b"
    rf"|\b(?:here|in there)\b|{ZH_SOURCE}"
)
AT_ITS_HEAD = re.compile(
    rf"\W*(?:(?:the|this|that|these|those|your|our) (?:[\w'-]+ ){{0,3}}?{_TEXT}\b"
    r"|(?:section|clause|page|chapter|article|paragraph|table) [\w.]+)|.{0,4}" + ZH_SOURCE
)
SAYS_THAT = re.compile(r"\b(?:say|state|indicate|confirm)s? that\b")
COVERS = re.compile(
    r"\b(?:(?:is|are) (?:\w+ )?(?:about|on|for)|talks?|speaks?|deals?|go(?:es)?|runs?|focus\w*|has|lists?"
    r"|covers?(?= \w)|describes?|discuss\w*|contains?)\b(?! that\b)"
)
"""What a text does that tells nothing of what was asked: "the pages are about cameras"."""
SENDS = re.compile(
    r"(?:^\W*|\b(?:please|you|you'd|should|could|would|must|might|best|better|have to|need to|want to|to|try|suggest|or"
    r"|and|so|call to|i'd|recommend|advise|worth) )"
    r"(?:ask|check|contact|consult|call(?! for)|ring|phone|e-?mail|see|look|refer|turn|talk|speak|write|visit|try"
    r"|enquire|inquire|get in touch|reach(?:ing)? out|pop in|drop by|go to)(?:ing)?\b"
    r"|\b(?:open|file|submit|raise) (?:a|an|the) (?:[\w-]+ )?(?:ticket|request|issue)\b"
    r"|咨询|联系|查阅|参阅|查看|建议|(?<!访)问(?!题)"
)
"""What sends the asker elsewhere."""
OFFERS = re.compile(
    r"\b(?:(?<!\bi )(?:may|might|can|will|would|should|could)(?: \w+)? (?:know|tell|help|say|advise|settle|show)"
    r"|knows|if you|(?:could|can|would) you|let me know|feel free|(?:happy|glad) to|information|details)\b"
)
"""Who may know, or what one may ask for."""
LACKS = re.compile(
    r"\b(?:silent|silence|quiet|mum|blank|gap|gaps|missing|absent|absence|lack(?:s|ed|ing)?|omit(?:s|ted)?|skip(?:s|ped)?"
    r"|fail(?:s|ed)? to|(?:stops?|falls?|comes? up) short|left (?:out|open|unsaid|blank)|leaves? .{0,40}\b(?:open"
    r"|blank|out|dark)|unsaid|unstated|unmentioned|unaddressed|unspecified|undocumented|unclear|unknown|uncertain|unsure"
    r"|unable|undisclosed|mystery|beats me|search me|dunno|clue|luck|idea|beyond what"
    r"|outside|elsewhere|apolog\w+|inconvenience|confusion|empty-handed|all about|ends? with)\b|缺|抱歉|对不起|遗憾"
)
"""What says without a denial that something is not there."""
BOUNDS = re.compile(r"\b(?:no|not) (?:more|less|fewer|later|earlier|longer|shorter) than\b")
"""What denies nothing."""
SOFTENS = re.compile(
    r"\b(?:guess(?:es|ing|work)?|speculat\w+|sorry|afraid|(?:regrettab|unfortunate|sad)ly)\b", re.IGNORECASE
)
"""What stands before an invention as well: "I'm afraid it is 6 months"."""
OF_KNOWING = re.compile(
    r"\b(?:know[ns]?|knowledge|unknown|unclear|clear|unsure|sure|uncertain|certain|say|says|said|tell|tells|mention\w*"
    r"|stat(?:e|es|ed|ing)|specif\w+|unspecified|disclos\w+|document(?:s|ed)?|discuss\w*|indicat\w+|answer\w*|unanswer\w+"
    r"|inform\w*|info|details?|data|determin\w+|infer\w*|idea|clue|evidence|question|scope|found|find\w*|locate\w*"
    r"|nothing (?:about|on|regarding)|access|help|assist)\b"
    r"|知|提|说|讲|写|回答|信息|资料|确定|清楚|答案|找到|数据|内容|记载"
)
"""Words of knowing and telling: who denies these declines."""
GIVES_NONE = re.compile(
    r"\b(?:(?:give|provide|list|name|set)s? (?:no|one)|gives?"
    r"|(?:do|does|did) not (?:provide|list|name|cover|address|include|contain|designate|set|reveal|show))\b"
)
NO_MORE = re.compile(
    r"\b(?:that|this|there) is all\b"
    r"|\ball (?:that )?(?:i|we|it|they|the (?:[\w-]+ ){0,3}\w+) (?:have|has|see|says?|know)\b"
    rf"|\b(?:no|0|zero|none of the)(?: (?:of )?(?:the )?\d+)? (?:relevant )?(?:chunks?|results?|matches|{SOURCE})\b"
    r"|\bgo(?:es)? beyond (?:them|it|that|these|this|the|what)\b"
)
"""What says that nothing else is told, or was found."""
LOOKED = re.compile(
    r"\b(?:i|we)(?: have|'ve| can| could|'m| am| only| just)* (?:looked|searched|checked|read|went|see|reviewed"
    r"|only have|able|happy|based|limited|take|try|help|look)\b"
)
"""What whoever declines has done, or can do."""
ASIDE = re.compile(
    r"\b(?:i am|as|being) (?:just |only )?an? (?:[\w-]+ ){0,2}(?:ai|assistant|model)\b"
    r"|\bmy (?:last update|training|knowledge)\b|^\w+ly$"
)
"""What a reply says of itself, or by the way."""
