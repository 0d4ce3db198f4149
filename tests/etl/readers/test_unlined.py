"""Rules on the picture of a page are painted over, and letters are not."""

from PIL import Image, ImageDraw, ImageFont

from crimeetl.etl.readers.pages.drawn import DrawnPage
from crimeetl.etl.readers.pages.unlined import without_rules

SIZE = (850, 400)
POINTS_PER_PIXEL = 0.36  # 200 dots an inch


def drawn(image: Image.Image) -> DrawnPage:
    return DrawnPage(*image.size, image.tobytes(), POINTS_PER_PIXEL)


def page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", SIZE, 255)
    draw = ImageDraw.Draw(image)
    draw.text((120, 120), "VICTIM NAME: Jane Doe", fill=0, font=ImageFont.load_default(30))
    return image, draw


def test_the_rules_round_boxes_go_and_letters_stay_dot_for_dot() -> None:
    image, _ = page()
    ruled = image.copy()
    draw = ImageDraw.Draw(ruled)
    draw.rectangle((100, 100, 500, 170), outline=0, width=3)
    draw.line((300, 172, 300, 300), fill=0, width=2)
    assert without_rules(drawn(ruled)) == drawn(image)


def test_a_bar_stays_with_the_white_letters_on_it() -> None:
    image, draw = page()
    draw.rectangle((100, 200, 600, 240), fill=0)
    draw.text((120, 205), "UNIT", fill=255, font=ImageFont.load_default(30))
    assert without_rules(drawn(image)) == drawn(image)


def test_where_letters_touch_a_rule_it_stays() -> None:
    image, draw = page()
    draw.line((100, 300, 600, 300), fill=0, width=2)
    draw.line((350, 301, 350, 315), fill=0, width=3)  # such as the stroke of a p
    found = without_rules(drawn(image))
    row = found.dots[300 * SIZE[0] : 301 * SIZE[0]]
    assert [x for x, dot in enumerate(row) if dot == 0] == list(range(349, 352))
