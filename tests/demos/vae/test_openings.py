"""What the tab opens with, made again: the same numbers and pictures but for rounding."""

import pytest

from demos import vae
from demos.kit import openings
from tests.openings import differences

KEPT = openings.kept(vae.build)


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_is_what_the_networks_make(name):
    assert differences(openings.read(name), KEPT[name]()) == []


def test_the_measure_sees_a_difference():
    assert differences({"z": [0.1, 2.0]}, {"z": [0.1, 2.1]}) == [".z[1]: 2.0 and 2.1"]
    assert differences({"z": [0.1]}, {"z": [0.1, 0.2]}) != []


def test_the_command_writes_them_where_it_is_told(tmp_path, capsys):
    openings.main(vae.build, ["--folder", str(tmp_path)])
    written = {str(tmp_path / f"{name}.json") for name in KEPT}
    assert set(capsys.readouterr().out.splitlines()) == written
    for name in KEPT:
        assert differences(openings.read(name, tmp_path), openings.read(name)) == []
    openings.read.cache_clear()
