"""Chinese numbers are as good as digits, and another one contradicts."""

from __future__ import annotations

import time

import pytest

from eval.metrics.chinese_numbers import in_digits
from eval.metrics.contradiction import contradicts
from eval.metrics.correctness import correctness


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("三十天内", "30天内"),
        ("三天", "3天"),
        ("十二个月", "12个月"),
        ("两百元", "200元"),
        ("两千零五十人", "2050人"),
        ("一万五千元", "15000元"),
        ("三亿人", "300000000人"),
        ("一百二十三次", "123次"),
        ("二〇二四年三月十五日", "2024年3月15日"),
        ("百分之三十五", "35%"),
        ("第一名", "第1名"),
        ("十多天", "10多天"),
        ("2万元", "20000元"),
        ("3.5万元", "35000元"),
        ("2千万元", "20000000元"),
        ("三点五元", "3.5元"),
        ("百分之三点五", "3.5%"),
        ("百分之百", "100%"),
        ("2万5千人", "25000人"),
        ("1亿2千万元", "120000000元"),
        ("三点五分钟", "3.5分钟"),
        ("三点钟", "3点钟"),
        ("三点五分", "3点5分"),
        ("十点三十分", "10点30分"),
        ("九点三十五", "9点35"),
    ],
)
def test_numbers_before_what_they_count_are_digits(text: str, written: str) -> None:
    assert in_digits(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "三五天",
        "两三天",
        "万一个人",
        "星期三",
        "十分好",
        "一些",
        "千万个",
        "5千2万人",
        "2万5千",
        "天天",
        "5三天",
        "几十天",
        "数十天",
    ],
)
def test_what_is_no_single_number_stays(text: str) -> None:
    assert in_digits(text) == text


def test_another_number_contradicts_and_the_same_in_digits_does_not() -> None:
    assert correctness("三天", "3天") == 1
    assert contradicts("文件在三十天内可以恢复。", "文件在九十天内可以恢复。")
    assert not contradicts("文件在三十天内可以恢复。", "文件在30天内可以恢复。")
    assert not contradicts("补贴上限为2万元", "补贴上限为两万元")
    assert contradicts("会场可以容纳2万5千人。", "会场可以容纳2万6千人。")


def test_long_runs_are_read_at_once() -> None:
    began = time.process_time()
    in_digits("三十百千万亿" * 20_000 + "天")
    in_digits("2万5千" * 40_000)
    assert time.process_time() - began < 10
