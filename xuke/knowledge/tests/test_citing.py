"""Finding citations in a text: what people write comes back as what they meant, and nothing breaks on anything else."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from xuke.knowledge import citing
from xuke.knowledge.citing import Place

titles = st.text(alphabet="行政许可食品安全生产管理办法条例", min_size=3, max_size=20).filter(
    lambda text: not text.endswith(("条", "项", "款"))
)
places = st.builds(Place, number=st.integers(1, 1260), sub=st.integers(0, 12))
parts = st.sampled_from(("", "第一款", "第（三）项", "第一款第五项"))
cited = st.lists(st.tuples(places, parts), min_size=1, max_size=4)
bases = st.lists(
    st.tuples(titles, st.sampled_from(("", "（2020年）", "（2022版）")), st.booleans(), cited), min_size=1, max_size=4
)


@given(bases)
def test_whatever_articles_somebody_cites_are_found_again(basis):
    laws = []
    for title, edition, is_quoted, articles in basis:
        name = f"《{title}》" if is_quoted else title
        laws.append(name + edition + "、".join(place.label + part for place, part in articles))
    found = citing.parse("；".join(laws))
    assert [(each.title, each.edition, each.place, each.part) for each in found] == [
        (title, edition.strip("（）"), place, part) for title, edition, _, articles in basis for place, part in articles
    ]


@given(
    st.text(alphabet="行政许可法第条款项至之（）()《》一二三十百千0123年；、，。 \n", max_size=80)
    | st.text(max_size=80)
)
@example("《\n》第一条")
def test_any_text_is_read_and_what_is_found_stands_in_it_in_order(text):
    end = 0
    for each in citing.parse(text):
        assert end <= each.start < each.end <= len(text)
        end = each.end


@given(st.integers(1, 9999))
def test_a_number_is_read_as_it_is_spelt(number):
    assert citing.value(citing.spelt(number)) == citing.value(str(number)) == number


def test_a_row_of_articles_a_heading_and_a_law_as_a_whole():
    row, notice, whole = citing.parse(
        "行政许可法第三十二条至第四十四条；国市监质监〔2020〕152号三（二）；食品生产许可审查通则（2022版）"
    )
    assert (row.place, row.until) == (Place(32), Place(44))
    assert (notice.place.key, notice.place.label) == ("s3-2", "三（二）")
    assert (whole.title, whole.edition, whole.place) == ("食品生产许可审查通则", "2022版", None)
