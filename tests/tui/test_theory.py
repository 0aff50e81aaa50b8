"""A page of theory: formulas within Markdown, reading by keyboard, the list of headings."""

from textual.app import App, ComposeResult
from textual.widgets import Label, OptionList
from textual.widgets.markdown import MarkdownBlock, MarkdownFence

from tui_dl.tui.widgets.formula import draw
from tui_dl.tui.widgets.theory import Formula, Theory

PAGE = r"""# Memory

The state $z^{t-1}$ and **weights** cost $5 or $6-$7; see `a.py` and lesson.py.

$$
\sigma(x) = \frac{1}{1+e^{-x}}
$$

## Code

```python
x = 1
```

""" + "\n\n".join(f"Paragraph {i}." for i in range(40))
PAGE += "\n\n### The end of $E$\n\nDone.\n"
WIDE = "# Wide\n\n$$\n" + " + ".join(f"a_{{{i}}}" for i in range(40)) + "\n$$\n"


class Bench(App[None]):
    def __init__(self, markdown: str = PAGE) -> None:
        super().__init__()
        self.markdown = markdown

    def compose(self) -> ComposeResult:
        yield Theory(self.markdown)

    @property
    def theory(self) -> Theory:
        return self.query_one(Theory)


def paragraph(app: Bench) -> str:
    return str(app.query("MarkdownParagraph").first(MarkdownBlock).content)


def rows_of(formula: Formula) -> list[str]:
    return str(formula.query_one(Label).content).split("\n")


async def test_inline_formulas_are_text_and_money_is_money() -> None:
    async with (app := Bench()).run_test(size=(80, 24)):
        text = "The state zᵗ⁻¹ and weights cost $5 or $6-$7; see a.py and lesson.py."
        assert paragraph(app) == text
        content = app.query("MarkdownParagraph").first(MarkdownBlock).content
        assert not any("@click" in str(span.style) for span in content.spans)  # type: ignore[union-attr]


async def test_block_formulas_are_drawn_and_centred() -> None:
    async with (app := Bench()).run_test(size=(80, 24)):
        formula = app.query_one(Formula)
        assert rows_of(formula) == draw(r"\sigma(x) = \frac{1}{1+e^{-x}}")
        label, pane = formula.query_one(Label).region, formula.region
        assert abs((label.x - pane.x) - (pane.right - label.right)) <= 1
        assert label.height == 3


async def test_a_formula_that_cannot_be_drawn_shows_its_source() -> None:
    async with (app := Bench("$$\n\\unknown{x}\n$$\n")).run_test(size=(80, 24)):
        formula = app.query_one(Formula)
        assert rows_of(formula) == [r"\unknown{x}"]
        assert formula.has_class("-source")


async def test_formulas_in_lists_tables_quotes_and_headings() -> None:
    markdown = (
        "# On $E$\n\n- one\n\n  $$a=b$$\n\n> $c^2$\n\n|x $d^2$|y|\n|-|-|\n|$e^2$|1|\n\n$$f=g$$ (1)"
    )
    async with (app := Bench(markdown)).run_test(size=(80, 40)):
        assert [rows_of(formula) for formula in app.query(Formula)] == [["a = b"], ["f = g"]]
        assert app.theory.headings == [(1, "On E")]
        shown = "\n".join(
            "".join(segment.text for segment in strip)
            for strip in app.screen._compositor.render_strips()
        )
        assert all(text in shown for text in ("c²", "x d²", "e²"))


async def test_code_is_highlighted() -> None:
    async with (app := Bench()).run_test(size=(80, 24)):
        content = app.query_one(MarkdownFence).query_one(Label).content
        assert content.spans  # type: ignore[union-attr]


async def test_keys_scroll_the_page() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        page = app.theory.page
        page.focus()
        await pilot.press("end")
        await pilot.wait_for_scheduled_animations()
        assert page.scroll_y == page.max_scroll_y > 20
        await pilot.press("home")
        await pilot.wait_for_scheduled_animations()
        assert page.scroll_y == 0
        await pilot.press("down", "down")
        await pilot.wait_for_scheduled_animations()
        assert page.scroll_y == 2
        await pilot.press("pagedown")
        await pilot.wait_for_scheduled_animations()
        assert page.scroll_y > 15


async def test_headings_lead_to_their_place() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        theory = app.theory
        assert theory.headings == [(1, "Memory"), (2, "Code"), (3, "The end of E")]
        theory.page.focus()
        await pilot.press("c", "down", "enter")
        await pilot.pause()
        assert theory.page.scroll_y > 0
        assert app.query("MarkdownH2").first().region.y <= 1
        assert app.focused is theory.page
        assert not theory.has_class("-contents")
        await pilot.press("c")
        assert app.query_one(OptionList).highlighted == 1


async def test_the_contents_follow_the_page() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        app.theory.page.scroll_end(animate=False)
        await app.theory.show("## Another\n\ntext")
        await pilot.pause()
        assert app.theory.headings == [(2, "Another")]
        options = app.query_one(OptionList)
        assert [str(option.prompt) for option in options.options] == ["Another"]
        assert app.theory.page.scroll_y == 0
        assert paragraph(app) == "text"


async def test_contents_hide_again_with_the_same_key() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        app.theory.page.focus()
        await pilot.press("c")
        assert app.query_one(OptionList).display and isinstance(app.focused, OptionList)
        await pilot.press("c")
        assert not app.query_one(OptionList).display and app.focused is app.theory.page


async def test_a_wide_formula_is_not_wrapped_and_moves_with_the_arrow_keys() -> None:
    async with (app := Bench(WIDE)).run_test(size=(80, 24)) as pilot:
        formula = app.query_one(Formula)
        assert formula.query_one(Label).region.height == 1
        assert formula.max_scroll_x > 0
        app.theory.page.focus()
        await pilot.press("right", "right")
        assert formula.scroll_x == 16
        await pilot.press("left", "left", "left")
        assert formula.scroll_x == 0


async def test_links_to_headings_scroll_and_others_open_or_are_left_alone() -> None:
    opened: list[str] = []
    markdown = "[a](#the-end) [b](https://example.com) [c](other.md)\n\n" + "x\n\n" * 40
    async with (app := Bench(markdown + "# The end\n")).run_test(size=(80, 24)) as pilot:
        app.open_url = lambda url, *, new_tab=True: opened.append(url)  # type: ignore[method-assign]
        block = app.query("MarkdownParagraph").first(MarkdownBlock)
        for href in ("#the-end", "https://example.com", "other.md"):
            await block.action_link(href)
        await pilot.pause()
        await pilot.wait_for_scheduled_animations()
        assert opened == ["https://example.com"]
        assert app.theory.page.scroll_y > 0


async def test_an_empty_page_has_no_headings() -> None:
    async with (app := Bench("")).run_test(size=(80, 24)):
        assert app.theory.headings == []
