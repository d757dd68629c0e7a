"""What the tab opens with, made again: the same numbers and pictures but for rounding."""

import pytest

from demos import colorizer
from demos.kit import openings
from tests.openings import differences

KEPT = openings.kept(colorizer.build)


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_what_the_networks_make(name):
    assert differences(openings.read(name), KEPT[name]()) == []


def test_the_command_writes_them_where_it_is_told(tmp_path, capsys):
    openings.main(colorizer.build, ["--folder", str(tmp_path)])
    written = {str(tmp_path / f"{name}.json") for name in KEPT}
    assert set(capsys.readouterr().out.splitlines()) == written
    for name in KEPT:
        assert differences(openings.read(name, tmp_path), openings.read(name)) == []
    openings.read.cache_clear()
