"""How a refusal is worded, in English and Chinese."""

from __future__ import annotations

import re

_IS_NOT = r"(?:(?:do|does|did|can|could|is|are|was|were|am|have|has) not(?: been)?|(?:am|is|are|was|were) unable to)"
# Who says since when, or why, something is no longer said has answered.
_NO_LONGER = r"(?:(?:is|are|was|were|can|could) )?no longer(?!.{0,200}\b(?:since|because|as of)\b)"
NOT = rf"(?:{_IS_NOT}|{_NO_LONGER}|(?:(?:is|are|was|were|has|have) )?(?:never|neither|nowhere)(?: been)?)"
_WAS = r"(?:was|were|has been|have been)"
_IS = rf"(?:is|are|remains?|{_WAS})"
_OPENS = r"^(?:(?:based on|according to|from|in) [^,]*, |it (?:seems|appears) (?:that )?)?"
# Nothing follows that would answer.
_STOP = r"(?:[.!]*$|,? (?:so (?:i|we)|sorry|i am afraid|here|to me|at this time|at all)\b)"

# What the speaker was shown
_GIVEN = (
    r"(?: (?:that |which )?(?:(?:(?:is|are|was|were) )?(?:provided|given|above|available|retrieved)"
    r"|i have(?: access to)?|i was given|you (?:gave|provided|sent|shared))(?: me)?)?"
)
_BOOK = (
    r"(?:documentation|docs(?! (?:folder|director|repo|branch|site|team))|(?:handbook|manual|wiki|knowledge base)s?)"
)
_TEXT = rf"(?:(?:{_BOOK}|(?:context|passage|document|text|excerpt)s?){_GIVEN})"
SOURCE = rf"(?:{_TEXT}|(?:information|source|corpus|material|result|guide|article)s?{_GIVEN})"
_HANDED = (
    r"(?:(?:provided|given|available|retrieved) (?:information|materials?)|information (?:provided|given|available))"
)
SPEAKS = (
    r"(?:say|state|mention|specify|tell|indicate|answer|cover|discuss|describe|address|reveal|disclose|explain)"
    r"(?:e?s)?|(?:identif|clarif)(?:y|ies)|specifies"
)
_SPEAKS_OF = (  # as people and things do too, so that only a text's not doing so is a refusal
    r"(?:elaborate|refer(?:ence)?|note|record|report|show(?! up)|define|establish|suggest|offer|supply|present|talk"
    r"|speak|go (?:into|over)|make (?:it clear|clear|any)|help|allow (?:me|us))"
)
HOLDS = r"(?:contain|include|provide|give|list|name|have)s?|has"  # as other things do: "the source does not list pods"
_IN_SOURCE = rf"(?:in|by|from|within|part of|based on|anywhere in) (?:\w+ ){{0,3}}{SOURCE}\b"
PAPER = (  # that say, and cover other things
    r"(?:(?:web ?|home ?)?page|(?:web ?)?site|section|report|polic(?:y|ie)|faq|paper|chapter|paragraph|table|leaflet"
    r"|contract|agreement|recipe|brochure|label|specification|(?:note)?book|booklet|pamphlet|flyer|catalog(?:ue)?|menu"
    r"|prospectus|(?:data ?)?sheet|readme|e-?mail|letter|memo|minute|transcript|note|blog|post|story|review|study"
    r"|survey|summary|abstract|newsletter|bulletin|notice|announcement|press release|syllabus|term|law|regulation"
    r"|guideline|instruction|appendix|annex|entry|listing|profile|record|snippet|slide|presentation|tutorial|file"
    r"|statement)"
)
_THIS_PAPER = rf"^(?:(?:the|this|that|these|those|your|our|[\w-]+'s) )(?:[\w'-]+ ){{0,3}}?{PAPER}s?{_GIVEN}"
THE_DOCUMENTS = (
    r"(?:any of )?(?:(?:the|these|this|those|any|my|our|your) )?(?:(?:provided|given|retrieved|available) )?"
    rf"(?:{_TEXT}|(?:\w+ ){{0,2}}{_BOOK}|(?:source|corpus|material|guide|article)s?{_GIVEN})"
)
# and nothing else: neither "the documents folder" nor "the current context"
_THE_SOURCE = rf"{THE_DOCUMENTS}(?:{_STOP}| (?:about|on|for|of|regarding|that|which|i|we|you)\b)"

# What is asked for, and how it is given
_SAID = r"(?:mentioned|stated|specified|disclosed|documented|discussed|indicated|said)"
_TOLD = rf"(?:{_SAID}|known|(?:made )?clear|given|provided|available)"
_KNOWN = rf"(?:{_TOLD}|included|found|covered|described|listed|named|identified)"
_DEALT_WITH = r"(?:answered|addressed|contained|present)"
_UNKNOWN = r"(?:unknown|unclear|unspecified|undocumented|undetermined|unanswer(?:able|ed)|not answerable|n/a|n\.a\.?)"
_KNOWLEDGE = r"(?:info(?:rmation)?|mention|answer|data|details?|evidence|indication|record|idea|clue|knowledge|context)"
_ENOUGH = r"(?:(?:no|not (?:enough|any|sufficient)|no longer (?:any|enough)|insufficient)(?: \w+)?|not)"
_ANSWER = r"(?:answer|information|question|detail|name|number|date|value)"
_FACT = rf"(?:{_ANSWER}s?|hours|reason|cause|amount|figure|cost|price|age|year|identity|title|author|founder|owner)"
_ABOUT = r"(?:about|on|of|for|regarding|concerning|as to)"
_SOUGHT = rf"(?:[\w'-]+ ){{0,3}}?{_FACT}(?: (?:{_ABOUT}|you|needed|requested)(?: [\w'-]+){{0,6}}?)?"
_INFORMATION = (
    r"(?:(?:the|this|that|such|requested|necessary|needed|required|relevant) ){0,2}"
    rf"(?:information|answers?|details?|(?<=this |that |such )data)(?: {_ABOUT}(?: [\w'-]+){{1,6}}?)?"
)
_FIND_OUT = r"(?:answer|determine|say|tell|know|infer|ascertain)"
_MAIN = (  # not what a thing means, or when it is so: "404 means that the page cannot be known"
    r"(?:(?!\b(?:if|whenever|unless|because|whose)\b|(?<!^)(?<!year )(?<!date )(?<!time )(?<!of )\bwhen\b"
    r"|\b(?:means?|indicates?) (?!(?:that )?(?:(?:the|this|your) (?:question|answer)|it)\b)(?:that|the|an?)\b"
    r"|(?<=\w )(?:that|which|who) (?:can|could) not\b).)+?"
)
_LOOKED_FOR = (  # not "the page", "a node"
    rf"(?:it|this|that|(?:[\w'-]+ ){{0,3}}?(?:{_FACT}|hours|mention|section|policy|rules?|fees?|salary|rates?|limit"
    rf"|deadline|schedule|definition|meaning|instructions?)(?: (?:{_ABOUT}|you|needed|requested)(?: [\w'-]+){{0,6}}?)?)"
)
_END = rf"(?:{_STOP}|,(?! so (?!i\b|we\b))| (?:who|whom|whose|what|when|where|which|how|why|whether|if)\b)"
_STATES = (  # of a text, and nothing that follows from it: "..., so it is allowed"
    rf"(?:(?:say|tell)s?(?: (?:it|this|that|us|me|anything))?(?:{_END}| (?:that|about)\b)"
    r"|(?:state|mention|disclose|reveal)s?\b|specif(?:y|ies)\b)(?!.{0,200},? so (?!i\b|we\b))"
)

_SPEAKER = (  # "the scheduler does not know" is about somebody else, and an answer
    rf"\b(?:i|we) {_IS_NOT} (?:know|find|found|answer|say|tell|determine|recall|see|possess|sure"
    r"|certain|confirm|verify|aware|familiar|able|access|locate)\b|\bi am (?:unsure|unaware|uncertain)",
    rf"\bi {_IS_NOT} (?:provide|give|have)\b|\bwe {_IS_NOT} (?:provide|give|have)"  # "we do not give refunds"
    rf" (?:(?:[\w-]+ ){{0,3}}(?:{_KNOWLEDGE}|access|anything|{_BOOK} (?:on|about|regarding))\b"
    rf"|(?:it|this|that){_STOP})",
    r"\b(?:i|we) (?:can not|(?:am|are) unable to) (?:help|assist)\b|\bi (?:have not been|was not|am not)"
    r" (?:given|told|provided)\b|\bnot something (?:that )?i can\b",
    rf"\b(?:i|we) no longer (?:know|recall|have (?:\w+ ){{0,2}}(?:{_KNOWLEDGE}|access))\b",
    rf"\b(?:i|we) (?:have )?never heard of(?: [\w'-]+){{1,4}}{_END}",
    rf"\b(?:i|we) (?:have|(?:have )?found|(?:can |could )?(?:find|see)) (?:no (?:{_KNOWLEDGE}|way of)|nothing {_ABOUT})"
    rf"|\bi lack (?:\w+ ){{0,3}}{_KNOWLEDGE}\b|^found (?:nothing|no {_KNOWLEDGE}) (?:{_ABOUT}\b|{_IN_SOURCE})",
    r"(?:^|\bi [^,]{1,80} and )(?:could|did|can) not find (?:it|this|that|any|an answer)\b",
    rf"(?:^|\bi [^,]{{1,80}} and )found (?:nothing {_ABOUT}\b|no (?:answer|mention|information|info)\b)",
    rf"\bi (?:do|can) not remember(?: (?:it|this|that))?{_END}",
    rf"\bi(?: would|'d) need (?:(?:more|further|additional) {_KNOWLEDGE}\b|to (?:see|read|check) {_THE_SOURCE})",
    rf"\bi {_IS_NOT} (?:think|believe) (?:that )?{THE_DOCUMENTS} (?:{SPEAKS}|{HOLDS})\b",
    rf"\bi {_IS_NOT} (?:think|believe) (?:that )?(?:it|this|that) {_IS} (?:(?:{_KNOWN}|{_DEALT_WITH}) {_IN_SOURCE}"
    rf"|(?:{_SAID}|covered|known|answered|addressed){_END})",
    rf"\bmy (?:knowledge|training(?: data)?|information) {NOT} (?:{SPEAKS}|{HOLDS}|extend|go)\b",
    rf"^(?:do not know|not sure|dunno|idk){_END}|^(?:unable to|can not|could not) {_FIND_OUT}\b",
)
_SHOWN = (
    rf"\b{SOURCE}(?: (?:on|for|about)(?: \w+){{1,4}}?| (?:\w+ ){{1,4}}and| \d{{1,3}})? {NOT} (?:{SPEAKS})\b",
    rf"\b{_TEXT} (?:{_IS_NOT}|{_NO_LONGER}|never) (?:{HOLDS}|{_SPEAKS_OF})\b",
    rf"{_OPENS}(?:(?:the|this|that|your|my) )?(?:source materials?|{_HANDED}) (?:{_IS_NOT}|{_NO_LONGER}|never)"
    rf" (?:{HOLDS})\b",
    rf"\b{SOURCE} {NOT} (?:{HOLDS}) (?:(?:\w+ ){{0,2}}(?:{_KNOWLEDGE}|anything)\b|(?:it|this|that){_STOP})",
    rf"\b(?:(?:none|neither) of (?:\w+ ){{0,2}}|no |neither ){SOURCE} (?:{SPEAKS}|{HOLDS}|(?:is|are) relevant)\b",
    rf"\b{SOURCE} (?:lack|omit)s? (?:\w+ ){{0,2}}{_KNOWLEDGE}\b|\b{_TEXT} omits? (?:it|this|that){_STOP}",
    rf"\b{SOURCE} fails? to (?:{SPEAKS}|{HOLDS})\b",
    rf"\bnot something (?:that )?(?:\w+ ){{0,2}}{SOURCE} (?:{SPEAKS}|{HOLDS})\b",
    rf"\b(?:{_TEXT}|information{_GIVEN}) (?:{_IS} insufficient|{_IS_NOT} (?:sufficient|enough|relevant|helpful))"
    rf"(?:{_STOP}| to (?:{_FIND_OUT}|the|this|that|your)\b)",
    rf"\b{SOURCE} (?:says?|gives?|makes?|contains?|provides?|offers?|has|have)"
    rf" (?:nothing(?:(?: \w+)? (?:about|on|regarding)\b|{_END}| that\b)|{_ENOUGH} {_KNOWLEDGE}"
    rf"|no (?:\w+ )?(?:reference|entry|section|page|chapter) (?:{_ABOUT}|to)\b)",
    rf"\b{SOURCE} (?:mentions?|describes?|specify|specifies) (?:no|nobody)\b|\b{_TEXT} (?:name|list)s? no\b",
    rf"\b{SOURCE} (?:give|state)s? no(?: \w+)? {_FACT}\b",
    rf"\b{SOURCE} (?:(?:is|are) silent (?:on|about)|leaves? (?:(?:it|this|that) open|open wh\w+))\b",
    rf"{_THIS_PAPER} {NOT} {_STATES}",
    rf"{_THIS_PAPER} {NOT} (?:(?:contain|list|give|provide)s? {_SOUGHT}|have {_INFORMATION}){_STOP}",
    rf"\bnot something (?:that )?(?:the|this|that|your|our) (?:[\w'-]+ ){{0,3}}?{PAPER}s? (?:{SPEAKS})\b",
    rf"^it {_IS_NOT} (?:look|seem|appear) (?:like|as (?:if|though)|that) {THE_DOCUMENTS} (?:{SPEAKS}|{HOLDS})\b",
    rf"^(?:(?:it|this|that)(?: (?:question|topic))? (?:is|falls) )?(?:out of|outside(?: of)?|beyond) (?:my |the )?scope"
    rf"{_STOP}",
    rf"^(?:it|they) {NOT} (?:say|tell|specify){_END}|^does not say{_STOP}",
    rf"\bnowhere (?:{_IN_SOURCE}|(?:do|does|did) (?:\w+ ){{0,2}}{SOURCE})\b",
    rf"\bnothing {_IN_SOURCE} (?:{SPEAKS}|suggests?|{_ABOUT})\b",
    rf"\bnothing (?:{_ABOUT}(?: \S+){{1,6}} )?in {_THE_SOURCE}",
    rf"{_OPENS}there {_IS} no (?!need\b)(?:(?!to\b)\S+ ){{1,6}}in {_THE_SOURCE}",
    rf"(?:\b{NOT}|^not)(?: (?:appear|exist|occur))?(?: anywhere)? (?:in|part of) {_THE_SOURCE}",
    rf"\b{_IS} (?:missing|absent|omitted) from {_THE_SOURCE}",
    rf"\b(?:outside|beyond) (?:of )?(?:my knowledge|(?:the scope of )?{_THE_SOURCE})",
)
_ASKED_FOR = (
    rf"\b{NOT} {_SAID}(?:[.!]?$| (?:in|by|from|within|anywhere|here)\b)",
    rf"\b{NOT} (?:{_KNOWN}|{_DEALT_WITH}) {_IN_SOURCE}",
    rf"^(?:it|this|that|(?:the|this|that) {_ANSWER}) {NOT} {_IN_SOURCE}",
    rf"{_OPENS}(?:(?:it|this|that) )?{NOT} (?:{_SAID}|known|clear){_END}",
    rf"^(?:(?:it|this|that) )?{_IS_NOT} (?:given|provided|available){_END}",
    rf"^(?:the|this|that) {_ANSWER} {NOT} {_KNOWN}{_END}",
    rf"^{_INFORMATION} (?:(?:{NOT}|not) (?:{_KNOWN}|{_DEALT_WITH}|there)|{_IS} (?:missing|absent|lacking)"
    rf"|(?:{_IS} )?unavailable)(?:{_END}| {_IN_SOURCE})",
    rf"^data (?:not available|unavailable|not (?:found|provided|given)){_STOP}",
    rf"^(?:this|that|(?:the|this|that|your) (?:question|topic|subject|matter)) {NOT} (?:covered|{_DEALT_WITH}){_STOP}",
    rf"^(?:who|what|which|how|why|whether) [^,]{{1,200}} (?:{_IS} {_UNKNOWN}|{NOT} (?:known|clear))"
    rf"(?:{_STOP}| {_IN_SOURCE})",
    rf"{_OPENS}{_SOUGHT} (?:{NOT} (?:{_TOLD}|listed)|{_IS} {_UNKNOWN})(?:{_STOP}| {_IN_SOURCE})",
    rf"^(?:the|this|that) (?:information|answer|details) {_WAS} (?:removed|withdrawn|deleted){_STOP}",
    rf"^(?:it|this|that|(?:the |this |that )?(?:\w+ )?(?:{_ANSWER}|section|page|entry)) {_WAS} removed"
    rf" from {_THE_SOURCE}",
    rf"^not (?:{_KNOWN}(?:{_END}| anywhere{_STOP})|(?:{_KNOWN}|{_DEALT_WITH}) {_IN_SOURCE})",
    rf"^(?:(?:it|this|that|the answer) (?:is|remains) )?{_UNKNOWN}(?:{_END}| (?:from|based on)\b)",
    rf"^(?:{_MAIN} )?(?:can|could) not be (?:answered|determined|known|inferred)\b(?! (?:before|until)\b)",
    rf"^(?:{_MAIN} )?(?:can|could) not be (?:answered|determined|found|known|inferred) {_IN_SOURCE}",
    rf"{_OPENS}(?:{_LOOKED_FOR} )?(?:can|could) not be found\b(?! (?:before|until)\b)",
    rf"\b(?:not possible|impossible) to {_FIND_OUT}\b|\b(?:hard|difficult) to (?:say|tell) {_IN_SOURCE}",
    rf"\bno way (?:to (?:tell|know)|of (?:telling|knowing))(?:{_STOP}| {_IN_SOURCE})",
)
_NONE = r"(?:no(?: (?!need\b)[\w'-]+){1,6}?|none|nothing|nobody|no one)"
_NO = r"(?:^|\bthere (?:is|was|are|were|do|does) )"
_UNTREATED = (  # "no information about guests is kept" tells what is done with it
    rf"(?! {_ABOUT}(?: (?!wh)[\w'-]+){{1,4}} (?:is|are|was|were) (?:kept|stored|saved|shared|sent|passed|collected|sold"
    r"|processed|transmitted|deleted|lost|needed|required)\b)"
)
_LACKING = (  # "no data" is lacking where nothing is said of it but that; "no data is lost" is an answer
    rf"{_NO}(?:not (?:enough|any|sufficient)|insufficient)(?: \w+)? {_KNOWLEDGE}\b",
    rf"{_NO}{_ENOUGH} (?:mention|answer(?! (?:within|by|before|after) \d)|evidence|indication)\b"
    rf"|{_NO}{_ENOUGH} info(?:rmation)?\b{_UNTREATED}"
    r"(?! (?:desk|counter|booth|sheet)s?\b)"
    rf"(?! (?:is|are|was|were) (?!{_KNOWN}|{_DEALT_WITH}|(?:offered|supplied|shown|there|in|on|about|to)\b))",
    rf"^(?:please|(?:could|can|would) you(?: please)?) (?:provide|give|share)(?: me)? (?:more|further) {_KNOWLEDGE}\b",
    rf"{_NO}{_ENOUGH} {_KNOWLEDGE}{_UNTREATED}(?:$|[.,;:!]| (?:{_ABOUT}|to|that|which|whether|here"
    rf"|available|given|provided|in (?:it|this|these)\b)| (?:{_IS} )?(?:{_KNOWN}|there)\b| {_IN_SOURCE})",
    rf"{_OPENS}(?:there {_IS} {_NONE}|{_NONE} {_IS}) (?:{_KNOWN} {_IN_SOURCE}"
    rf"|(?:mentioned (?:in|as)|identified as)\b|(?:{_SAID}|known)(?:{_STOP}| (?:about|on)\b)"
    rf"|(?:named|listed) as [^,]{{1,80}} in {_THE_SOURCE})",
    rf"^there {_IS} (?:nothing (?:about|regarding)(?: (?!that\b)[\w'-]+){{1,6}}"
    rf"|(?:nothing|no {SOURCE}) (?:about|on) (?:it|this|that)){_STOP}",
    rf"^(?:nothing|no (?:\w+ )?{SOURCE}) (?:(?:{_IS}|could be) )?found(?:{_STOP}| (?:about|on)\b)",
    rf"^none (?:{_SAID}|given){_STOP}",
    rf"^no reference to [^,]{{1,80}} {_IS} (?:made|found|given)\b",
    rf"{_OPENS}(?:there {_IS} )?no (?:\w+ )?{_FACT}(?: {_IS})? {_TOLD}(?: for(?: [\w'-]+){{1,5}})?{_STOP}",
)

ZH_SOURCE = r"(?:资料|文档|上下文|材料|手册|文章|上文|(?<![中英日法德俄论作])文|文本|段落|知识库)"
_ZH_NOW = r"(?:现在|目前|已经|已|都|也|并|似乎)*"
_ZH_WHEN = r"时(?![的间候段刻长期代区限数点效速])"  # "where it is not given, ..."
_CHINESE = (
    r"我(?:真的|也|并)?不(?:太|是很|很)?(?:知道|清楚|确定|了解)|^(?:目前|现在)?[尚还]?不(?:知道|清楚|确定|详)|不得而知|无从得知",
    rf"(?:无法|不能)(?:根据|依据|从|在)[^,。]{{0,8}}?(?:信息|内容|{ZH_SOURCE})[中里内]?(?:来)?"
    r"(?:回答|确定|得知|判断|提供|给出|找到)",
    r"(?:无法|不能)(?:回答|确定|得知|判断|提供)|我(?:无法|不能|没法|没办法)(?:帮|协助|告诉)|我[找查]不到|^我?帮不了|无法从|^未知[。!]?$",
    rf"(?:没有|未|没)(?:(?:提到|提及|说明|指出|指明|在{ZH_SOURCE})(?!{_ZH_WHEN})"
    rf"|(?:提供|给出|包含|找到)(?![^,。]{{0,8}}{_ZH_WHEN}))",
    r"^[^,。]{0,12}无从(?:判断|确定|回答|知晓)|^(?:目前|现在|答案)?[尚还仍]?不明确?[。!]?$",
    r"^(?:提供的|给定的|现有的?)?(?:信息|资料|材料|上下文)不(?:足够?|够|充分)(?:[。!,]|$|以(?:回答|判断|确定))",
    r"^我?[找查]不到(?:(?:任何|相关|这个|该|此|这方面)*的?(?:答案|信息|资料|内容|说明|记载))?[。!]?$",
    rf"(?:没有|未|没)回答[。!]?$|^(?:没有|未|没)回答|超出了?[^,。]{{0,6}}{ZH_SOURCE}的?范围",
    r"没有(?:相关|足够|任何|这方面|这个|该|有关)?的?(?:信息|资料|答案)|没有(?:相关|这个|这方面)的?(?:内容|说明|记载)",
    r"(?:^|暂|并)无(?:相关|任何|有关)的?(?:信息|资料|内容|说明|答案)|(?:答案|信息)不在",
    r"没有(?:关于|有关)[^,。]{1,15}的?(?:信息|资料|内容|说明|记载)",
    rf"{ZH_SOURCE}[中里内]{_ZH_NOW}(?:没有|无|不再有|[找查看]不到|看不出)|{ZH_SOURCE}{_ZH_NOW}不包含(?:此|该|这|相关|任何|关于)",
    rf"{ZH_SOURCE}[中里内]?{_ZH_NOW}(?:没有|没|未|不再)(?:说|写|讲|提|记载|涉及|介绍|回答)",
    rf"(?:信息|资料|内容){_ZH_NOW}(?:不再(?:提供|可用)|不可用)|(?:信息|资料|内容)已经?被?(?:删除|移除|撤下)",
)

_ENGLISH = "|".join((*_SPEAKER, *_SHOWN, *_ASKED_FOR, *_LACKING))
_CHINESE_RULES = "|".join(_CHINESE)
# Every English rule opens with a word, and every Chinese one with a character of its own: looking elsewhere too takes
# several times as long.
REFUSALS = re.compile(
    rf"(?<!\w)(?=[a-z])(?:{_ENGLISH})|(?=[^\x00-\x7f])(?:{_CHINESE_RULES})|^[^,。]{{1,10}}未知[。!]?$"
)
