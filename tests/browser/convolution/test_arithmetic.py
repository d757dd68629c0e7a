from playwright.sync_api import Page, expect

SCENE = "?tab=convolution&scene=arithmetic"
KNOWN = ".gb-board.output .gb-square.known"


def shown(page: Page, count: int) -> None:
    expect(page.locator(KNOWN)).to_have_count(count)


def test_play_fills_the_output_cell_by_cell(same_page):
    page = same_page(SCENE, reduced_motion="reduce")
    shown(page, 1)
    stage = page.locator(".gb-worked")
    stage.get_by_label("Speed").select_option("4")
    stage.get_by_role("button", name="Play").click()
    shown(page, 9)
    assert page.locator(KNOWN).all_text_contents() == ["4", "3", "4", "2", "4", "3", "2", "3", "4"]
    expect(stage.get_by_role("button", name="Play")).to_be_visible()


def test_keys_step_and_the_sum_is_written_out(same_page):
    page = same_page(f"{SCENE}&preset=sobel")
    expect(page.locator(".gb-board.output .gb-square")).to_have_count(36)
    expect(page.locator(".gb-spoken")).to_contain_text("(−1×2)+(0×2)+(1×6)+(−2×4)")
    page.keyboard.press("ArrowRight")
    shown(page, 2)
    expect(page.locator(".gb-spoken")).to_contain_text("row 1, column 2: (−1×2)+(0×6)+(1×8)")
    page.keyboard.press("ArrowLeft")
    shown(page, 1)


def test_hover_and_click_jump_to_a_cell_and_arrows_go_on_from_it(same_page):
    page = same_page(SCENE)
    cells = page.get_by_role("grid", name="Output").get_by_role("gridcell")
    expect(cells).to_have_count(9)  # no other preset's any more
    for _ in range(9):  # back to the first cell, wherever the page was left
        page.keyboard.press("ArrowLeft")
    shown(page, 1)
    cells.nth(4).hover()
    expect(cells.nth(4)).to_have_attribute("aria-selected", "true")
    shown(page, 2)
    cells.nth(7).click()
    expect(cells.nth(7)).to_have_attribute("aria-label", "Row 3, column 2: 3")
    cells.nth(7).focus()
    page.keyboard.press("ArrowUp")
    expect(cells.nth(4)).to_be_focused()
    expect(cells.nth(4)).to_have_attribute("aria-selected", "true")


def test_a_term_lights_up_in_the_window_the_kernel_and_the_sum(same_page):
    page = same_page(SCENE)
    page.locator(".gb-term").nth(5).hover()
    expect(page.locator(".gb-worked .hot")).to_have_count(3)


def test_an_edited_cell_changes_the_output_and_the_link(same_page):
    page = same_page(SCENE)
    expect(page.locator(KNOWN).first).to_have_text("4")
    page.get_by_label("Input, row 1, column 1").fill("7")
    expect(page.locator(KNOWN).first).to_have_text("10")
    page.wait_for_function("location.search.includes('grid=')")


def test_numbers_are_typed_over_on_the_stage(same_page):
    page = same_page(SCENE)
    expect(page.locator(KNOWN).first).to_have_text("4")
    squares = page.locator(".gb-board.input .gb-square")
    squares.first.click(force=True)  # the window lies over it, and hands the click on
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator(KNOWN).first).to_have_text("10")
    expect(page.get_by_label("Input, row 1, column 1")).to_have_value("7")  # the desk's is the same

    page.locator(".gb-board.kernel .gb-square").nth(4).click()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(page.locator(".gb-toast")).to_have_text("“x” is not a number.")
    page.keyboard.press("Escape")
    expect(page.locator(".gb-square-field")).to_have_count(0)
    page.locator(".gb-board.kernel .gb-square").nth(4).click()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.locator(KNOWN).first).to_have_text("12")
    page.wait_for_function("location.search.includes('kernel=')")


def test_what_is_being_typed_outlives_the_answer_to_the_edit_before(same_page):
    page = same_page(SCENE)
    expect(page.locator(KNOWN).first).to_have_text("4")
    squares = page.locator(".gb-board.input .gb-square")
    squares.first.click(force=True)
    page.keyboard.type("7")
    squares.last.click(force=True)
    page.keyboard.type("2")
    expect(page.locator(KNOWN).first).to_have_text("10")  # the answer to the 7
    expect(page.locator(".gb-square-field")).to_have_value("2")
    page.keyboard.type("5")  # no tab is opened by it
    page.keyboard.press("Enter")
    expect(page.get_by_label("Input, row 5, column 5")).to_have_value("25")
    expect(squares.last).to_have_text("25")


def test_a_turned_kernel_is_typed_where_it_is_seen(same_page):
    page = same_page(SCENE + "&operation=convolution")
    expect(page.locator(".gb-board.kernel")).to_contain_text("flipped")
    page.locator(".gb-board.kernel .gb-square").first.click()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.locator(".gb-board.kernel .gb-square").first).to_have_text("9")
    desk = page.locator(".gb-scene:visible")
    expect(desk.get_by_label("Kernel, row 3, column 3")).to_have_value("9")


def test_a_mistake_is_said_and_the_last_picture_stays(same_page):
    page = same_page(SCENE)
    page.locator(".gb-cards").get_by_role("radio", name="7").check(force=True)
    expect(page.get_by_text("2 too wide, 2 too high")).to_be_visible()
    expect(page.locator(KNOWN).first).to_have_text("4")


def test_a_link_restores_the_whole_state(same_page):
    kernel = '{"bias":1,"factor":2,"weights":[[1,0],[0,1]]}'
    page = same_page(f"{SCENE}&grid=[[1,2,3],[4,5,6]]&kernel={kernel}&padding=1&stride=2&all=1")
    expect(page.locator(KNOWN)).to_have_text(["3", "7", "1", "11"])
    expect(page.locator(".gb-board.input .gb-board-size")).to_have_text("2 × 3, padded to 4 × 5")


def test_what_the_floor_drops_is_hatched_and_said(same_page):
    page = same_page(f"{SCENE}&preset=does-not-fit")
    expect(page.locator(".gb-board.input .dropped")).to_have_count(11)
    expect(page.get_by_text("the last column (hatched) is never reached")).to_be_visible()


def test_nothing_is_cut_off_on_a_phone(same_page):
    page = same_page(f"{SCENE}&preset=photo", width=390, height=844, has_touch=True)
    shown(page, 100)
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    for board in page.locator(".gb-board-cells").all():
        box = board.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    page.locator(".gb-board.output .gb-square").nth(42).tap()
    expect(page.locator(".gb-board.output [aria-selected]")).to_have_attribute("data-cell", "42")
