"""The page as an app of its own: what a browser needs to install it, from our own host alone."""

import json
from pathlib import Path

import httpx

from demos.kit import theme

INCOGNITO = "in-incognito"
"""What Chromium says of every test's profile, whatever the page."""


def test_chromium_would_install_the_page(open_page, app_url):
    page = open_page()
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{app_url}manifest.json"
    about = json.loads(found["data"])
    assert (about["name"], about["display"]) == ("Glassbox", "standalone")
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in errors if one["errorId"] != INCOGNITO] == []


def test_its_icon_is_our_logo_and_it_starts_with_the_page(app_url):
    about = httpx.get(f"{app_url}manifest.json").json()
    (icon,) = about["icons"]
    drawn = httpx.get(httpx.URL(app_url).join(icon["src"]))
    assert drawn.headers["content-type"] == icon["type"] == "image/svg+xml"
    assert drawn.content == Path(theme.FAVICON).read_bytes()
    started = httpx.get(httpx.URL(app_url).join(about["start_url"]))
    assert started.content == httpx.get(app_url).content
    assert "'self'" in started.headers["content-security-policy"].split("default-src")[1][:8]
