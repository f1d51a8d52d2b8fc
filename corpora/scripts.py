"""Scripts that put no spaces between words: as ranges for a regular expression's brackets."""

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
UNSPACED = f"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff{HAN}"
"""Thai, Lao, Burmese, Khmer, kana, Han."""
