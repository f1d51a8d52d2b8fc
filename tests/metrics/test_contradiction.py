"""Answers that contradict their reference, and right ones beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics.contradiction import contradicts
from eval.metrics.correctness import correctness
from eval.metrics.recall import coverage
from eval.metrics.registry import RIGHT

LOGS = "Logs are kept for 365 days."
PODS = "Pods of the Ebb tier may be preempted."
MANAGERS = "Managers can approve requests."
GARAGE = "Visitors may not park in the garage."
INTERNS = "Interns do not get a bonus, but they get a meal allowance."
RESTORED = "Deleted files can be restored within 30 days."
FREE_PLAN = "The feature is not available in the free plan."
EU = "Data is stored in the EU."
INSURANCE = "Interns are not eligible for health insurance."
SHARED = "Guests cannot join private channels."
CARRIED = "Employees can carry over five unused days."


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        (LOGS, "Logs are kept for 364 days."),
        (LOGS, "By default, the logs are kept for 30 days."),
        (LOGS, "Logs are kept for 365 hours."),
        (LOGS, "Logs are not kept for 365 days."),
        (LOGS, "Logs are never kept for 365 days."),
        (LOGS, "No, logs aren't kept for 365 days."),
        (LOGS, "Logs are no longer kept for 365 days."),
        (LOGS, "They are kept. But logs cannot be kept for 365 days."),
        ("Logs are not kept.", "Logs are kept."),
        ("Logs are never kept on disk.", "Logs are always kept on disk."),
        ("Pods are evicted until the node is empty.", "Pods are not evicted until the node is empty."),
        ("The nodes run Kueue 0.9.1.", "The nodes run Kueue 0.9.2."),
        ("The licence costs $5,000.", "The licence costs €5,000."),
        ("Ports 80, 443 and 8080 are open.", "Ports 80, 444 and 8080 are open."),
        ("The review is on 18 May 2018.", "The review is on May 17th, 2018."),
        ("The freeze is in the third week.", "The freeze is in the fourth week."),
        ("2:30 pm", "The cut-off is 2:30 am."),
        ("enabled", "It is not enabled by default."),
        ("encrypted", "Backups are not encrypted."),
        ("required", "No, a deposit is not required."),
        ("case-sensitive", "User names are not case-sensitive."),
        ("encrypted", "Backups are not currently encrypted."),
        ("fails", "It does not fail."),
        ("New York", "It is not in New York."),
        ("Plan A", "It is part of Plan B, not Plan A."),
        ("Plan A", "It's not Plan A, it's Plan B."),
        ("drive D", "It is on drive C, not drive D."),
        ("Room 12", "The meeting is not in Room 12 (not in any room)."),
        ("9:15 a.m.", "The office opens at 9:15 p.m. (local time)."),
        ("claims@acme.com", "Write to help@acme.com."),
        ("The tall stone tower was built in the 1960s.", "The tall stone tower was built in 1972."),
        ("It cools to -5 degrees.", "It cools to 5 degrees."),
        ("The limit is 65% of memory.", "The limit is 56% of memory."),
        ("The harbour keeps its logs for 11 days.", "The harbour keeps its logs for 3 months."),
        ("The disk takes 1 MiB of the logs.", "The disk takes 4 GiB of the logs a day."),
        ("Version 3 was released on 14 May 2024.", "Version 3 was released on 3 June 2024."),
        ("The warranty of it is two years.", "The warranty of it is three years."),
        ("Shipping costs €12.90 in the country.", "Shipping costs $12.90 in the country."),
        ("27 working days", "Employees get 20 working days of annual leave in a year."),
        ("on the 25th of each month", "The salaries of all employees are paid on the 15th of each month."),
        ("every four years", "The laptops of all employees are replaced by the office every six years."),
        ("It costs $49 per month.", "It costs $49 per year."),
        ("100 requests per minute", "Callers have 100 requests per second."),
        ("The plan costs $5 per user per month.", "The plan costs $5 per user yearly."),
        ("weekly", "every two weeks"),
        ("weekly", "It is fortnightly, every two weeks."),
        ("weekly", "bi-weekly"),
        ("daily", "every other day"),
        ("daily", "every second day"),
        ("every two weeks", "It is every three weeks."),
        ("Backups are taken every other day.", "Backups are taken every day."),
        ("Backups are taken every two weeks.", "Backups are taken weekly, in two copies."),
        ("1 day", "24 hours a day"),
        ("one week", "7 days a week"),
        ("one week", "7 days per week"),
        ("more than 5", "fewer than 5"),
        ("more than 5 days", "It takes less than five days."),
        ("older than 18", "It is for those younger than 18."),
        ("Orders of more than $50 ship free.", "Orders of less than $50 ship free."),
        ("You need at least 8 GB of memory.", "You need at most 8 GB of memory."),
        ("You need ≥ 8 GB of memory.", "You need at most 8 GB of memory."),
        ("A refund takes less than 14 days.", "A refund takes >14 days."),
        ("Yes, a deposit is required.", "No deposit is required."),
        ("There is no wifi in the rooms.", "There is wifi in the rooms."),
        ("Entry is possible without a ticket.", "Entry is possible with a ticket."),
        ("Yes, Ebb jobs may be preempted.", "No, Ebb jobs may be preempted."),
        ("The thermostat works without internet.", "The thermostat does not work without internet."),
        ("The speaker works with Aster but not with Birch.", "The speaker does not work with Aster."),
        ("Logs are kept but not encrypted.", "Logs are not kept."),
        ("The plan includes support, although calls are not free.", "The plan does not include support."),
        ("A refund takes more than 14 days.", "A refund does not take more than 14 days."),
        ("A refund takes longer than 14 days.", "A refund never takes more than fourteen days."),
        ("Staff may carry over not more than five days.", "Staff may carry over more than five days."),
        ("A job that failed 5 times is moved.", "A job is never moved after it failed 5 times."),
        ("A cluster can have more than 5,000 nodes.", "A cluster cannot have more than 5000 nodes."),
        ("Up to three home days are allowed.", "Not more than four home days are allowed."),
        ("Dogs are allowed after 5 weeks.", "Dogs are not allowed, though after 5 weeks they are seen."),
        (MANAGERS, "Managers cannot approve requests."),
        (MANAGERS, "Managers cannot approve requests at all."),
        (MANAGERS, "Managers can approve requests. Managers cannot approve requests."),
        (MANAGERS, "Managers can approve requests. Managers cannot approve requests at all."),
        (MANAGERS, "Managers can approve requests. However, they cannot approve requests."),
        (MANAGERS, "Managers cannot approve requests. Directors can approve requests."),
        (MANAGERS, "They can approve expenses. Managers cannot approve requests from staff."),
        ("Marie Curie", "Marie Curie was a physicist. The discoverer was not Marie Curie."),
        ("Dogs are allowed.", "Dogs and cats are not allowed."),
        ("Alcohol is allowed on the premises.", "Alcohol is prohibited on the premises."),
        ("Alcohol is prohibited on the premises.", "Alcohol is allowed on the premises."),
        (GARAGE, "Visitors may park in the garage."),
        (GARAGE, "Visitors may not park on the street. Visitors may park in the garage for free."),
        (EU, "Data is not stored in the EU and stored in the US."),
        (EU, "Data is stored in the US, not in the EU."),
        (INTERNS, "Interns do get a bonus, and they get a meal allowance."),
        (INTERNS, "Interns get a bonus. They do not get a meal allowance."),
        (RESTORED, "Deleted files cannot be restored within 30 days. After 30 days, they can be restored."),
        (INSURANCE, "Interns are eligible for health insurance, but not for dental insurance."),
        (INSURANCE, "Interns are eligible for health insurance, though they are not eligible for dental."),
        (INSURANCE, "Interns can get health insurance."),
        (SHARED, "Guests can join private channels, but cannot create them."),
        (SHARED, "Guests can join private channels; they cannot create them."),
        ("Tips are not included in the price.", "Tips are included in the price, but taxes are not."),
        (GARAGE, "Visitors may park in the garage, but not on the street."),
        (CARRIED, "Employees are not allowed to carry over five unused days."),
        (CARRIED, "Employees are unable to carry over five unused days."),
        (CARRIED, "Employees are no longer permitted to carry over five unused days."),
        (CARRIED, "Employees are prohibited from carrying over five unused days."),
        ("Employees are not allowed to carry over days.", "Employees can carry over days."),
        ("Employees cannot carry over days.", "Employees are allowed to carry over days."),
        ("Employees are allowed to carry over days.", "Employees cannot carry over days."),
        ("Employees are allowed to carry over days.", "Employees are not allowed to carry over days."),
        ("Contractors must sign the agreement.", "Contractors do not need to sign the agreement."),
        ("Contractors must sign the agreement.", "Contractors are not required to sign the agreement."),
        ("Contractors do not need to sign the agreement first.", "Contractors must sign the agreement first."),
        ("Guests are not obliged to leave tips.", "Guests must leave tips."),
        ("Lost files can be restored.", "It is impossible to restore lost files."),
        ("Dogs are allowed.", "You are not allowed to bring dogs."),
        ("The token expires after 30 minutes.", "The token expires after 30 days, the other one after 30 hours."),
        ("Logs are kept for 3 days, 3 GB at most.", "Logs are kept for 3 weeks, 3 GB at most."),
        ("日志保留365天。", "日志保留30天。"),
        ("日志保留365天。", "日志不保留365天。"),
        ("节点没有限制。", "节点有限制。"),
    ],
)
def test_what_cannot_both_be_true_is_not_right(reference: str, response: str) -> None:
    assert coverage(reference, response) >= RIGHT  # the words alone would do
    assert contradicts(reference, response)
    assert correctness(reference, response) == coverage(reference, response) / 2 < RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        (LOGS, "365 days."),
        (LOGS, "Since version 2.3, logs are kept for 365 days, and 30 of them on disk."),
        (LOGS, "Logs are not deleted before 365 days have passed."),
        ("Logs are kept. The disk holds 365 of them.", "Logs are kept [1]."),
        ("Three pillars, named in 2015, hold it: speed, safety, cost.", "They are\n1. Speed\n2. Safety\n3. Cost"),
        ("Logs are kept for long. It has 20 nodes.", "Logs are kept for long. Users pay 5 euros."),
        (LOGS, "No log is deleted for 365 days; logs are kept."),
        (LOGS, "Logs are kept for 365 days. Traces are not kept."),
        ("365 days", "Logs are kept for 365 days, not for 30."),
        ("Logs are kept for 1 day.", "Logs are kept for 24 hours."),
        ("It waits at most 8 seconds.", "It waits no more than eight seconds."),
        ("It was abolished in 1967.", "It was not abolished until 1967."),
        ("It was not abolished until 1967.", "It was abolished in 1967."),
        ("Pods are evicted.", "Pods are not only evicted but also restarted."),
        ("Pods that do not tolerate the taint are evicted.", "Pods are evicted unless they tolerate the taint."),
        ("No pod may cross.", "Pods may not cross."),
        ("A deposit is required.", "A deposit is required, with no exceptions."),
        ("Items can be returned.", "Items can be returned with no return fee."),
        ("Members can use the pool.", "Members can use the pool. There is no pool for children."),
        ("X is no longer supported.", "X is not supported any longer."),
        ("It never says that nobody came.", "It never says nobody came."),
        ("Ebb may not be left without notice.", "Ebb is left with notice."),
        ("Version 3 was released on 14 May 2024.", "Version 3 came out in May 2024, on the 14th."),
        ("It is open from 3 to 14 May.", "It is open from 3 May to 14 May."),
        (LOGS, "Logs are kept for 365 days, and traces for 2 weeks."),
        ("It costs 5 dollars.", "It costs 6 percent."),
        ("You get 28 days of leave a year.", "You get 28 days of leave in 12 months."),
        ("$49 per month", "It costs $49 a month, or $490 per year."),
        ("$49 per month", "It costs $588 per year, or $49 monthly."),
        ("5 dollars per user per month", "Each user costs 5 dollars every month."),
        ("1,500 euros per year", "1500 € a year"),
        ("more than 5", "> 5"),
        ("more than 5", "There are more than 5, fewer than 5 on Fridays."),
        ("more than 5", "at least 5"),
        ("more than 5 and less than 9", "less than 9, more than 5"),
        ("at most 5", "not more than 5"),
        ("at least 5", "no fewer than 5"),
        ("Orders of more than $50 ship free.", "Orders of less than $50 pay for shipping."),
        ("You need at least 8 GB of memory.", "You need at least 8 GB of memory and at most 8 GB of disk."),
        ("You need at least 8 GB of memory.", "You need 8 GB of memory, the disk at most 8 GB."),
        ("weekly", "every week"),
        ("weekly", "once a week"),
        ("weekly", "weekly, and every two weeks in summer"),
        ("every two weeks", "fortnightly"),
        ("every two weeks", "every other week"),
        ("every two weeks", "every second week"),
        ("Backups are taken weekly.", "Backups are taken once a week, and tested every two weeks."),
        ("$49 monthly", "$49 a month, paid every 3 months"),
        ("twice weekly", "twice a week, every two weeks a full one"),
        ("every 24 hours", "daily"),
        ("24 hours", "24 hours a day"),
        ("24 hours a day", "24 hours a day"),
        ("1 hour", "60 minutes a day"),
        ("one day", "Within a day; the desk is open 24 hours a day."),
        ("1,500 euros per year", "1500€ a year"),
        (LOGS, "Logs are kept for three hundred and sixty-five days."),
        ("The limit is 10,000 pods.", "The limit is 10 000 pods."),
        ("It costs $5,000.", "It costs 5k."),
        ("Ports 80, 443 and 8080 are open.", "Ports 80 and 443 are open."),
        ("The tower was built in the 1960s.", "The tower was built in 1962."),
        ("The tower was built in 1962.", "It was built in the 1960s."),
        ("The review is on 18 May 2018.", "The review is on 2018-05-18."),
        ("The nodes run v1.35.", "The nodes run 1.35."),
        ("The limit is 2 GiB.", "The limit is two gibibytes."),
        ("Knots reset on the first Monday.", "Knots reset on the 1st Monday of each month."),
        (PODS, "Yes, pods of the Ebb tier may be preempted."),
        (PODS, "No, but pods of the Ebb tier may be preempted."),
        ("Yes, Ebb jobs may be preempted.", "Yes. Ebb jobs may be preempted."),
        ("Yes, staff may enter.", "No-one but staff may enter."),
        ("It runs no longer than 52 hours.", "It runs at most 52 hours."),
        ("The speaker works with Aster but not with Birch.", "The speaker does not work with Birch."),
        ("The speaker works with Aster but not with Birch.", "The speaker does not work with Birch, but with Aster."),
        ("Logs are kept but not encrypted.", "Logs are not encrypted but kept."),
        ("It is not only fast but also cheap.", "It is not only fast, it is cheap."),
        ("Overtime is not paid but compensated.", "Overtime is compensated, not paid."),
        ("There is nothing but sand.", "There is only sand."),
        ("Up to three home office days are allowed.", "Not more than three home office days are allowed."),
        ("Up to three home office days are allowed.", "You aren't allowed more than 3 home office days."),
        ("At most five days can be carried over.", "You cannot carry over more than five days."),
        ("You cannot carry over more than five days.", "At most five days can be carried over by you."),
        ("You can carry over up to five days.", "You cannot carry over more than five days."),
        ("Attachments may have up to 25 MB.", "Attachments may not have over 25 MB."),
        ("A refund takes up to 14 days.", "A refund never takes longer than 14 days."),
        ("Claims must be submitted within 30 days.", "Claims must not be submitted later than 30 days after."),
        ("A cluster can have up to 5,000 nodes.", "A cluster cannot have more than 5,000 nodes."),
        ("Leave can be taken only after six months.", "Leave cannot be taken before six months."),
        ("A refund does not take more than 14 days.", "A refund never takes more than 14 days."),
        (MANAGERS, "Managers can approve requests. Employees cannot approve their own requests."),
        (MANAGERS, "Managers can approve requests, but managers cannot approve their own requests."),
        (GARAGE, "Visitors are prohibited from parking in the garage."),
        (GARAGE, "Visitors may not park in the garage. Employees may park in the garage."),
        (GARAGE, "Only employees may park in the garage; visitors may not."),
        (INTERNS, "Interns get a meal allowance. They do not get a bonus."),
        (INTERNS, f"{INTERNS} Contractors do not get a meal allowance."),
        (INTERNS, "Interns get a meal allowance, but they are not entitled to a bonus."),
        ("Interns do not get a bonus.", "Interns get an allowance, but no bonus."),
        ("Interns do not get a bonus.", "Interns get an allowance, but they do not get a bonus."),
        ("Tips are not included in the price.", "Taxes are included in the price, but tips are not."),
        (GARAGE, "Visitors can park on the street, but not in the garage."),
        (GARAGE, "Visitors are not allowed to park in the garage."),
        (SHARED, "Guests can write to members, but are not able to join private channels."),
        ("Smoking is not allowed.", "You are not allowed to smoke."),
        ("You do not need a visa.", "No visa is needed."),
        ("A visa is not required to enter.", "You do not need a visa to enter."),
        ("Part-timers get a bonus.", "Part-timers get a bonus. Interns are not eligible for a bonus."),
        (MANAGERS, "Managers can approve requests. Staff are not allowed to approve requests."),
        (RESTORED, f"{RESTORED} After 30 days, they can't be restored."),
        (RESTORED, f"{RESTORED} Files in the archive cannot be restored."),
        (FREE_PLAN, "The feature is available in the Pro plan and above. It is not available in the free plan."),
        (FREE_PLAN, "The feature is only available in the paid plans, not in the free plan."),
        (EU, "Data is stored in the EU and not stored in the US."),
        ("The plan includes support.", "Calls cost 5 euros an hour everywhere and are not included in it."),
        (EU, "Data is stored in the EU, while data is not stored in other regions."),
        ("The API key is shown once.", "The API key is shown once and cannot be shown again."),
        ("Orders under $50 do not ship free.", "Orders under $50 do not ship free. Orders over $50 ship free."),
        ("Orders over $50 ship free.", "Orders over $50 ship free; orders under $50 do not ship free."),
        ("30 minutes", "The access token expires after 30 minutes, the refresh token after 30 days."),
        ("Up to 5 days can be carried over.", "Up to 5 days can be carried over, after 5 years of service 10 days."),
        ("At least 8 GB", "You need at least 8 GB of RAM and 8 TB of disk."),
        ("Students get 20% off.", "Students get 20% off, and $20 of credit."),
        ("required", "A deposit is not only usual but required."),
        ("supported", "IPv6 is supported, while the relay of it is not supported."),
        ("owners", "Guests cannot delete it, owners can."),
        ("enabled", "It's enabled by default, so you do not need to enable it."),
        ("enabled", "Since it is enabled by default, you need not enable it."),
        ("active", "It is active, so you don't need to activate it."),
        ("saved", "Logs are saved even if you do not save them."),
        ("Plan A", "It is part of Plan A, not Plan B."),
        ("Plan C", "Plan C, not Plan B"),
        ("Plan B", "It is not in Plan A; it is in Plan B."),
        ("Team B", "Team B and not Team A won."),
        ("vitamin C", "vitamin C, not vitamin D"),
        ("Ctrl+S", "Press Ctrl+S, not Ctrl+C."),
        ("New York", "The head office is in New York (not New Jersey)."),
        ("New York", "New York – not New Jersey – is the seat."),
        ("New York", "New York — not New Jersey — is the seat."),
        ("port 8080", "Use port 8080 (not port 80)."),
        ("Room 12", "The meeting isn't in Room 11, it's in Room 12."),
        ("eu-west-1", "It runs in eu-west-1 (not in eu-west-2)."),
        ("日志保留365天。", "日志会保留365天。"),
        ("日志不超过8条。", "日志最多8条。"),
        ("日志保留365天。", "不，日志保留365天。"),
        ("", "Logs are not kept."),
        (LOGS, ""),
    ],
)
def test_what_may_both_be_true_is_no_contradiction(reference: str, response: str) -> None:
    assert not contradicts(reference, response)
    assert correctness(reference, response) == coverage(reference, response)


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("Ingrid Solbakk maintains Mooring.", "Torvald Eikrem maintains Mooring."),
        ("Kueue preempts Ebb for Gale.", "Kueue preempts Gale for Ebb."),
        ("The policy blocks all traffic.", "The policy allows all traffic."),
        ("The plugin keeps logs.", "The plugin fails to keep logs."),
        ("It runs on two nodes.", "It runs on one node."),
    ],
)
def test_names_roles_opposites_and_the_smallest_number_words_are_not_looked_at(reference: str, response: str) -> None:
    """What docs/metrics.md says it lets through."""
    assert not contradicts(reference, response)


def test_a_number_that_is_rounded_is_taken_for_another() -> None:
    """As docs/metrics.md says too."""
    assert contradicts("It holds 4.97 million rows.", "It holds about 5 million rows.")


WORDS_SAID = ("logs", "are", "not", "no", "kept", "until", "but", "365", "30", "3", "days", "weeks", "two", "May")
SAID = st.sampled_from((*WORDS_SAID, "1960s", "Yes,", "."))
WORDS = st.lists(SAID, max_size=9)


@given(st.one_of(WORDS.map(" ".join), st.text(max_size=40)))
def test_a_sentence_does_not_contradict_itself(text: str) -> None:
    assert not contradicts(text, text)


def test_a_long_run_of_digits_is_read_in_no_time() -> None:
    """Small models repeat themselves: what is quadratic takes longer than a test may."""
    response = "7" * 200_000 + " 1,1" * 60_000
    assert not contradicts("$49 per month", response)
