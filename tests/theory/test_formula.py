"""Formulas as text: as a block and in a line of running text."""

import pytest
from rich.cells import cell_len

from tui_dl.theory.formula import draw, inline

BLOCKS = {
    r"u^{t} = W_{in} x^{t} + W z^{t-1} + b": ["uᵗ = Wᵢₙ xᵗ + W zᵗ⁻¹ + b"],
    r"\sigma(x)=\frac{1}{1+e^{-x}}": [
        "           1    ",
        "σ(x) = ╶───────╴",
        "        1 + e⁻ˣ ",
    ],
    r"\theta_t = \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}": [
        "                  m̂ₜ     ",
        "θₜ = θₜ₋₁ − η ╶─────────╴",
        "                ┌──╴     ",
        "               ╰┘v̂ₜ  + ε ",
    ],
    r"\hat{m}_t = \frac{m_t}{1-\beta_1^t}": [
        "        mₜ    ",
        "m̂ₜ = ╶───────╴",
        "      1 − β₁ᵗ ",
    ],
    r"\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_{j=1}^{K} e^{z_j}}": [
        "                  zᵢ   ",
        "                 e     ",
        "softmax(z)ᵢ = ╶───────╴",
        "                K      ",
        "               ┰─╴  zⱼ ",
        "               ▐╸  e   ",
        "               ┸─╴     ",
        "               ʲ⁼¹     ",
    ],
    r"\hat x_i = \frac{x_i-\mu_B}{\sqrt{\sigma_B^2+\epsilon}}": [
        "       xᵢ − μ   ",
        "             ᴮ  ",
        "x̂ᵢ = ╶─────────╴",
        "       ┌──────╴ ",
        "       │σ² + ε  ",
        "      ╰┘ ᴮ      ",
    ],
    r"\frac{\partial E}{\partial W} = \sum_{t=1}^{T} \delta^{t} (z^{t-1})^\top": [
        "        T           ",
        " ∂E    ┰─╴          ",
        "╶──╴ = ▐╸  δᵗ(zᵗ⁻¹)ᵀ",
        " ∂W    ┸─╴          ",
        "       ᵗ⁼¹          ",
    ],
    r"f(x) = \begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}": [
        "       ⎧x  x > 0    ",
        "f(x) = ⎩0  otherwise",
    ],
    r"\prod_{i=1}^{n} p(y_i \mid x_i)": [
        " ₙ            ",
        "┰─┰           ",
        "┃ ┃ p(yᵢ ∣ xᵢ)",
        "┸ ┸           ",
        "ⁱ⁼¹           ",
    ],
    r"\nabla_\theta J": ["∇ J", " ᶿ "],
    r"\begin{aligned} a &= b \\ c &= d + e \end{aligned}": [
        "a = b    ",
        "         ",
        "c = d + e",
    ],
    r"W = \begin{bmatrix} a & b \\ c & d \end{bmatrix}": ["    ⎡a b⎤", "W = ⎣c d⎦"],
}

LINES = {
    r"u^{t} = W_{in} x^{t} + W z^{t-1} + b": "uᵗ = Wᵢₙ xᵗ + W zᵗ⁻¹ + b",
    r"\frac{1}{1+e^{-x}}": "1/(1 + e⁻ˣ)",
    r"\frac{\partial E}{\partial W}": "∂E/∂W",
    r"\delta^{t-1} = (W^\top \delta^t) \odot f'(u^{t-1})": "δᵗ⁻¹ = (Wᵀδᵗ) ⊙ f′(uᵗ⁻¹)",
    r"\nabla_\theta J": "∇_θ J",
    r"p_\theta(a|s)": "p_θ(a|s)",
    r"\mathbb{E}_{x \sim p}[f(x)]": "𝔼_(x∼p)[f(x)]",
    r"\sum_{t=1}^{T} y^t \log \hat{y}^t": "Σₜ₌₁ᵀ yᵗ log ŷᵗ",
    r"-\sum_i p_i": "−Σᵢ pᵢ",
    r"x \in \mathbb{R}^n": "x ∈ ℝⁿ",
    r"\sqrt{\hat v_t}": "√v̂ₜ",
    r"10/\sqrt{n}": "10/√n",
    r"\arg\max_a Q^*(s,a)": "arg maxₐ Q*(s,a)",
    r"\operatorname{ReLU}(x) = \max(0, x)": "ReLU(x) = max(0, x)",
    r"\left( \frac{a}{b} \right)^2": "(a/b)²",
    r"\lVert w \rVert_2^2 + \lvert w \rvert + 1": "∥w∥₂² + |w| + 1",
    r"-x": "−x",
    r"a = -x": "a = −x",
    r"2 \times 3": "2 × 3",
    r"\tanh x": "tanh x",
    r"W^{\mathrm{in}}": "Wⁱⁿ",
    r"\text{batch size } B": "batch size B",
}


@pytest.mark.parametrize(("latex", "rows"), BLOCKS.items())
def test_blocks_are_drawn_in_two_dimensions(latex: str, rows: list[str]) -> None:
    assert draw(latex) == rows


@pytest.mark.parametrize(("latex", "text"), LINES.items())
def test_inline_formulas_stay_on_one_line(latex: str, text: str) -> None:
    assert inline(latex) == text


@pytest.mark.parametrize("latex", [*BLOCKS, *LINES])
def test_rows_have_one_width(latex: str) -> None:
    rows = draw(latex)
    assert rows is not None
    assert len({cell_len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a}", "{a", "a}", "x^2^3", r"\unknown{x}", r"\overline{ab}", r"\underbrace{a}_b",
        r"\begin{cases} a", "", "  ", r"\left( a",
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_none(latex: str) -> None:
    assert draw(latex) is None


@pytest.mark.parametrize("latex", [r"\unknown{x}", "{a", "a}", r"\frac{a}", r"\sqrt[3]{x}", "x^"])
def test_what_cannot_be_written_on_a_line_stays_latex(latex: str) -> None:
    assert inline(latex) == latex


def test_a_question_mark_of_the_author_is_no_failure() -> None:
    assert draw("P(x=?)") == ["P(x = ?)"]


def test_width_is_a_limit() -> None:
    assert draw("a + b", 5) == ["a + b"]
    assert draw("a + b", 4) is None


def test_the_caller_may_change_what_it_got() -> None:
    rows = draw("x + y")
    assert rows is not None
    rows.append("changed")
    assert draw("x + y") == ["x + y"]


def test_line_breaks_and_spaces_of_the_source_do_not_matter() -> None:
    assert draw("\n a\n=b \n") == ["a = b"]
