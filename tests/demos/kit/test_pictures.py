"""Values of pictures that stand beside each other."""

import pytest

from demos.kit.pictures import compared, sheet


def test_pictures_keep_their_order_and_names():
    value = compared([("grey", "a"), ("prediction", "b"), ("truth", "c")], "a dog")
    assert [one["label"] for one in value["pictures"]] == ["grey", "prediction", "truth"]
    assert [one["src"] for one in value["pictures"]] == ["a", "b", "c"]
    assert value["caption"] == "a dog"


@pytest.mark.parametrize("few", [[], [("grey", "a")]])
def test_nothing_to_compare_is_refused(few):
    with pytest.raises(ValueError, match="two or more"):
        compared(few)


def test_a_sheet_is_a_picture_with_a_title():
    assert sheet("Faces", "a") == {"title": "Faces", "src": "a", "note": ""}
