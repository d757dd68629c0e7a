"""The line before the engine: what is told to those who wait."""

from types import SimpleNamespace

from models.diffusion.line import Line


def job(rows, steps):
    return SimpleNamespace(rows=rows, work=rows * steps, served=0, begin=lambda: None)


def test_a_run_that_drew_alone_beyond_its_turn_keeps_nobody_waiting():
    line, long, short = Line(64, 400), job(50, 100), job(50, 10)
    line.add(long)
    assert line.fill() == [long]
    long.served, long.work = 3000, 2000
    line.add(short)
    assert line.before(short) == (0, 0)
    assert line.fill() == [short]
    assert line.before(long) == (0, 400)
    assert line.work_in_line() == 400
