"""Bare Chinese answers beside sentences that deny them, or hold their characters in other words."""

from __future__ import annotations

import time

import pytest

from eval.metrics.chinese_polar import contradicts_in_chinese
from eval.metrics.correctness import correctness
from eval.metrics.registry import RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("支持", "应用不支持离线使用。"),
        ("支持。", "应用暂不再支持离线使用。"),
        ("有", "公司没有班车。"),
        ("有", "所有员工都步行上班。"),
        ("需要", "注册不需要实名认证。"),
        ("可以", "员工不可以带宠物上班。"),
        ("能", "目前还不能离线使用。"),
        ("能", "该功能已下线。"),
        ("退款", "商品不予退款。"),
        ("包含", "房费不包含早餐。"),
        ("不支持", "应用支持语音输入。"),
        ("不需要", "注册需要实名认证。"),
        ("不可以", "员工可以带宠物上班。"),
        ("没有", "公司有班车。"),
        ("是", "目前不支持，但这是计划中的功能。"),
        ("是", "不是。"),
        ("否", "您可以查询是否支持。"),
    ],
)
def test_who_says_otherwise_is_not_right(reference: str, response: str) -> None:
    assert contradicts_in_chinese(reference, response)
    assert correctness(reference, response) < RIGHT


@pytest.mark.parametrize(
    ("reference", "response"),
    [
        ("支持", "支持，离线也可以使用。"),
        ("支持", "应用支持离线使用，但不支持语音。"),
        ("支持", "支持，仅限会员。"),
        ("周日", "北辰馆仅周日闭馆。"),
        ("财务主管", "只有财务主管可以审批。"),
        ("不支持", "应用不支持语音，但支持文字输入。"),
        ("不支持", "暂不支持。"),
        ("有", "公司有班车。"),
        ("没有", "公司没有班车。"),
        ("能", "能，离线也能使用。"),
        ("可以", "可以。"),
        ("不可以", "员工不可以带宠物。"),
        ("包含", "早餐包含在房费内。"),
        ("是", "是的，试用是免费的。"),
        ("是", "是。"),
        ("否", "否。"),
        ("未婚", "他未婚。"),
        ("不锈钢", "材料是不锈钢。"),
        ("红色", "不是蓝色，是红色。"),
        ("三天", "需要三天。"),
        ("无", "无"),
    ],
)
def test_who_says_the_same_is(reference: str, response: str) -> None:
    assert not contradicts_in_chinese(reference, response)
    assert correctness(reference, response) == 1


def test_sentences_and_other_scripts_are_compared_elsewhere() -> None:
    assert not contradicts_in_chinese("应用支持离线使用。", "应用不支持离线使用。")
    assert not contradicts_in_chinese("yes", "不是")
    assert not contradicts_in_chinese("。", "不")


@pytest.mark.parametrize("part", ["不", "支持", "不支持", "功能", "不能", "有"])
def test_long_replies_are_read_in_no_time(part: str) -> None:
    begun = time.process_time()
    contradicts_in_chinese("支持", part * 20_000)
    contradicts_in_chinese("有", part * 20_000)
    assert time.process_time() - begun < 5
