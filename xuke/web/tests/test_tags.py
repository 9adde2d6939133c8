"""The words of a template."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template

from xuke.foundation.calendar import WorkingCalendar
from xuke.foundation.clock import Mark, read
from xuke.foundation.refusals import Problem
from xuke.foundation.workflow import State
from xuke.web import icons
from xuke.web.buttons import Button, Kind
from xuke.web.pieces import Happening, Link, Seat, Stop
from xuke.web.templatetags import xuke as tags

TODAY = date(2026, 10, 16)


def render(source, **context):
    return Template(source).render(Context({"today": TODAY, **context}))


def clock(*marks, today=TODAY):
    return read(marks, allowed=10, today=today, calendar=WorkingCalendar(), start_word="受理")


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """A process looks each icon up once."""
    tags._drawn.cache_clear()
    yield
    tags._drawn.cache_clear()


@pytest.fixture
def drawings(settings, tmp_path):
    folder = tmp_path / "icons" / "outline"
    folder.mkdir(parents=True)
    canvas = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'
    (folder / "clock.svg").write_text(f'<svg\n  width="24"\n>\n  {canvas}\n  <path d="M12 7v5" />\n</svg>')
    settings.STATICFILES_DIRS = [("vendor", tmp_path)]


def test_an_icon_is_drawn_into_the_page_and_hidden_from_screen_readers(drawings):
    html = render('{% icon "clock" "red" %}')
    assert 'aria-hidden="true"' in html
    assert 'class="xk-i xk-red"' in html
    assert '<path d="M12 7v5"/>' in html
    assert "M0 0h24v24H0z" not in html


def test_an_icon_nobody_listed_is_a_mistake_of_ours(drawings):
    with pytest.raises(icons.UnknownIcon, match="rocket"):
        render('{% icon "rocket" %}')


def test_a_page_without_the_icons_still_has_its_words(settings, caplog):
    settings.STATICFILES_DIRS = []
    assert render('{% icon "clock" %}剩3个工作日') == "剩3个工作日"
    assert "set-up" in caplog.text


def test_a_copied_number_has_no_spaces():
    html = render('{% identifier number "sc" %}', number="SC12442050600219")
    assert html.startswith('<span class="xk-id"><span>SC</span><span>124</span>')
    assert " " not in html.removeprefix('<span class="xk-id">')


def test_an_identifier_from_outside_is_escaped():
    assert "<script>" not in render('{% identifier number "sc" %}', number="<script>")


def test_when_carries_the_machine_value_in_china():
    html = render("{% when at %}", at=datetime(2026, 10, 16, 2, 24, tzinfo=UTC))
    assert html == '<time datetime="2026-10-16T10:24:00+08:00">10月16日 10:24</time>'


def test_when_of_nothing_is_nothing():
    assert render("{% when at %}", at=None) == ""


def test_the_filters_for_days():
    day = date(2026, 11, 21)
    assert render("{{ day|day:today }} {{ day|day }} {{ day|full_day }} {{ day|weekday }}", day=day) == (
        "11月21日 2026年11月21日 2026年11月21日 星期六"
    )


def test_the_filters_of_nothing():
    assert render("[{{ x|day:today }}{{ x|moment:today }}{{ x|weekday }}{{ x|file_size }}{{ x|wan }}]", x=None) == "[]"


def test_an_article_opens_by_click_or_key():
    html = render('{% law "行政许可法第三十二条" %}一次告知 & 全部内容。{% endlaw %}')
    page = "/laws/administrative-permit-law/32/"
    start = f'<details class="xk-law"><summary>依据</summary><div><b><a href="{page}">行政许可法第三十二条</a></b>'
    assert html.startswith(start + "<br>一次告知 & 全部内容。")


def test_an_article_says_what_the_page_does_not_and_what_is_still_to_be_checked():
    html = render("{% law basis %}{% endlaw %}", basis="某县规定第三条；食品生产许可审查通则（2022版）第三十一条<b>")
    assert "<b>某县规定第三条；<a href=" in html and "&lt;b&gt;" in html
    assert "书面申请中止" in html and "待核实" in html
    assert "不是现行规定" in render('{% basis "食品生产许可管理办法（2015年）第二十二条" %}')


def test_a_badge_takes_its_word_and_tone_from_the_workflow_table():
    state = State("granted", "准予许可", "ok")
    assert render("{% badge state %}", state=state) == '<span class="xk-badge ok">准予许可</span>'
    assert render('{% badge "免交" "ok" %}') == '<span class="xk-badge ok">免交</span>'
    assert render('{% badge "已提交" %}') == '<span class="xk-badge">已提交</span>'


def test_a_clock_says_its_light_in_words_and_its_share_as_a_pie():
    reading = clock(Mark(date(2026, 9, 28), "start"))
    assert render("{% clock_chip reading %}", reading=reading) == (
        f'<span class="xk-clock r" style="--used:{reading.used * 10}%">{reading.chip}</span>'
    )
    assert reading.short in render('{% clock_chip reading "short" %}', reading=reading)


def test_a_paused_clock_shows_no_share():
    reading = clock(Mark(date(2026, 9, 24), "start"), Mark(date(2026, 10, 12), "pause", "企业停电"))
    assert render("{% clock_chip reading %}", reading=reading).startswith('<span class="xk-clock p" style="--used:0%">')


def test_the_clock_day_by_day_says_the_same_to_screen_readers():
    marks = (
        Mark(date(2026, 9, 24), "start"),
        Mark(date(2026, 10, 12), "pause", "停电"),
        Mark(date(2026, 10, 14), "resume"),
    )
    html = render('{% include "web/_clock_days.html" with term="决定时限" %}', reading=clock(*marks))
    assert "决定时限10个工作日，已用到第9日。" in html
    assert '<div class="xk-day t"><b>今天</b><em>第9日</em>' in html
    assert '<time datetime="2026-10-10">10月10日</time>：第6日，调休上班' in html
    assert '<time datetime="2026-10-12">10月12日</time>：不计入，中止：停电' in html
    assert '<time datetime="2026-10-19">10月19日</time>：将计入，第10日，到期' in html


def test_a_closed_step_stays_in_reach_and_says_why():
    html = render(
        '{% include "web/_actions.html" %}', buttons=[Button("要求补正", "/x/", reason="受理后不能再要求补正。")]
    )
    assert 'aria-disabled="true" aria-describedby="why-1"' in html
    assert "受理后不能再要求补正。" in html
    assert " disabled" not in html
    assert "<form" not in html


def test_an_open_step_is_a_form_and_one_that_asks_more_is_a_link():
    take = Button("领取", "/claim/", kind=Kind.PRIMARY, fields=(("version", "3"),))
    html = render('{% include "web/_actions.html" %}', buttons=[take, Button("不予许可", "/refuse/", needs_form=True)])
    assert '<form method="post" action="/claim/">' in html
    assert '<input type="hidden" name="version" value="3">' in html
    assert 'href="/refuse/"' in html


def test_the_history_marks_where_the_clock_moved():
    entry = Happening(date(2026, 10, 12), "中止", "企业停电", moved_clock=True, links=(Link("中止通知书", "/n/1/"),))
    html = render('{% include "web/_timeline.html" %}', happenings=[entry])
    assert '<li class="p"><time datetime="2026-10-12">10月12日</time><b>中止</b>，企业停电 <a href="/n/1/">' in html


def test_the_path_says_where_we_are():
    html = render('{% include "web/_path.html" %}', stops=[Stop("提交", done=True), Stop("受理", current=True)])
    assert '<li class="now" aria-current="step">受理' in html
    assert "，已完成" in html


def test_the_separation_strip_names_people_and_says_whether_i_may():
    seat = Seat("决定", (("刘正平", ""),), note="未参与前两个环节，可以决定", current=True)
    html = render('{% include "web/_separation.html" %}', seats=[seat])
    assert "<b>刘正平</b>" in html
    assert "未参与前两个环节，可以决定" in html


class Opinion(forms.Form):
    text = forms.CharField(label="审查意见", help_text="写明事实和依据")
    note = forms.CharField(label="备注", required=False)
    way = forms.ChoiceField(label="方式", choices=[("a", "现场"), ("b", "远程")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="以上属实")
    batch = forms.CharField(widget=forms.HiddenInput)


def test_a_field_says_its_error_where_it_is_and_in_the_summary_with_the_same_words():
    html = render("{% errors form %}{% field form.text %}", form=Opinion({"way": "a", "batch": "1", "sure": "on"}))
    assert 'role="alert"' in html
    assert "有1处需要修改，改好后再提交" in html
    assert '<a href="#id_text">审查意见：请填写这一项。</a>' in html
    assert '<p class="xk-err" id="id_text_error">请填写这一项。</p>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_text_helptext id_text_error"' in html


def test_no_error_no_summary():
    form = Opinion({"text": "符合", "way": "a", "batch": "1", "sure": "on"})
    assert render("{% errors form %}", form=form).strip() == ""


def test_an_optional_field_says_so_and_a_required_one_does_not():
    assert "选填" in render("{% field form.note %}", form=Opinion())
    assert "选填" not in render("{% field form.text %}", form=Opinion())


def test_a_choice_is_a_group_with_a_legend():
    html = render("{% field form.way %}", form=Opinion({"way": "b"}))
    assert "<fieldset" in html
    assert "方式</legend>" in html
    assert html.count("checked") == 1


def test_a_field_takes_further_attributes():
    html = render('{% field form.text data_max=5 autocomplete="off" %}', form=Opinion())
    assert 'data-max="5"' in html
    assert 'class="form-control"' in html


def test_problems_of_a_command_are_a_summary_too():
    html = render(
        "{% errors problems then='' %}", problems=(Problem("", "核查人员不足两名"), Problem("day", "请选择日期"))
    )
    assert "有2处需要修改</h2>" in html
    assert '<a href="#id_day">请选择日期</a>' in html


def test_a_number_that_is_shown_knows_how_to_hide_again():
    context = {"masked": "4205**********0018", "url": "/show/", "name": "身份证号"}
    hidden = render('{% include "web/_mask.html" %}', **context)
    shown = render('{% include "web/_mask.html" %}', shown="420506198001010018", **context)
    assert '<form class="xk-inline" method="post" action="/show/"' in hidden
    assert "420506198001010018" not in hidden
    assert 'data-masked="4205**********0018"' in shown
