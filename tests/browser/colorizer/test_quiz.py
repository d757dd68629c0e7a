"""The quiz in a real browser, by keys, as a lecturer takes it with a room."""

import re

from playwright.sync_api import expect

from demos.colorizer import quiz
from tests.browser.views import SLOW

QUERY = "?tab=colorizer&scene=quiz&preset=small-gan&lecture=1"
VIEW = ".gb-colorizer-quiz"


def real(number: int) -> str:
    return quiz.quiz_answer(0, number, "cifar_gan", "A")["answer"]["real"]


def test_the_quiz_is_taken_by_keys(same_page):
    page = same_page(QUERY, width=1024, height=768)
    view, cards = page.locator(VIEW), page.locator(f"{VIEW} .gb-quiz-card")
    said, tally = (page.locator(f"{VIEW} .gb-quiz-{name}") for name in ("said", "tally"))
    expect(page.locator(f"{VIEW} img.small")).to_have_count(2, timeout=SLOW)
    expect(said).to_contain_text("Question 1")
    expect(tally).to_have_text("No answer yet")
    expect(page.locator(f"{VIEW} .gb-quiz-verdict").first).to_be_hidden()
    right = 0
    for number in (1, 2, 3):
        expect(view).to_have_attribute("data-question", str(number))
        page.keyboard.press("a")
        answer = real(number)
        right += answer == "A"
        expect(said).to_have_text(
            f"{'Right' if answer == 'A' else 'No'}: {answer} is real.", timeout=SLOW
        )
        shown = page.locator(f"{VIEW} .gb-quiz-card.real .gb-quiz-letter")
        expect(shown).to_have_text(answer)
        expect(page.locator(f"{VIEW} .gb-quiz-measured")).to_contain_text("CIEDE2000")
        expect(tally).to_contain_text(f"{right} of {number} right")
        page.keyboard.press("b")  # the answer is given
        expect(cards.nth(0)).to_be_disabled()
        page.keyboard.press("n")
    expect(said).to_contain_text("Question 4", timeout=SLOW)
    expect(tally).to_contain_text(f"{right} of 3 right")
    expect(page).to_have_url(re.compile("preset=small-gan&number=4"))
    # The preset is the same at every question, and so is what the caption says of it.
    expect(page.locator(".gb-walk:visible p")).to_contain_text("Small pictures")
    expect(page.locator(".gb-walk.aside:visible")).to_have_count(0)
    expect(page.locator("body")).to_have_class(re.compile("gb-lecture"))
    cards.nth(1).click()
    expect(said).to_contain_text(f"{real(4)} is real", timeout=SLOW)
    page.keyboard.press("n")
    expect(said).to_contain_text("Question 5", timeout=SLOW)
    page.keyboard.press("1")  # the page's own keys go on
    expect(
        page.locator('[data-scene^="convolution/"]:visible, .gb-scene:visible')
    ).not_to_have_count(0)
    page.keyboard.press("b")  # and the quiz hears nothing in another tab
    page.keyboard.press("2")
    expect(said).to_contain_text("Question 5")
