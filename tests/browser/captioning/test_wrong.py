"""Captions and their probabilities in a real browser: slide 28, one's own, BLEU and CIDEr-D."""

import math
import re

from playwright.sync_api import expect

from demos.captioning import wrong
from demos.kit import openings
from tests.browser.views import SLOW, rested

QUERY = "?tab=captioning&scene=wrong"
VIEW = ".gb-captioning-wrong:visible"
FORMULA = re.compile(r"rarity: ln\((6,000) / ([\d,]+)(?: photos with it)?\) = (\d\.\d\d)")


def sums(text):
    """Of "a + b = c" the sum of a and b, the sign and c, in hundredths."""
    left, sign, right = re.match(r"[^=]* = ([^=≈]*) ([=≈]) (−?[\d.]+)", text).groups()
    numbers = re.findall(r"−?\d+\.\d\d", left)
    hundredths = [round(100 * float(one.replace("−", "-"))) for one in [*numbers, right]]
    return sum(hundredths[:-1]), sign, hundredths[-1]


def test_captions_are_scored_chosen_and_written_out(same_page):
    page = same_page(QUERY, width=1280, height=800)
    rows = page.locator(f"{VIEW} .gb-wrong-row")
    expect(rows).to_have_count(4, timeout=SLOW)
    value = openings.read(wrong.OPENING)
    for number, one in enumerate(value["captions"]):
        row = rows.nth(number)
        expect(row.locator(".gb-wrong-rank")).to_have_text(str(one["rank"]))
        expect(row).to_contain_text(f"perplexity {one['perplexity']:.1f}")
        assert row.locator("b").all_inner_texts() == [*one["caption"].split(), "end"]
    rows.first.click()
    expect(page).to_have_url(re.compile("row=1"), timeout=SLOW)
    page.locator(VIEW).get_by_role("button", name="CIDEr-D").click()
    expect(page).to_have_url(re.compile("preset=cider"), timeout=SLOW)
    total = page.locator(f"{VIEW} .gb-wrong-sum")
    expect(total).to_contain_text(f"{value['captions'][0]['cider']['score']:.2f} of 10")
    page.locator(VIEW).get_by_role("button", name="BLEU").click()
    expect(total).to_contain_text(f"= {value['captions'][0]['bleu']['score']:.3f}")
    matched = page.locator(f"{VIEW} .gb-wrong-order").first.locator(".gb-wrong-gram.there")
    expect(matched).to_have_count(
        sum(each["counts"] > 0 for each in value["captions"][0]["bleu"]["by_n"][0]["grams"])
    )

    for name in ("CIDEr-D", "Word by word"):  # who adds up what is written finds what is said
        page.locator(VIEW).get_by_role("button", name=name).click()
        for number in range(len(value["captions"])):
            rows.nth(number).click()
            expect(page.locator(VIEW)).to_have_attribute("data-row", str(number + 1))
            added, sign, said = sums(total.inner_text())
            assert (added == said) == (sign == "="), total.inner_text()
            assert abs(added - said) <= 12

    page.locator(VIEW).get_by_role("button", name="CIDEr-D").click()
    rows.first.click()
    grams = page.locator(f"{VIEW} .gb-wrong-gram")
    formulas = grams.evaluate_all("(all) => all.map((one) => one.title)")
    assert len(formulas) == sum(map(len, value["captions"][0]["cider"]["by_n"]))
    for note in formulas:
        photos, with_it, log = FORMULA.match(note).groups()
        share = int(photos.replace(",", "")) / int(with_it.replace(",", ""))
        assert f"{math.log(share):.2f}" == log
        assert (with_it == "1") == note.endswith("; fewer than 3 photos with it count as 1")

    page.get_by_label("Your caption").fill("a man with a camera")
    page.get_by_label("Your caption").press("Enter")
    expect(rows).to_have_count(5, timeout=SLOW)
    expect(rows.last).to_contain_text("yours")
    page.get_by_label("Your caption").fill("a man with a camra")
    page.get_by_label("Your caption").press("Enter")
    expect(page.locator(".gb-scene:visible .gb-said")).to_contain_text("camera", timeout=SLOW)


def test_another_photo_is_scored_once(same_page):
    page = same_page(QUERY, width=1280, height=800)
    expect(page.locator(f"{VIEW} .gb-wrong-row")).to_have_count(4, timeout=SLOW)
    number = page.evaluate("gradio_config.dependencies.find((one) => one.api_name === 'wrong').id")
    joined = []

    def watch(request):
        if "/queue/join" in request.url:
            joined.append(request.post_data_json["fn_index"])

    page.on("request", watch)
    run = page.locator(VIEW).get_attribute("data-run")
    page.locator('.gb-scene:visible .gb-chip[data-slug="cat"]').click()
    expect(page.locator(VIEW)).not_to_have_attribute("data-run", run, timeout=SLOW)
    rested(page, f"() => document.querySelector('{VIEW.partition(':')[0]}').dataset.run", 2500)
    assert joined.count(number) == 1
