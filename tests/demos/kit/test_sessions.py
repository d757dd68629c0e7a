"""What the server keeps of a visitor: changed components, and nothing that was shown."""

import gradio as gr
import pytest
from gradio import state_holder
from gradio_client import Client

import app
from demos.kit import sessions
from tests.serving import served


@pytest.fixture
def page(monkeypatch):
    """A page whose choices one visitor changes, and which says what was chosen."""
    monkeypatch.setattr(app, "warm_up", lambda: None)
    with gr.Blocks() as demo:
        choice = gr.Dropdown(["a"], value="a")
        said = gr.Textbox()
        gr.Button().click(lambda: gr.update(choices=["b"]), None, choice, api_name="change")
        gr.Button().click(lambda one: one * 1000, choice, said, api_name="say")
    with served(demo):
        yield demo


def test_nothing_that_was_shown_is_kept(page):
    visitor = Client(page.local_url, verbose=False)
    assert visitor.predict("a", api_name="/say") == "a" * 1000
    held = page.app.state_holder.session_data
    assert held
    assert all(type(one) is sessions.Session for one in held.values())
    assert all(one.config_values == {} for one in held.values())
    assert page.app.state_holder.capacity == sessions.MOST


def test_what_a_handler_changes_is_one_visitors(page):
    one, other = (Client(page.local_url, verbose=False) for _ in range(2))
    one.predict(api_name="/change")
    assert one.predict("b", api_name="/say") == "b" * 1000
    with pytest.raises(Exception, match="not in the list of choices"):
        other.predict("b", api_name="/say")


def test_a_visitor_costs_what_was_changed_and_no_copy_of_the_page(page):
    one, other = (sessions.Session(page) for _ in range(2))
    block = next(iter(page.default_config.blocks))
    one[block] = changed = gr.Textbox(render=False)
    assert one[block] is changed
    assert other[block] is page.default_config.blocks[block] is not changed
    assert {*one.blocks_config.blocks} == {*page.default_config.blocks}
    assert {*one.blocks_config.fns} == {*page.default_config.fns}
    assert one.blocks_config.blocks.maps[0].keys() == {block}
    assert not other.blocks_config.blocks.maps[0]
    assert not other.blocks_config.fns.maps[0]


def test_gradio_would_keep_the_page(page):
    """Else this module has become superfluous."""
    base = sessions.Session.__base__
    assert base is not sessions.Session
    assert len(base(page).config_values) >= 4
    assert state_holder.SessionState is sessions.Session
