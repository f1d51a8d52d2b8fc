"""The table of what is written otherwise and means the same, and of what only looks like it."""

from __future__ import annotations

import time

import pytest

from eval.metrics.american import american
from eval.metrics.contradiction import contradicts
from eval.metrics.correctness import correctness
from eval.metrics.lexical import stem
from eval.metrics.own_words import only_repeats
from eval.metrics.recall import token_recall
from eval.metrics.registry import RIGHT
from eval.metrics.times_of_day import with_times_as_in

SAME = [
    ("10 p.m.", "10 pm"),
    ("10 p.m.", "10pm"),
    ("9 am", "9 a.m."),
    ("9:30 a.m.", "9:30am"),
    ("9.30 a.m.", "9:30 am"),
    ("14:00", "2 p.m."),
    ("08:38", "8:38"),
    ("09:00", "9 o'clock"),
    ("10:00", "上午10点"),
    ("18:00", "下午6点"),
    ("10:30", "上午10点半"),
    ("周一", "星期一"),
    ("星期日", "礼拜天"),
    ("22:00", "10 p.m."),
    ("22:30", "10:30 p.m."),
    ("9 a.m.", "09:00"),
    ("12 a.m.", "0:00"),
    ("12 p.m.", "noon"),
    ("9 am to 5 pm", "09:00-17:00"),
    ("24 hours", "one day"),
    ("30d", "30 days"),
    ("1.1 m", "1.1 metres"),
    ("1.1 m", "1100 mm"),
    ("0.5 mL", "500 µL"),
    ("12 gibibytes", "12 GiB"),
    ("quarterly", "every three months"),
    ("30 minutes", "half an hour"),
    ("half an hour", "30 minutes"),
    ("every 30 minutes", "every half hour"),
    ("90 minutes", "an hour and a half"),
    ("90 minutes", "one and a half hours"),
    ("2.5 years", "two and a half years"),
    ("6 months", "half a year"),
    ("every week", "weekly"),
    ("every day", "daily"),
    ("once a month", "monthly"),
    ("annually", "once a year"),
    ("semi-annually", "twice a year"),
    ("half-yearly", "semiannually"),
    ("every half hour", "twice an hour"),
    ("fortnightly", "every other week"),
    ("every two weeks", "biweekly"),
    ("José Álvarez", "Jose Alvarez"),
    ("Zürich", "Zurich"),
    ("Søren Kierkegaard", "Soren Kierkegaard"),
    ("Łukasz Żak", "Lukasz Zak"),
    ("Ærøskøbing", "Aeroskobing"),
    ("31 March 2023", "31/03/2023"),
    ("31 March 2023", "2023/03/31"),
    ("3 May 2023", "2023/5/3"),
    ("2023年3月31日", "2023-03-31"),
    ("2023年3月31日", "2023/3/31"),
    ("2023年3月31日", "31 March 2023"),
    ("2023年3月31日", "2023年3月31号"),
    ("3月31日", "March 31"),
    ("24 hours", "for a day"),
    ("7 days", "A week."),
    ("2 weeks", "14 days"),
    ("90 seconds", "1.5 minutes"),
    ("36 months", "three years"),
    ("2 GiB", "2048 MiB"),
    ("1.5 GB", "1500 MB"),
    ("1.2 km", "1200 metres"),
    ("Wi-Fi", "WiFi"),
    ("e-mail", "email"),
    ("e-mails", "email"),
    ("on-site", "onsite"),
    ("on-site", "on site"),
    ("on‑site", "onsite"),
    ("U.S.", "US"),
    ("U.K.", "UK"),
    ("U.S.A.", "USA"),
    ("colour", "color"),
    ("neighbouring", "neighboring"),
    ("centre", "center"),
    ("organise", "organize"),
    ("organisations", "organization"),
    ("analysed", "analyzed"),
    ("licence", "license"),
    ("cancelled", "canceled"),
    ("enrolment", "enrollment"),
    ("百分之百", "100%"),
    ("2万5千人", "25000人"),
    ("1.200,50 €", "1200.50 €"),
    ("3,50 €", "3,50 Euro"),
    ("3,50 €", "3.50 €"),
    ("€3,50", "3.50 €"),
    ("25 °C", "25 degrees Celsius"),
    ("25℃", "25 degree C"),
    ("68 °F", "68 Fahrenheit"),
    ("500 mg", "500 milligrams"),
    ("250 mL", "250 millilitres"),
    ("5 mm", "5 millimeters"),
    ("2 cm", "20 millimetres"),
    ("2 metres", "200 cm"),
    ("3 kW", "3 kilowatts"),
    ("1½ hours", "90 minutes"),
    ("2 ¾ cups", "2.75 cups"),
    ("½", "0.5"),
    ("½ cup", "1/2 cup"),
    ("The bolt is ¾ inch long.", "The bolt is 3/4 inch long."),
    ("1 1/2 cups", "1½ cups"),
    ("2-1/2 hours", "2.5 hours"),
    ("1234567½", "1234567.5"),
    ("SmartHeat™", "SmartHeat"),
    ("CarePlus℠ plan", "CarePlus plan"),
    ("49.50", "$49.50"),
    ("1,249.50", "$1,249.50"),
    ("12.50", "€12,50"),
    ("0.10", "$0.10"),
    ("2.50", "2.50%"),
    ("−2.50", "-2.50 %"),
    ("2 g", "2000 mg"),
    ("2 g", "2 grams"),
    ("0.5 g", "500mg"),
    ("10 kg", "10,000 g"),
    ("250 µg", "250 mcg"),
    ("250 micrograms", "0.25 mg"),
    ("1500 ml", "1.5 litres"),
    ("2 litres", "2,000 mL"),
    ("1.50 L", "1.5 liters"),
    ("5G", "5g"),
    ("5G", "5 G"),
    ("5Gi", "5 GiB"),
    ("3 years", "3 yrs"),
    ("6 months", "6 mo"),
    ("$99 per month", "$99/mo"),
    ("$99 a month", "$99/mo."),
    ("$99 per user per month", "$99/user/mo"),
    ("99 € a year", "99 €/yr"),
    ("€3,50 per hour", "€3,50/hr"),
    ("300 requests per minute", "300 req/min"),
    ("300 requests/minute", "300 reqs per min"),
    ("5 calls per second", "5 calls/s"),
    ("100 kilometres per hour", "100 km/h"),
    ("Monday to Friday", "Mon–Fri"),
    ("Monday-Friday", "Mon-Fri"),
    ("Monday to Friday", "Mon. to Fri."),
    ("Tuesdays and Thursdays", "Tue and Thurs"),
    ("Saturday, Sunday", "Sat, Sun"),
    ("v3", "version 3"),
    ("V3", "Version three"),
    ("v3.2", "version 3.2"),
    ("version 3.0", "v3.0"),
]


@pytest.mark.parametrize(("one", "other"), [*SAME, *((other, one) for one, other in SAME)])
def test_the_same_in_another_spelling_is_right(one: str, other: str) -> None:
    assert correctness(one, other) == 1
    assert correctness(one, f"It is {other}, they say.") == 1
    assert not contradicts(f"The tall ships rest there {one} in May.", f"The tall ships rest there {other} in May.")


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("9 am", "9 p.m."),
        ("9 am", "21:00"),
        ("14:00", "2 a.m."),
        ("2:00", "14:00"),  # nobody can tell
        ("12 a.m.", "12:00 p.m."),
        ("24 hours", "25 hours"),
        ("30 minutes", "an hour and a half"),
        ("90 minutes", "half an hour"),
        ("2.5 years", "half a year"),
        ("every week", "twice weekly"),
        ("every year", "semi-annually"),
        ("every week", "thrice weekly"),
        ("once a month", "once a year"),
        ("one day", "25 hours"),
        ("24 hours", "twice a day"),
        ("one month", "30 days"),
        ("36 months", "two years"),
        ("2 GiB", "3000 MiB"),
        ("one day", "24 minutes"),
        ("U.S.", "Tell us."),
        ("U.S.", "us"),
        ("Wi-Fi", "wife"),
        ("our", "or"),
        ("tour", "tor"),
        ("3,50", "3.5"),  # no unit: a list
        ("31 March 2023", "2023/03/30"),
        ("2023年3月31日", "2023-03-30"),
        ("2023年3月31日", "30 March 2023"),
        ("3月31日", "31 May"),
        ("1,200", "1.2"),
        ("1.200", "1.3"),
        ("1.250 seconds", "1250 seconds"),
        ("VS Code 1.100", "VS Code 1.1"),
        ("1.30", "1.3"),
        ("1.3", "1.30"),
        ("25 °C", "It is 25 °F."),
        ("500 mg", "500 kg"),
        ("2 cm", "2 mm"),
        ("1½", "11"),
        ("49.50", "$49.05"),
        ("49.50", "$495"),
        ("3,4 days", "3.4 days"),  # a list, maybe
        ("0.500", "500"),
        ("v1.200", "1200"),
        ("1.200.3", "1200.3"),
        ("2000 g", "2 g"),
        ("2000 mg", "20 g"),
        ("2 g", "2 kg"),
        ("1500 ml", "15 litres"),
        ("250 mcg", "250 mg"),
        ("5 grams", "5 GB"),
        ("$99/mo", "$99 a year"),
        ("$99 per month", "$99/yr"),
        ("300 requests per minute", "300 req/s"),
        ("The fee is 99 € per month.", "The fee is 99 €/yr."),
        ("Version 3", "v4"),
        ("v3", "Version 4"),
        ("v3", "3 mirrors"),
        ("v3", "3"),
        ("v3.2", "version 3.1"),
        ("Monday to Friday", "Tue to Fri"),
        ("Monday", "Sun"),
        ("Sunday", "They sat in the sun."),
        ("Sunday", "The Sun"),
        ("Wednesday", "They wed there."),
    ],
)
def test_what_only_looks_like_it_is_not(reference: str, response: str) -> None:
    assert correctness(reference, response) < RIGHT


@pytest.mark.parametrize(
    ("reference", "response", "recall"),
    [
        ("the site", "the on-site crew", 1),
        ("fi", "Wi-Fi", 1),
        ("10", "10 p.m.", 1),
        ("14", "14:00", 1),
        ("9:30 am", "9:30", 1),
        ("2:00", "2:00 pm", 1),
        ("24", "24 hours", 1),
        ("US", "the us of today", 1),
        ("May 18", "it may be 18", 0),
        ("1,200", "1200", 1),
        ("e-mail, e-mail", "email", 1 / 2),
        ("nodes of a node", "node", 1 / 2),
        ("The pool closes at 10 p.m.", "22:00", 1 / 2),
        ("49.50", "It costs $49.50.", 1),
        ("12.50", "The fee is €12.50 per month.", 1),
        ("0.10", "$0.10 per GB", 1),
        ("7.40", "7.40 hours", 1),
        ("7.40 hours", "7.40", 1 / 2),
        ("$1.30, $1.30", "1.30", 1 / 2),
        ("The sun shone", "The sun shone on Sunday.", 1),
        ("API version 3", "v3", 2 / 3),
        ("v3", "API version 3", 1),
        ("3", "version 3", 1),
        ("/var/s", "3 files in /var/s", 1),
    ],
)
def test_words_by_themselves_go_on_to_match(reference: str, response: str, recall: float) -> None:
    assert token_recall(reference, response) == pytest.approx(recall)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("9 am", "9 p.m."),
        ("14:00", "2 am"),
        ("one day", "25 hours"),
        ("3,50 €", "3 €"),
        ("2 g", "20 mg"),
        ("$9/mo", "$9 a year"),
    ],
)
def test_another_one_contradicts(one: str, other: str) -> None:
    assert contradicts(f"The tall ships rest there {one} in May.", f"The tall ships rest there {other} in May.")
    assert contradicts(f"The tall ships rest there {other} in May.", f"The tall ships rest there {one} in May.")


def test_who_spells_otherwise_does_not_only_repeat_the_question() -> None:
    assert not only_repeats("What do visitors get?", "Visitors get Wi-Fi.", "Visitors get WiFi.")
    assert only_repeats("What do visitors get?", "Visitors get Wi-Fi.", "Visitors get it.")


@pytest.mark.parametrize(
    "words",
    [
        "promise promised promising",
        "precise precisely",
        "surprise surprised surprising",
        "advise advised adviser",
        "exercise exercises exercising",
        "raise raised raising",
        "skill skills skilled",
    ],
)
def test_what_no_american_writes_otherwise_keeps_its_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1
    assert [american(word) for word in words.split()] == words.split()


@pytest.mark.parametrize("word", ["hour", "four", "acre", "genre", "rise", "wise", "colony", "noises", "fulfill"])
def test_other_words_stay(word: str) -> None:
    assert american(word) == word


@pytest.mark.parametrize(
    "part",
    [
        "a-",
        "A.",
        "1.200,",
        "1.200",
        "24 hours ",
        "10 p.m. ",
        "U.S. ",
        "on-site ",
        "€3,50 ",
        "9 ",
        "9",
        "9 reqs ",
        "9/h/",
        "v9.",
        "Mon-",
    ],
)
def test_long_texts_are_read_in_no_time(part: str) -> None:
    """What is quadratic takes minutes."""
    began = time.process_time()
    assert token_recall(part * 40_000, part * 40_000) == 1
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("reference", "response", "held"),
    [("Yes", "true", 1), ("Yes", "True.", 1), ("No", "false", 1), ("Yes", "false", 0), ("No", "It is true of none", 0)],
)
def test_a_mere_value_is_a_yes_or_no(reference: str, response: str, held: float) -> None:
    assert correctness(reference, response) == held


@pytest.mark.parametrize(
    ("response", "right"),
    [
        ("It can be taken from the age of 12.", True),
        ("It is for children aged 12 and over.", True),
        ("The minimum age for Alvorin is 12.", True),
        ("From age 12.", True),
        ("It is for babies aged 12 months.", False),
        ("It can be taken from the age of 11.", False),
        ("It is for children aged 6 to 12.", False),
        ("Take 12 of them at any age.", False),
    ],
)
def test_an_age_is_in_years(response: str, right: bool) -> None:
    assert (correctness("12 years", response) == 1) is right


@pytest.mark.parametrize(
    ("text", "response", "rewritten"),
    [
        ("9:00 to 18:00", "It opens at 9 a.m. and closes at 6 p.m.", "It opens at 9:00 and closes at 18:00."),
        ("9 a.m. to 6 p.m.", "It opens at 09:00. It closes at 18:00.", "It opens at 9 a.m. It closes at 6 p.m."),
        ("until 18:00", "It closes at 6 p.m. Then all leave.", "It closes at 18:00. Then all leave."),
        ("until 18:00", "It closes at 6:00, or at 7 p.m.", "It closes at 6:00, or at 7 p.m."),
        ("at noon", "At 12:00", "At noon"),
        ("18:00", "In 6 hours", "In 6 hours"),
    ],
)
def test_times_are_written_as_a_text_has_them(text: str, response: str, rewritten: str) -> None:
    assert with_times_as_in([text], response) == rewritten


@pytest.mark.parametrize(
    ("reference", "response", "right"),
    [
        ("Version 3.4", "It has been encrypted since 3.4.", True),
        ("Release 3.4", "Dark mode was introduced in version 3.4.", True),
        ("Version 3.4", "It was introduced in v3.4.", True),
        ("Version 4.0", "It needs firmware 4.0.", True),
        ("Version 4.0", "It needs 4.0 GB.", False),
        ("Version 4.0", "It needs 4 of them.", False),
        ("Version 3.4", "It was introduced in 3.5.", False),
        ("Version 3.4", "It takes 3.4 GB.", False),
        ("3.4 GB", "It was introduced in version 3.4.", False),
    ],
)
def test_a_version_is_one_with_its_word_or_without(reference: str, response: str, right: bool) -> None:
    assert (correctness(reference, response) == 1) is right
