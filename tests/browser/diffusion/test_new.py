"""Is it new, in a real browser: faces are chosen, other kinds asked about, a picture uploaded."""

import re
from math import hypot

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.views import SLOW, pixels, rested

QUERY = "?tab=diffusion&scene=new"
VIEW = ".gb-diffusion-new"
PLACES = """() => [...document.querySelectorAll(".gb-hill :is(.stick, .limit-name)")]
    .map((one) => JSON.stringify(one.getBoundingClientRect()))"""


def test_nine_faces_are_there_and_one_is_chosen_by_a_click(same_page):
    page = same_page(QUERY)
    sheet = page.locator(f"{VIEW} .gb-face-sheet").first
    expect(page.locator(f"{VIEW} .stick")).to_have_count(9, timeout=SLOW)
    first = page.locator(f"{VIEW} .gb-novelty").inner_text()
    expect(page.locator(f"{VIEW} .gb-neighbours figure")).to_have_count(5)
    rested(page, PLACES)
    box = sheet.bounding_box()
    sheet.click(position={"x": box["width"] - 8, "y": box["height"] - 8})
    expect(page.locator(VIEW)).to_have_attribute("data-face", "9")
    expect(page.locator(f"{VIEW} .stick.chosen text")).to_have_text("9")
    assert page.locator(f"{VIEW} .gb-novelty").inner_text() != first
    page.wait_for_function("location.search.includes('face=9')")
    page.locator(f"{VIEW} .stick").first.locator("circle").click()
    expect(page.locator(VIEW)).not_to_have_attribute("data-face", "9")


def test_the_names_are_no_tiles_and_all_numbers_have_two_digits(same_page):
    page = same_page(QUERY)
    names = page.locator(f"{VIEW} .gb-neighbours figcaption b")
    expect(names).to_have_count(5, timeout=SLOW)
    assert all(re.fullmatch(r"\d+\.\d\d", one) for one in names.all_inner_texts())
    assert "?" not in page.locator(VIEW).inner_text().replace("Is it new?", "")
    verdict = page.locator(f"{VIEW} .gb-novelty").inner_text()
    assert names.first.inner_text() in verdict
    assert "nearer than that to a training face" in verdict
    hill, row = (page.locator(f"{VIEW} {one}").bounding_box() for one in (".gb-hill", ".gb-next"))
    assert hill["height"] > 2 * row["height"]


@pytest.mark.parametrize("query", [QUERY, f"{QUERY}&lecture=1"])
def test_no_mark_covers_another(same_page, query):
    page = same_page(query, width=1024, height=768)
    expect(page.locator(f"{VIEW} .stick")).to_have_count(9, timeout=SLOW)
    rested(page, PLACES)
    marks = [one.bounding_box() for one in page.locator(f"{VIEW} .stick circle").all()]
    for i, one in enumerate(marks):
        for other in marks[i + 1 :]:
            apart = hypot(one["x"] - other["x"], one["y"] - other["y"])
            assert apart > 0.9 * one["width"]


def test_no_mark_strikes_through_the_limits_name(same_page):
    page = same_page(QUERY)
    expect(page.locator(f"{VIEW} .stick")).to_have_count(9, timeout=SLOW)
    rested(page, PLACES)
    label = page.locator(f"{VIEW} .limit-name").bounding_box()
    for stick in page.locator(f"{VIEW} .stick").all():
        box = stick.bounding_box()
        assert box["y"] >= label["y"] + label["height"] - 2


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1280, 720), (1024, 768)])
def test_the_hill_is_seen_on_a_laptop(same_page, width, height):
    page = same_page(QUERY, width=width, height=height)
    expect(page.locator(f"{VIEW} .stick")).to_have_count(9, timeout=SLOW)
    rested(page, PLACES)
    bars = page.locator(f"{VIEW} .bar").all()
    assert max(bar.bounding_box()["height"] for bar in bars) > 40  # pixels


def test_asking_again_is_answered(same_page):
    page = same_page(QUERY)
    view = page.locator(VIEW)
    expect(view.locator(".stick")).to_have_count(9, timeout=SLOW)
    expect(view.locator(".gb-asked-again")).to_have_text("")
    run, verdict = view.get_attribute("data-run"), view.locator(".gb-novelty").inner_text()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(view).not_to_have_attribute("data-run", run, timeout=SLOW)
    expect(view.locator(".gb-asked-again")).to_contain_text("the same answer")
    assert view.locator(".gb-novelty").inner_text() == verdict


def test_without_the_data_the_page_says_why_there_are_no_pictures(same_page):
    page = same_page(QUERY)
    note = page.locator(f"{VIEW} .gb-next .gb-caption")
    thumbs = page.locator(f"{VIEW} .gb-thumb img")
    page.wait_for_function(
        "document.querySelector('.gb-diffusion-new .gb-next .gb-caption')?.textContent"
        " || document.querySelector('.gb-diffusion-new .gb-thumb img')",
        timeout=SLOW,
    )
    assert thumbs.count() == 5 or "copyrighted show" in note.inner_text()


def test_a_link_restores_the_face_and_the_kind(same_page):
    page = same_page(QUERY + "&source=vae&number=3&face=4")
    expect(page.locator(f"{VIEW} .gb-own figcaption")).to_have_text(
        "Drawn by the VAE, 6", timeout=SLOW
    )
    expect(page.locator(f"{VIEW} .stick.chosen text")).to_have_text("4")
    page.get_by_role("button", name="Nine drawn faces").click()
    expect(page.locator(f"{VIEW} .gb-own figcaption")).not_to_contain_text("VAE", timeout=SLOW)


def test_a_picture_of_ones_own_is_asked_about(same_page, tmp_path):
    path = tmp_path / "mine.png"
    Image.new("RGB", (80, 60), (255, 217, 15)).save(path)
    page = same_page(QUERY)
    page.get_by_role("button", name="Ask about a picture of your own").click()
    page.locator(
        "input[type=file]:visible, .gb-scene:visible input[type=file]"
    ).first.set_input_files(path)
    expect(page.locator(f"{VIEW} .gb-own figcaption")).to_have_text("Your picture", timeout=SLOW)
    expect(page.locator(f"{VIEW} .stick")).to_have_count(1)


def upload(page, path):
    button = page.get_by_role("button", name="Ask about a picture of your own")
    if not page.locator("input[type=file]:visible").count():
        button.click()
    page.locator(
        "input[type=file]:visible, .gb-scene:visible input[type=file]"
    ).first.set_input_files(path)
    expect(page.locator(f"{VIEW} .gb-own figcaption")).to_have_text("Your picture", timeout=SLOW)


def test_after_an_upload_faces_number_and_presets_go_on_working(same_page, tmp_path):
    path = tmp_path / "mine.png"
    Image.new("RGB", (80, 60), (255, 217, 15)).save(path)
    page = same_page(QUERY, anew=True)
    marks = page.locator(f"{VIEW} .stick")
    own = page.locator(f"{VIEW} .gb-own figcaption")
    kinds = page.locator(".gb-control-source")
    expect(marks).to_have_count(9, timeout=SLOW)
    upload(page, path)
    expect(kinds.get_by_label("Your picture")).to_be_checked()
    expect(page.get_by_label("First number")).to_be_hidden()  # it has none
    kinds.get_by_text("Drawn by the face VAE").click()
    expect(own).to_have_text("Drawn by the VAE, 1", timeout=SLOW)
    expect(marks).to_have_count(9)
    kinds.get_by_text("Your picture").click()  # it is kept
    expect(own).to_have_text("Your picture", timeout=SLOW)
    page.get_by_role("button", name="Nine drawn faces").click()
    expect(marks).to_have_count(9, timeout=SLOW)
    expect(kinds.get_by_label("Drawn by the DDPM")).to_be_checked()
    expect(own).not_to_have_text("Your picture")
    first = own.inner_text()
    page.get_by_label("First number").fill("2")
    expect(own).not_to_have_text(first, timeout=SLOW)
    expect(marks).to_have_count(9, timeout=SLOW)


def test_another_picture_is_asked_about_and_none_is_asked_for(same_page, tmp_path):
    path, other = tmp_path / "mine.png", tmp_path / "other.png"
    Image.new("RGB", (80, 60), (255, 217, 15)).save(path)
    Image.new("RGB", (80, 60), (15, 27, 225)).save(other)
    page = same_page(QUERY, anew=True)
    expect(page.locator(f"{VIEW} .stick")).to_have_count(9, timeout=SLOW)
    upload(page, path)
    face = f"{VIEW} .gb-own canvas"
    assert (pixels(page, face) == (255, 217, 15)).all()
    page.get_by_role("button", name="Remove Image").click()
    expect(page.locator(".gb-missing")).to_have_text("There is no picture yet: choose one first.")
    upload(page, other)
    page.wait_for_function(
        "(view) => document.querySelector(view).getContext('2d').getImageData(0, 0, 1, 1)"
        ".data.join() === '15,27,225,255'",
        arg=face,
        timeout=SLOW,
    )
    expect(page.locator(".gb-missing")).to_have_count(0)


def test_a_phone_cuts_nothing_off(same_page):
    page = same_page(QUERY, width=390, height=844, anew=True)
    expect(page.locator(f"{VIEW} .stick")).to_have_count(9, timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
