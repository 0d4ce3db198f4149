"""The review page in a real browser, by mouse and by keyboard; skipped where there is none."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crimeetl import sql

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(not (BROWSER and DRIVER), reason="chromium or chromedriver is not installed")


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    found = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield found
    found.quit()


@pytest.fixture
def address(database: Path) -> Iterator[str]:
    command = [sys.executable, "-P", "-c", "from crimeetl.etl.cli import cli; cli()"]
    options = ["review", "--db", str(database), "--no-browser", "--reviewer", "ann"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


class Page:
    """The page of the first report."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver = driver
        driver.get(address)
        self.follow(driver.find_element(By.LINK_TEXT, "a.txt"))

    def follow(self, link: Any) -> None:
        link.click()
        self.until(lambda: self.driver.find_elements(By.ID, "report"))

    def until(self, found: Callable[[], Any]) -> Any:
        return WebDriverWait(self.driver, 15).until(lambda _: found())

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def values(self, entity_type: str) -> list[str]:
        found = self.driver.find_elements(By.CSS_SELECTOR, f"li.value[data-type='{entity_type}'] .said")
        return [one.text for one in found]

    def told(self, sentence: str) -> None:
        self.until(lambda: self.driver.find_element(By.ID, "told").text == sentence)

    def click(self, label: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, f"[aria-label='{label}']").click()

    def select(self, words: str) -> None:
        """Selects words of the text as a mouse does, up to where the button is let go."""
        self.driver.execute_script(
            """
            const walker = document.createTreeWalker(document.getElementById("text"), NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              const at = node.data.indexOf(arguments[0]);
              if (at >= 0) {
                window.getSelection().setBaseAndExtent(node, at, node, at + arguments[0].length);
                node.parentNode.dispatchEvent(new MouseEvent("mouseup", {bubbles: true}));
                return;
              }
            }
            """,
            words,
        )

    @property
    def is_choosing(self) -> bool:
        return bool(self.driver.find_elements(By.CSS_SELECTOR, "#picker[open]"))


@pytest.fixture
def page(driver: Any, address: str) -> Page:
    return Page(driver, address)


def stored(database: Path) -> list[tuple[Any, ...]]:
    with sql.connect_read_only(database) as con:
        query = "select verdict, entity_type, value, new_value, new_char_start from review order by review_id"
        return con.execute(query).fetchall()


def test_a_report_is_corrected_by_mouse(page: Page, database: Path) -> None:
    page.click("reject Street")
    page.told("rejected")
    assert page.values("Victim_Name") == ["Ann Moe"]
    page.click("accept Ann Moe")
    page.told("accepted")
    page.select("Bo Ray")
    assert page.is_choosing
    page.press("Victim_Name", Keys.ENTER)
    page.told("added")
    assert page.values("Victim_Name") == ["Ann Moe", "Bo Ray"]
    page.click("change 5 Oak Street")
    field = page.driver.find_element(By.ID, "picked-value")
    assert field.get_attribute("value") == "5 Oak Street"
    field.clear()
    field.send_keys("Oak Street", Keys.ENTER)
    page.told("changed")
    assert page.values("Location") == ["Oak Street"]
    page.click("Officer_Name is not stated")
    page.told("not stated")
    assert page.values("Officer_Name") == []
    page.driver.find_element(By.CSS_SELECTOR, "[data-verdict=undone]").click()
    page.told("taken back")
    assert page.values("Officer_Name") == ["Ofc. Lee"]
    page.driver.find_element(By.CSS_SELECTOR, "[data-verdict=done]").click()
    page.until(lambda: page.driver.title == "b.txt")
    assert [row[:4] for row in stored(database)] == [
        ("rejected", "Victim_Name", "Street", None),
        ("accepted", "Victim_Name", "Ann Moe", None),
        ("added", "Victim_Name", None, "Bo Ray"),
        ("changed", "Location", "5 Oak Street", "Oak Street"),
        ("absent", "Officer_Name", None, None),
        ("undone", None, None, None),
        ("done", None, None, None),
    ]
    assert [row[4] for row in stored(database)][2:4] == [25, 37]


def test_a_report_is_corrected_by_keyboard(page: Page, database: Path) -> None:
    page.press("j", "y")
    page.told("accepted")
    page.press("j", "n")
    page.told("rejected")
    page.press("u")
    page.told("taken back")
    page.press("a")
    page.until(lambda: page.is_choosing)
    page.press("Victim_Name", Keys.TAB, "Bo Ray", Keys.ENTER)
    page.told("added")
    page.press("a")
    page.until(lambda: page.is_choosing)
    page.press("Victim_Name", Keys.TAB, "nobody", Keys.ENTER)
    page.told("the report does not have these words; select them in the text")
    page.press("?")
    page.until(lambda: page.driver.find_elements(By.CSS_SELECTOR, "#help[open]"))
    page.press(Keys.ESCAPE)
    page.until(lambda: not page.driver.find_elements(By.CSS_SELECTOR, "#help[open]"))
    page.press("d")
    page.until(lambda: page.driver.title == "b.txt")
    assert [row[0] for row in stored(database)] == ["accepted", "rejected", "undone", "added", "done"]


def test_pointing_at_a_value_shows_where_it_stands(page: Page) -> None:
    item = page.driver.find_element(By.CSS_SELECTOR, "li.value[data-value='Ann Moe']")
    ActionChains(page.driver).move_to_element(item).perform()
    shown = page.driver.find_elements(By.CSS_SELECTOR, "mark.shown")
    assert [one.text for one in shown] == ["Ann Moe"]
    street = page.driver.find_elements(By.CSS_SELECTOR, "#text mark")[-1]
    assert (street.text, street.get_attribute("title")) == ("Street", "Location, Victim_Name")  # one over the other
    text = page.driver.find_element(By.ID, "text").get_property("textContent")
    assert text == "Ofc. Lee saw Ann Moe and Bo Ray at 5 Oak Street.\r\nNothing was <stolen>."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_every_thing_has_a_name_and_can_be_read(page: Page, scheme: str, width: int) -> None:
    page.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    page.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    tree = page.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {"button", "link", "textbox", "combobox", "listitem", "group", "image"}
    asked = [node for node in tree if not node.get("ignored") and node["role"]["value"] in roles]
    nameless = [node["role"]["value"] for node in asked if not node.get("name", {}).get("value")]
    assert len(asked) > 60
    assert [role for role in nameless if role != "listitem"] == []
    assert page.driver.execute_script(CONTRASTS) == []
    assert page.driver.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# Every element with words of its own whose contrast with what is behind it is below 4.5 (WCAG 2.2, 1.4.3, AA).
CONTRASTS = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgb = (colour) => {
  canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const behind = (node) => {
  for (let one = node; one; one = one.parentElement) {
    const colour = rgb(getComputedStyle(one).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255, 255];
};
const light = (colour) => {
  const [r, g, b] = colour.slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const low = [];
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!own || !node.checkVisibility() || node.matches("[disabled], [disabled] *")) continue;
  const pair = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort((a, b) => b - a);
  const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
  if (contrast < 4.5) low.push(`${node.tagName} ${node.className} ${contrast.toFixed(2)}`);
}
return low;
"""
