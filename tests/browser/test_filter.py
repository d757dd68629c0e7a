def test_an_edit_changes_the_picture(open_page):
    page = open_page("?tab=convolution&scene=filter")
    after = page.locator(".gb-compare .gb-split > img")
    before = after.get_attribute("src")
    page.get_by_label("Kernel, row 2, column 2").fill("5")
    page.wait_for_function(
        "src => document.querySelector('.gb-split > img').src !== src", arg=before
    )
