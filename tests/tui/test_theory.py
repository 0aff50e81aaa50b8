"""Reading a theory page by keyboard and mouse, and its list of headings."""

from textual.app import App, ComposeResult
from textual.widgets import OptionList

from tui_dl.tui.widgets.theory import Theory
from tui_dl.tui.widgets.theory_page import TheoryPage

PAGE = r"""# Memory

The state $z^{t-1}$ of a **cell**, and **weights**.

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


def lines(app: Bench) -> list[str]:
    page = app.theory.page
    return [page.render_line(y).text.strip() for y in range(page.size.height)]


async def test_a_page_is_shown_with_its_formulas_and_in_colors() -> None:
    async with (app := Bench()).run_test(size=(80, 24)):
        assert lines(app)[:3] == ["Memory", "", "The state zᵗ⁻¹ of a cell, and weights."]
        styles = {s.text: s.style for s in app.theory.page.render_line(2) if s.style}
        assert styles["weights"].bold and styles["zᵗ⁻¹"].italic
        code = next(y for y, line in enumerate(lines(app)) if line == "x = 1")
        assert len({s.style.color for s in app.theory.page.render_line(code) if s.style}) > 1


async def test_a_page_is_drawn_again_for_another_width_and_another_theme() -> None:
    def colors() -> list[object]:
        page = app.theory.page
        styles = [page.get_component_rich_style("page--heading"), page.rich_style]
        shown = [next(s.style for s in page.render_line(y) if "word" in s.text) for y in (0, 2)]
        assert [style.color for style in shown] == [style.color for style in styles]
        return shown

    async with (app := Bench("# words\n\n" + "word " * 40)).run_test(size=(80, 24)) as pilot:
        wide, dark = lines(app)[2], colors()
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert len(lines(app)[2]) <= 36 and len(wide) > 60
        app.theme = "textual-light"
        await pilot.pause()
        assert colors() != dark


async def test_keys_scroll_the_page() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        page = app.theory.page
        page.focus()
        await pilot.press("end")
        await pilot.wait_for_scheduled_animations()
        assert page.scroll_y == page.max_scroll_y > 20
        assert "Done." in lines(app)
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
        assert lines(app)[0] == "Code"
        assert app.focused is theory.page
        assert not theory.has_class("-contents")
        await pilot.press("c")
        assert app.query_one(OptionList).highlighted == 1


async def test_the_contents_follow_the_page() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        app.theory.page.scroll_end(animate=False)
        app.theory.show("## Another\n\ntext")
        await pilot.pause()
        assert app.theory.headings == [(2, "Another")]
        options = app.query_one(OptionList)
        assert [str(option.prompt) for option in options.options] == ["Another"]
        assert app.theory.page.scroll_y == 0
        assert lines(app)[:3] == ["Another", "", "text"]
        app.theory.go_to(7)  # a position that the page before had
        assert app.theory.page.scroll_y == 0


async def test_contents_hide_again_with_the_same_key() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        app.theory.page.focus()
        await pilot.press("c")
        assert app.query_one(OptionList).display and isinstance(app.focused, OptionList)
        await pilot.press("c")
        assert not app.query_one(OptionList).display and app.focused is app.theory.page


async def test_a_wide_formula_is_not_wrapped_and_moves_with_the_arrow_keys() -> None:
    async with (app := Bench(WIDE)).run_test(size=(80, 24)) as pilot:
        app.theory.page.focus()
        rows = [line for line in lines(app) if line.startswith("a")]
        assert len(rows) == 1 and len(rows[0]) > 70
        await pilot.press("right", "right")
        assert lines(app)[2] != rows[0] and "+ a" in lines(app)[2]
        for _ in range(90):
            app.theory.page.action_shift(1)
        assert lines(app)[2].endswith("a₃₉")
        for _ in range(90):
            app.theory.page.action_shift(-1)
        assert lines(app)[2] == rows[0]


async def test_links_to_headings_scroll_and_others_open_or_are_left_alone() -> None:
    opened: list[str] = []
    markdown = "[aaa](#the-end) [bbb](https://example.com) [ccc](other.md)\n\n" + "x\n\n" * 40
    async with (app := Bench(markdown + "# The end\n")).run_test(size=(80, 24)) as pilot:
        app.open_url = lambda url, *, new_tab=True: opened.append(url)  # type: ignore[method-assign]
        for column in (11, 7, 3):
            await pilot.click(TheoryPage, offset=(column, 0))
            await pilot.pause()
            if column > 3:
                assert app.theory.page.scroll_y == 0
        assert opened == ["https://example.com"]
        assert app.theory.page.scroll_y > 0


async def test_a_page_that_changes_while_it_is_hidden_shows_when_it_comes_back() -> None:
    async with (app := Bench()).run_test(size=(80, 24)) as pilot:
        app.theory.page.display = False
        await pilot.pause()
        app.theory.show("# Another\n")
        await pilot.pause()
        app.theory.page.display = True
        await pilot.pause()
        assert lines(app)[0] == "Another"


async def test_odd_pages_are_shown_as_well() -> None:
    async with (app := Bench("")).run_test(size=(80, 24)):
        assert app.theory.headings == []
        app.theory.show("#\n\n# one\n\n> ## two\n\n$$\n\n$$\n\n<b>x</b>\n\n![](y)\n")
        assert [text for _, text in app.theory.headings] == ["", "one", "two"]
        app.theory.go_to(1)
