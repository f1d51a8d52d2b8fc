"""Words that rules about claims need to know: closed classes, units, and pairs of opposites. English and Chinese."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


FUNCTION_WORDS = _words(
    """
    about absolutely actually after all also am an and any are as at be because been before being but by ca can could d
    did do does doing each for from had has have having he hello her here hey hi him his how if in indeed into is it its
    itself just ll may might more most must of oh ok okay on only or other out over own re really s shall she should so
    some such sure than that their them then there these they this those through to too under until up upon ve was were
    what when where which while who whom whose why will with within wo would yea yeah yep yes
    的 了 在 是 和 与 及 等 对 为 将 于 也 并 以 从 中 之 其 这 那 有 个 上 下 而 被 把 向 由 就 都 着 过 地 得 所 或 又
    还
    """
)
"""What binds a sentence, and what opens a reply."""
TELLING_NOTHING = _words(
    """
    am are be been being by can did do does doing for from he her his i in is it its may me my of on our she that the
    their them there these they this those to us was we were whether with you your able allowed permitted possible
    的 了 在 是 有 可 以 能 会 被 吗 我 你 您
    """
)
"""What a sentence may have that a question lacks, or lack that it has, and say all that it asks for."""
OF_BEING_THERE = _words(
    """
    applied applies at available charged currently exists has have moment necessary needed offered premises present
    provided required site
    """
)
"""What "there is no pool" may say besides: "... available on site". Whatever else it says may be what makes it so."""
SPEAKERS = _words("i me mine my myself our ours us we you your yours 我 你 您 咱")
OF_COURTESY = (
    FUNCTION_WORDS
    | SPEAKERS
    | _words(
        """
        additional answer answers anything anytime ask asking assist assistance clarification clarifies clarify clear
        concern concerns detail details elaborate else everything example examples explain explained explanation
        explore feel free further get glad go great happy hear help helped helpful helps hesitate hope hopefully info
        information know let like look looking need needed not please pleased provide question questions reach response
        see something specific sure today topic touch understand useful want
        """
    )
)
"""All that a sentence of mere courtesy says: "Let me know if you have any other questions!"."""
NEGATORS = _words("hardly neither never no nobody none nor not nothing nowhere without 不 没 未 无 非 勿")
OF_LACK = _words("except excluded exclude excludes lack lacked lacking lacks missing unavailable unsupported")
"""By which a question asks for what is not, as it does by a negator."""
YES_NO = _words("yes no")
DENIERS = _words("never not 不 没 未")
"""The negators that deny what a sentence says; the others may deny one thing in it (no tier, without a taint)."""
HINGES = _words("before except only till unless until 只 才 除")
"""What turns a denial round: "not before 9" is "from 9 on", "not only" is "also"."""
UPWARDS = _words("more longer later higher larger greater bigger older after above beyond")
DOWNWARDS = _words("less fewer shorter earlier sooner lower smaller newer younger before below under")
"""What compares with more, or with less; so does "over", if a number follows."""

NUMBER_WORDS = _words(
    """
    half halves quarter quarters third thirds fourths fifth fifths tenth tenths dozen dozens hundreds thousands millions
    billions trillions once twice thrice double triple quadruple single couple pair both none nothing zero nil free
    unlimited infinite infinitely indefinitely forever lifelong daily weekly fortnightly biweekly monthly quarterly
    yearly annually hourly nightly overnight fortnight fortnights decade decades century centuries
    """
)
"""What says how much and is not among the numbers that `eval.metrics.number_words` writes as digits."""
OTHER_AMOUNTS = _words("all always any as depends every entire full whole no never not until till while whenever")
"""By which what has a number may say how much in another way: "until it is full, at 5 GB at most"."""

NUMBERING = _words(
    """
    annex appendix article band case category chapter class clause coach column exit figure floor gate grade group item
    lesson level line module option part phase plan platform point prio priority rank room row rule scenario schedule
    section semester sev severity stage step table term terminal tier track type unit version zone
    """
)
"""What a number behind it only tells from others of its kind."""

_UNITS = """
millisecond ms milliseconds; second sec secs seconds s; minute min mins minutes; hour hr hrs hours h; day days d
week weeks wk wks; month months mo mos; year years yr yrs; percent; kilobyte kb kib ki kilobytes kibibyte kibibytes
megabyte mb mib mi megabytes mebibyte mebibytes; gigabyte gb gib gi gigabytes gibibyte gibibytes
terabyte tb tib ti terabytes tebibyte tebibytes; metre metres meter meters
kilometre km kilometres kilometer kilometers; centimetre cm centimetres centimeter centimeters
millimetre mm millimetres millimeter millimeters
litre l litres liter liters; millilitre ml millilitres milliliter milliliters
microlitre ul μl microlitres microliter microliters
gram grams; kilogram kg kilograms; milligram mg milligrams; microgram mcg ug μg micrograms
kilowatt kw kilowatts; celsius; fahrenheit
dollar dollars usd; euro euros eur; pound pounds gbp; cent cents; yen jpy; yuan rmb; times
"""
UNITS = {
    form: forms.split()[0]
    for line in _UNITS.strip().splitlines()
    for forms in line.split(";")
    for form in forms.split()
}
"""From each way to write a unit to one of them. A letter that may be anything else (m) is left out."""
EXACT_SIZES = {
    "time": {"millisecond": "0.001", "second": "1", "minute": "60", "hour": "3600", "day": "86400", "week": "604800"},
    "length": {"millimetre": "0.001", "centimetre": "0.01", "metre": "1", "kilometre": "1000"},
    "mass": {"microgram": "0.000001", "milligram": "0.001", "gram": "1", "kilogram": "1000"},
    "volume": {"microlitre": "0.000001", "millilitre": "0.001", "litre": "1"},
}
"""The units of a dimension that convert exactly, each with its size in one of them."""

OF_A_TIME = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
    "annually": "year",
    "annual": "year",
}
"""What is once in a time, or for each, by that time."""

_OPPOSITES = """
more less; more fewer; most least; many few; much little; higher lower; high low; larger smaller; large small
big small; bigger smaller; greater smaller; greater less; longer shorter; long short; faster slower; fast slow
older newer; old new; old young; older younger; earlier later; early late; before after; first last; above below
over under; up down; inside outside; internal external; inner outer; upper lower; top bottom; left right; front back
near far; north south; east west; northern southern; eastern western; minimum maximum; min max; always never
all none; every no; everyone nobody; some none; both neither; with without; same different; equal different
similar different; increase decrease; increase reduce; rise fall; rise drop; rose fell; raise lower; grow shrink
gain lose; gain loss; win lose; won lost; success failure; succeed fail; pass fail; accept reject; accept refuse
allow forbid; allow prevent; allow deny; permit forbid; permit prohibit; enable disable; enable prevent
require forbid; start stop; start end; start finish; begin end; begin finish; open close; opened closed; open shut
add remove; attach detach; create delete; create destroy; build destroy; install uninstall; load unload; lock unlock
push pull; send receive; give take; buy sell; import export; enter leave; arrive depart; join leave
appear disappear; include exclude; accelerate slow; expand contract; strengthen weaken; improve worsen; better worse
best worst; good bad; positive negative; true false; right wrong; correct incorrect; correct wrong; valid invalid
possible impossible; legal illegal; safe dangerous; safe unsafe; strong weak; hard soft; hard easy; easy difficult
simple complex; rich poor; cheap expensive; hot cold; warm cold; dry wet; light dark; light heavy; bright dark
black white; clean dirty; full empty; fullest emptiest; deep shallow; wide narrow; thick thin; tall short; male female
man woman; men women; father mother; son daughter; brother sister; husband wife; king queen; boy girl; alive dead
live die; born died; love hate; like dislike; friend enemy; war peace; attack defend; guilty innocent; public private
local remote; local global; manual automatic; manually automatically; static dynamic; active inactive; active passive
temporary permanent; optional required; optional mandatory; common rare; often rarely; often seldom; frequently rarely
usually rarely; sometimes always; sometimes never; now then; present absent; day night; morning evening
winter summer; read write; input output; source destination; parent child; single multiple; singular plural
known unknown; odd even; horizontal vertical; ascending descending; ancient modern; keep discard; keep delete
save discard; grant deny; grant revoke; approve reject; promote demote; upgrade downgrade; upload download
connect disconnect; encrypt decrypt; compress decompress; encourage discourage; agree disagree; together apart
together separately; synchronous asynchronous; online offline; ahead behind; forward backward; idle busy; free busy
shared exclusive; exactly approximately; wait proceed; pause resume; suspend resume; healthy unhealthy
stable unstable; trusted untrusted
"""
OPPOSITES = tuple(
    (first, second)
    for line in _OPPOSITES.strip().splitlines()
    for first, second in (pair.split() for pair in line.split(";"))
)
PREFIXES = ("un", "in", "im", "ir", "dis", "non")
"""What makes a word its opposite when put in front of it."""
