"""Reading: terms, links and the way back, the search, symbols, answers one at a time."""

from driving import bench, until, workbench
from textual.widgets import Input, OptionList

from tui_dl.tui.screens.page_dialogs import Explained, Find, Sheet
from tui_dl.tui.widgets.theory_page import TheoryPage


def page(app) -> TheoryPage:
    return bench(app).query_one("LessonPage TheoryPage", TheoryPage)


def text(app) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in page(app)._lines)


async def test_a_term_is_explained_and_leads_to_its_lesson():
    async with workbench("lstm") as (app, pilot):
        page(app)._go("term:vanishing gradient")
        await until(pilot, lambda: isinstance(app.screen, Explained))
        await pilot.press("enter")
        await until(pilot, lambda: bench(app).lesson.id == "vanishing-gradients")
        await pilot.press("b")
        await until(pilot, lambda: bench(app).lesson.id == "lstm")


async def test_links_are_followed_by_keyboard_and_lead_back_to_the_same_row():
    async with workbench("perceptron", size=(80, 24)) as (app, pilot):
        await until(pilot, lambda: any(True for _ in page(app)._links()))
        chosen = {name: address for _, name, address in page(app)._links()}
        lessons = [a for a in chosen.values() if a.startswith("lesson:")]
        assert lessons and any(a.startswith("term:") for a in chosen.values())
        for _ in range(len(chosen)):
            await pilot.press("n")
            if chosen[page(app)._link].startswith("lesson:"):
                break
        row = page(app).scroll_y
        await pilot.press("enter")
        wanted = chosen[page(app)._link] if page(app)._link else lessons[0]
        await until(pilot, lambda: bench(app).lesson.id == wanted.removeprefix("lesson:"))
        await pilot.press("b")
        await until(pilot, lambda: bench(app).lesson.id == "perceptron")
        await until(pilot, lambda: page(app).scroll_y == row)


async def test_a_word_is_found_in_the_pages_and_opened_there():
    async with workbench("perceptron") as (app, pilot):
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, Find))
        app.screen.query_one(Input).value = "carousel"
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count > 1)
        first = app.screen.query_one(OptionList).get_option_at_index(0).prompt
        assert "constant error carousel" in str(first)
        await pilot.press("enter", "down", "enter")
        await until(pilot, lambda: bench(app).lesson.id == "lstm")
        assert "carousel" in text(app)


async def test_a_heading_below_a_revealed_answer_with_headings_is_found():
    async with workbench("deep-exercise", size=(80, 24)) as (app, pilot):
        await pilot.press("a")  # its answer has headings of its own
        await until(pilot, lambda: "The settings" in [h.text for h in page(app).headings])
        page(app)._go("lesson:deep-exercise#sources")
        top = [h.text for h in page(app).headings].index("Sources")
        await until(
            pilot, lambda: page(app).scroll_y in (page(app)._tops[top], page(app).max_scroll_y)
        )
        assert page(app).scroll_y > 0


async def test_symbols_are_a_sheet_and_answers_come_one_at_a_time():
    async with workbench("perceptron") as (app, pilot):
        await pilot.press("equals_sign")
        await until(pilot, lambda: isinstance(app.screen, Sheet))
        await pilot.press("escape")
        assert "Perhaps none" not in text(app) and "XOR (0.72)" not in text(app)
        answers = [question.answer.split(":")[0] for question in bench(app).lesson.questions]
        for revealed in range(1, len(answers) + 1):
            await pilot.press("a")
            await until(pilot, lambda n=revealed: bench(app).page._revealed == n)
            found = ["".join(a.split()) in "".join(text(app).split()) for a in answers[:1]]
            assert all(found)
        assert not bench(app).query_one("#reveal").display
