"""The plane in a real browser: the marker dragged, stepped and touched, and its image following."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from models.core import images
from models.vae import plane
from tests.browser.kit.test_stage import CUT, sized
from tests.browser.views import rested

QUERY = "?tab=vae&scene=plane"
CELL = ".gb-plane-cell"
MAP = ".gb-plane-cell .gb-plane-map"
DECODED = ".gb-plane-cell .gb-decoded"
SIDES = "(nodes) => nodes.map((node) => node.getBoundingClientRect().width)"
SERVER = re.compile("component_server")
EXACT = ".gb-plane-cell[data-shown='exact']"
PIXELS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, 28, 28).data]
  .filter((_, i) => i % 4 === 0)"""


@pytest.fixture
def open_scene(same_page):
    """Open the scene with a query, once its image is the model's own."""

    def open_(query: str = "", **options) -> Page:
        page = same_page(QUERY + query, **options)
        page.wait_for_selector(EXACT)
        return page

    return open_


def decoded(page: Page, cell: int = 0) -> list[int]:
    return page.locator(f"{CELL} .gb-decoded").nth(cell).evaluate(PIXELS)


def at(page: Page, cell: int = 0) -> list[float]:
    """The point of the exact image now shown."""
    return [float(v) for v in page.locator(CELL).nth(cell).get_attribute("data-z").split()]


def reaches(page: Page, x: float, y: float, tolerance: float = 0.03) -> None:
    """Wait until the exact image of (nearly) this point is shown."""
    page.wait_for_function(
        """([x, y, far]) => {
          const cell = document.querySelector(".gb-plane-cell[data-shown='exact']");
          const z = cell?.dataset.z.split(" ").map(Number);
          return z && Math.abs(z[0] - x) < far && Math.abs(z[1] - y) < far;
        }""",
        arg=[x, y, tolerance],
    )


def test_dragging_decodes_what_the_model_decodes(open_scene):
    page = open_scene()
    before = decoded(page)
    box = page.locator(MAP).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4, steps=8)
    page.mouse.up()
    reaches(page, -1.5, 1.5)
    after = decoded(page)
    assert after != before
    expected = images.to_array(plane.spot("digits_2d", at(page)).image)[..., 0].flatten().tolist()
    assert after == expected
    expect(page.locator(".gb-z")).to_contain_text(re.compile(r"z = \(−1\.\d+, 1\.\d+\)"))


def test_the_sheet_stands_in_while_the_server_is_slow(open_scene):
    page = open_scene()
    page.wait_for_timeout(500)  # the sheet has come
    before = decoded(page)
    held, holding = [], [True]
    page.route(SERVER, lambda route: held.append(route) if holding else route.continue_())
    page.locator(MAP).click(position={"x": 40, "y": 40})
    page.wait_for_selector(f"{CELL}[data-shown='sheet']")
    mixed = decoded(page)
    assert mixed != before
    expect(page.locator(".gb-nearest").first).to_be_hidden()  # it was the old place's
    page.keyboard.press("Shift+ArrowRight")  # the first request is still out: no second one is sent
    page.wait_for_timeout(300)
    assert decoded(page) not in (before, mixed)
    assert len(held) == 1
    holding.clear()
    held[0].continue_()
    x, y = (float(page.get_by_label(f"Marker: z{i}").input_value()) for i in "₁₂")
    reaches(page, x, y, 2e-3)  # the newest, not what was asked for first
    expect(page.locator(".gb-nearest").first).to_be_visible()


def test_arrow_keys_move_the_marker(open_scene):
    page = open_scene("&at={%22x%22:0,%22y%22:0}")
    reaches(page, 0, 0, 1e-6)
    page.locator(MAP).focus()
    page.keyboard.press("ArrowRight")
    reaches(page, 0.1, 0, 1e-3)
    page.keyboard.press("Shift+ArrowUp")
    reaches(page, 0.1, 0.5, 1e-3)
    expect(page).to_have_url(re.compile(r"at=.*0\.0333"))


def test_numbers_can_be_typed(open_scene):
    page = open_scene()
    page.get_by_label("Marker: z₁").fill("-2")
    page.get_by_label("Marker: z₁").press("Enter")
    reaches(page, -2, at(page)[1], 1e-3)


def test_a_link_opens_the_same_point_in_every_plane(open_scene):
    place = {"x": 0.5, "y": -0.25}
    page = open_scene(f"&model=all&at={json.dumps(place)}")
    expect(page.locator(CELL)).to_have_count(4)
    expect(page.locator(EXACT)).to_have_count(4)
    reaches(page, 1.5, -0.75, 1e-3)
    assert [at(page, i) for i in range(4)] == [[1.5, -0.75]] * 4
    assert len({tuple(decoded(page, i)) for i in range(4)}) == 4


def test_one_marker_for_both_planes(open_scene):
    page = open_scene("&preset=gaps")
    expect(page.locator(EXACT)).to_have_count(2)
    second = page.locator(MAP).nth(1)
    box = second.bounding_box()
    second.click(position={"x": box["width"] / 4, "y": box["height"] * 3 / 4})
    reaches(page, -23, -23, 0.5)
    page.wait_for_function(
        """() => {
          const [x] = document.querySelectorAll(".gb-plane-cell")[1].dataset.z.split(" ");
          return Math.abs(Number(x) + 2) < 0.05;
        }"""
    )
    expect(page.locator(".gb-nearest").first).to_contain_text("away")


def test_sheet_and_digits_are_shown_apart(open_scene):
    page = open_scene()
    page.wait_for_timeout(500)
    below = page.locator(f"{MAP} canvas").first

    def painted() -> str:
        page.wait_for_timeout(200)
        return below.evaluate("(canvas) => canvas.toDataURL()")

    both = painted()
    page.get_by_label("Sheet", exact=True).check(force=True)
    expect(page.locator(".gb-vae-plane .gb-classes")).to_be_hidden()
    sheet = painted()
    page.get_by_label("Digits", exact=True).check(force=True)
    assert len({both, sheet, painted()}) == 3


def test_touch_on_a_phone(open_scene):
    page = open_scene(width=390, height=844, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    before = decoded(page)
    box = page.locator(MAP).bounding_box()
    page.locator(MAP).tap(position={"x": box["width"] * 0.9, "y": box["height"] * 0.1})
    reaches(page, 2.4, 2.4, 0.1)
    assert decoded(page) != before
    top = page.locator(MAP).bounding_box()["y"]
    assert (
        top < page.locator(".gb-scene-desk:visible").bounding_box()["y"]
    )  # the picture comes first


def swipe(page: Page, x: float, y: float, dx: float, dy: float) -> None:
    """A finger that comes down there and goes that far: the browser decides what it means."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: dict) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 13):
        touch("touchMove", {"x": x + dx * step / 12, "y": y + dy * step / 12})
    touch("touchEnd")
    session.detach()


def test_a_finger_scrolls_the_page_unless_it_is_on_the_marker(open_scene):
    page = open_scene(width=390, height=844, has_touch=True, is_mobile=True)
    scrolled = "() => document.scrollingElement.scrollTop"
    before, box = at(page), page.locator(MAP).bounding_box()
    swipe(page, box["x"] + 0.8 * box["width"], box["y"] + 0.8 * box["height"], 0, -200)
    page.wait_for_function("() => document.scrollingElement.scrollTop > 100")
    assert at(page) == before
    rested(page, scrolled)

    top = page.evaluate(scrolled)
    grip = page.locator(f"{MAP} .gb-plane-grip").bounding_box()
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    assert min(grip["width"], grip["height"]) >= 44
    swipe(page, x, y, 0, -60)
    box = page.locator(MAP).bounding_box()
    reaches(page, before[0], before[1] + 6 * 60 / box["height"], 0.1)
    assert page.evaluate(scrolled) == top
    swipe(page, box["x"] + 0.2 * box["width"], box["y"] + 0.9 * box["height"], 90, 0)  # sideways
    reaches(page, 6 * (0.2 + 90 / box["width"]) - 3, -2.4, 0.1)


OVERLAPS = """(stage) => {
    const what = "header, .gb-plane-map, .gb-decoded, .gb-facts-here *";
    const nodes = [...stage.querySelectorAll(what)];
    const parts = nodes.map((node) => [node, node.getBoundingClientRect()]);
    return parts.flatMap(([one, a], i) => parts.slice(i + 1)
        .filter(([other, b]) => !one.contains(other) && a.right > b.left + 1 && b.right > a.left + 1
            && a.bottom > b.top + 1 && b.bottom > a.top + 1)
        .map(([other]) => `${one.className} ${other.className}`));
}"""


@pytest.mark.parametrize(
    ("query", "count", "share"),
    [("", 1, 0.9), ("&preset=gaps", 2, 0.7), ("&preset=betas", 3, 0.6), ("&model=all", 4, 0.5)],
)
def test_planes_use_the_room_of_the_stage(same_page, query, count, share):
    page = same_page(QUERY + query, width=1280, height=800)
    expect(page.locator(EXACT)).to_have_count(count)
    stage = page.locator(".gb-scene-stage:visible")
    for width, height, lecture in ((1280, 800, 0), (1024, 768, 1), (1280, 720, 1), (1920, 1080, 1)):
        sized(page, width, height, bool(lecture))
        room, maps = stage.bounding_box(), page.locator(MAP).evaluate_all(SIDES)
        assert stage.evaluate(CUT) == []
        assert stage.evaluate(OVERLAPS) == [], (width, height)
        assert max(maps) - min(maps) < 1
        if not lecture:
            assert maps[0] > share * room["height"]
        painted = sum(side**2 for side in maps + page.locator(DECODED).evaluate_all(SIDES))
        assert painted > 0.4 * room["width"] * room["height"]
        tops = page.locator(MAP).evaluate_all("(all) => all.map((m) => m.offsetTop)")
        assert len(set(tops)) <= (2 if count == 4 else 1)  # rows


def test_the_marker_s_fields_stay_in_the_window_at_a_zoom_of_200(open_scene):
    page = open_scene("&preset=gaps", width=640, height=400, anew=True)
    for field in page.locator(".gb-fields input").all():
        box = field.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 640
        assert box["width"] > 60
        assert box["height"] >= 24


def test_a_nonsense_place_is_named_and_left_out(open_scene):
    page = open_scene("&at={%22x%22:7,%22y%22:0}", anew=True)
    expect(page.get_by_text("not a share from -1 to 1")).to_be_visible()
