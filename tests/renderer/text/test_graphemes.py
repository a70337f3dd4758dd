from __future__ import annotations

import pytest

from renderer.text.graphemes import grapheme_starts, is_emoji


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("", []),
        ("abc", [0, 1, 2]),
        ("a\r\nb", [0, 1, 3]),
        ("e\u0301a", [0, 2]),
        ("\u1112\u1161\u11ab\u1100", [0, 3]),
        ("\uac00\u11a8\uac00", [0, 2]),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f466x", [0, 5]),
        ("\U0001f44d\U0001f3fd\U0001f44d", [0, 2]),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1ec", [0, 2, 4]),
        ("1\ufe0f\u20e32", [0, 3]),
        ("\u0915\u094d\u0937\u093f", [0]),
        ("\u0915\u0937", [0, 1]),
        ("\u0600\u0661", [0]),
        ("\u0e01\u0e33\u0e01\u0e31", [0, 2]),
        ("\U00010300\U0001f44d\U0001f3fda", [0, 1, 3]),
        ("\ud800a\ue000\u0301", [0, 1, 2]),
    ],
)
def test_clusters_start_where_a_reader_sees_a_new_character(text: str, starts: list[int]) -> None:
    assert grapheme_starts(text) == starts


@pytest.mark.parametrize(
    "cluster",
    [
        "\U0001f600",
        "\u2764\ufe0f",
        "1\ufe0f\u20e3",
        "\U0001f1e9\U0001f1ea",
        "\U0001f44d\U0001f3fd",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\u231a",
    ],
)
def test_what_asks_to_be_a_picture_is_emoji(cluster: str) -> None:
    assert is_emoji(cluster)


@pytest.mark.parametrize("cluster", ["a", "1", "#", "\u00a9", "\u2764", "\u231a\ufe0e", "\u4e2d", "a\ufe0f"])
def test_what_is_text_by_default_is_not_emoji(cluster: str) -> None:
    assert not is_emoji(cluster)
