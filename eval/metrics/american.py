"""British spellings as American ones: colour is color, organised organized and a centre a center.

A few rules and the words of everyday texts; where an American word of another meaning is spelled like it ("cheque" and
"check", "tyre" and "tire"), none.
"""

from __future__ import annotations

import re

_COLOUR = re.compile(
    r"^((?:dis|mis|re|un)?(?:arm|behavi|cand|clam|col|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb|od|parl|ranc"
    r"|rig|rum|sav|splend|succ|tum|val|vap|vig))our"
)
_CENTRE = re.compile(r"^((?:centi|epi|kilo|milli)?(?:calib|cent|fib|lit|lust|meag|met|sab|somb|spect|theat))re(?=s?$)")
_ORGANISE = re.compile(r"^(\w{2,}?)is(?=(?:e[ds]?|ers?|ing|able|ations?|ational)$)")
_NO_SUFFIX = re.compile(
    r"(?:[aouw]|pr|^ar|sunr|upr|(?<!i)c|(?<!ti)v|(?:de|pre|pro)m|advert|chast|expert|pract|treat|chand|parad|desp|nch)$"
)
"""Before an -ise that is none: raise, comprise, exercise, advise, promise, advertise, paradise, franchise."""
_ANALYSE = re.compile(r"^(anal|catal|electrol|paral)ys(?=(?:ed?|ers?|ing)$)")
_ENROL = re.compile(r"^(enrol|fulfil|instal|instil|distil)(?!l)|^(skil|wil)(?=ful)")
_FUELLED = re.compile(r"^((?:re)?(?:counsel|dial|duel|fuel|initial|wool))l(?=ed|en|ing|or)")
"""What the stemmer does not undo, as it does for cancelled."""
_WORDS = {
    "ageing": "aging",
    "aluminium": "aluminum",
    "analogue": "analog",
    "artefact": "artifact",
    "catalogue": "catalog",
    "centred": "centered",
    "cosy": "cozy",
    "defence": "defense",
    "dialogue": "dialog",
    "grey": "gray",
    "jewellery": "jewelry",
    "judgement": "judgment",
    "learnt": "learned",
    "licence": "license",
    "manoeuvre": "maneuver",
    "mould": "mold",
    "offence": "offense",
    "paediatric": "pediatric",
    "plough": "plow",
    "practise": "practice",
    "practised": "practiced",
    "practising": "practicing",
    "pretence": "pretense",
    "programme": "program",
    "sceptic": "skeptic",
}


def american(word: str) -> str:
    """A lower-case word as an American writes it."""
    if known := _WORDS.get(word) or _WORDS.get(word.removesuffix("s")):
        return known
    word = _CENTRE.sub(r"\1er", _COLOUR.sub(r"\1or", word))
    suffixed = _ORGANISE.match(word)
    if suffixed and not _NO_SUFFIX.search(suffixed[1]):
        word = _ORGANISE.sub(r"\1iz", word)
    return _FUELLED.sub(r"\1", _ENROL.sub(r"\1\2l", _ANALYSE.sub(r"\1yz", word)))
