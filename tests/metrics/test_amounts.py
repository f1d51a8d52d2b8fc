"""Numbers with their units: which are the same amount."""

from __future__ import annotations

import pytest

from eval.metrics.amounts import gives_in_another_unit
from eval.metrics.contradiction import contradicts

SAME = [
    ("2 weeks", "14 days"),
    ("two weeks", "14 days"),
    ("a fortnight", "14 days"),
    ("1 hour", "60 minutes"),
    ("half an hour", "30 minutes"),
    ("90 minutes", "1 hour and 30 minutes"),
    ("90 minutes", "1 hour 30 minutes"),
    ("90 minutes", "1.5 hours"),
    ("100 minutes", "1.7 hours"),
    ("1.5 GB", "1500 MB"),
    ("2 GiB", "2048 MiB"),
    ("one year", "12 months"),
    ("a year", "12 months"),
    ("52 weeks", "365 days"),
    ("30 days", "one month"),
    ("90 days", "3 months"),
    ("1.2 km", "1200 metres"),
    ("2 g", "2000 mg"),
    ("10 kg", "10,000 g"),
    ("0.5 grams", "500,000 µg"),
    ("1500 ml", "1.5 litres"),
    ("three years", "36 mos"),
    ("10 working days", "two weeks"),
    ("10 business days", "14 days"),
    ("ten full hours", "600 minutes"),
    ("two whole weeks", "14 calendar days"),
]
OTHERS = [
    ("11 days", "3 months"),
    ("2 weeks", "15 days"),
    ("10 seconds", "5 minutes"),
    ("1 MiB", "4 GiB"),
    ("800 metres", "3 km"),
    ("20 g", "2000 mg"),
    ("2 g", "2000 g"),
    ("10 kg", "1,000 g"),
    ("1500 ml", "15 litres"),
    ("one year", "18 months"),
    ("two years", "three years"),
    ("two weeks", "two months"),
    ("2 weeks", "two months"),
    ("one month", "one week"),
    ("10 working days", "10 weeks"),
    ("10 working days", "three weeks"),
    ("10 working days", "10 hours"),
    ("12 calendar months", "12 weeks"),
    ("3 to 5 business days", "3 to 5 weeks"),
    ("3-5 business days", "two weeks"),
    ("2-3 business days", "3-5 business days"),
    ("2 to 3 days", "3 to 5 days"),
    ("2 to 3 days", "4 to 3 days"),
    ("a week", "7 weeks"),
    ("30 days", "a week"),
    ("a week and then leave", "7 weeks and then leave"),
    ("a month", "14 days"),
    ("a month", "a week"),
    ("a year", "3 months"),
    ("14 May", "3 June"),
    ("14 May", "14 June"),
]


@pytest.mark.parametrize(("one", "other"), [*SAME, *((other, one) for one, other in SAME)])
def test_the_same_amount_is_no_other_number(one: str, other: str) -> None:
    assert not contradicts(f"The tall ships rest for {one}.", f"The tall ships rest for {other}.")
    assert gives_in_another_unit("How long do they rest?", f"They rest for {one}.", f"They rest for {other}.")


@pytest.mark.parametrize(("one", "other"), [*OTHERS, *((other, one) for one, other in OTHERS)])
def test_another_amount_of_the_same_dimension_contradicts(one: str, other: str) -> None:
    assert contradicts(f"The tall ships rest for {one}.", f"The tall ships rest for {other}.")
    assert not gives_in_another_unit("How long do they rest?", f"They rest for {one}.", f"They rest for {other}.")


SAME_TIME = [
    ("9:00", "09:00"),
    ("9:00", "9.00 am"),
    ("9:30 am", "09:30"),
    ("9:30 am", "9.30 a.m."),
    ("9:30", "9.30"),
    ("9:30", "9:30 pm"),
    ("2 pm", "14:00"),
    ("2:00 pm", "14:00h"),
    ("8 am to 5 pm", "08:00 to 17:00"),
    ("8 am to 5 pm", "8:00-17:00"),
    ("12:00", "noon"),
    ("09:00", "9 o'clock"),
    ("12 pm", "noon"),
    ("12 am", "midnight"),
    ("00:00", "midnight"),
    ("8 am", "8"),
    ("8 am to 5 pm", "8 to 17"),
    ("9:30 am", "half past nine"),
    ("9am-5pm", "09:00-17:00"),
]
OTHER_TIME = [
    ("9:30 am", "9 pm"),
    ("9:30 am", "9:30 pm"),
    ("09:30", "9:30 pm"),
    ("8:00", "9:00"),
    ("9am-5pm", "9am-6pm"),
    ("8", "9 am"),
    ("9:30", "10.30"),
    ("noon", "15:00"),
    ("midnight", "6 am"),
    ("8 am to 5 pm", "8 am to 3 pm"),
    ("8:00–20:00", "8:00–21:00"),
    ("8:00–20:00", "9:00–20:00"),
    ("10 am to 10 pm", "10:00 to 23:00"),
]


@pytest.mark.parametrize(("one", "other"), [*SAME_TIME, *((other, one) for one, other in SAME_TIME)])
def test_a_time_of_day_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert not contradicts(f"The tall ships leave at {one} on Fridays.", f"The tall ships leave at {other} on Fridays.")


@pytest.mark.parametrize(("one", "other"), [*OTHER_TIME, *((other, one) for one, other in OTHER_TIME)])
def test_another_time_of_day_contradicts(one: str, other: str) -> None:
    assert contradicts(f"The tall ships leave at {one} on Fridays.", f"The tall ships leave at {other} on Fridays.")


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("You get 28 days of leave a year.", "You get 28 days of leave within 12 months of work."),
        ("You get 28 days of leave a year.", "You get 28 days of leave a year, and 3 more each month at sea."),
        ("Laptops are checked once a month.", "Laptops are checked once a month, for 2 weeks."),
        ("Logs are kept for a week.", "Logs are kept for 1 week."),
        ("The notice is two weeks.", "The notice is two weeks, for two months at the start."),
        ("It takes 90 minutes.", "It takes an hour and a half."),
        ("It takes 3 to 5 days.", "It takes up to 5 days."),
        ("Books are published every year.", "Books are published every year, and often late."),
        ("Reports are due every month.", "Reports are due each month, within 5 days."),
        ("Reports are due every month.", "Reports are due monthly, within 5 days."),
        ("Reports are due every year.", "Reports are due once per year, within 5 days."),
        ("Images are built every second Monday.", "Images are built every second Monday, at noon."),
    ],
)
def test_a_rate_is_no_amount(reference: str, response: str) -> None:
    """Nor is what is told beside the amount of the reference another one."""
    assert not contradicts(reference, response)


def test_chinese_hours_are_compared_across_the_names_of_days() -> None:
    assert not contradicts("周二至周五8点到17点", "星期二到星期五8点-17点")
    assert contradicts("周二至周五8:00—17:00", "星期二到星期五8点到16点")


def test_a_time_of_day_written_otherwise_is_given() -> None:
    assert gives_in_another_unit("When do they leave?", "They leave at 2 pm.", "They leave at 14:00.")
    assert not gives_in_another_unit("When do they leave?", "They leave at 2 pm.", "They leave at 15:00.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at 030 1234567", "at 030 123 45 67"),
        ("at 030 1234567", "at (030) 1234567"),
        ("at 030/1234567", "at 030-123-4567"),
        ("at +49 30 1234567", "at +49 30 123 45 67"),
        ("with 1.4 kg of tea", "with 1,4 kg of tea"),
        ("with 2.5 hours of rest", "with 2½ hours of rest"),
        ("with 2.5 hours of rest", "with 2 1/2 hours of rest"),
    ],
)
def test_a_number_is_the_same_however_it_is_spaced(one: str, other: str) -> None:
    assert not contradicts(f"The tall ships are there {one} in May.", f"The tall ships are there {other} in May.")
    assert not contradicts(f"The tall ships are there {other} in May.", f"The tall ships are there {one} in May.")
    wrong = other.replace("4", "8").replace("2", "7")
    assert contradicts(f"The tall ships are there {one} in May.", f"The tall ships are there {wrong} in May.")


def test_what_the_question_has_already_is_not_given() -> None:
    assert not gives_in_another_unit("How is it after 7 days?", "After 7 days it is cold.", "After a week it is.")
    assert not gives_in_another_unit("How long?", "7 days", "7 days")  # the same unit
