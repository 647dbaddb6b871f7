"""Formulas become Unicode where that says the same, and stay LaTeX where it would not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fasttui.markdown.latex import formula


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"E = mc^2", "E = mc²"),
        (r"x_{ij} + y_1", "xᵢⱼ + y₁"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\sqrt{x+1} \cdot \sqrt[3]{y}", "√(x+1) · ³√y"),
        (r"\sum_{i=1}^n i^2", "∑ᵢ₌₁ⁿ i²"),
        (r"\lim_{x \to 0} \frac{\sin x}{x}", "lim_(x → 0) (sin x)/x"),
        (r"e^{i\pi} + 1 = 0", "e^(iπ) + 1 = 0"),
        (r"O(n \log n)", "O(n log n)"),
        (r"\left( \frac{1}{2} \right)", "(1/2)"),
        (r"\text{if } x \geq 0", "if x ≥ 0"),
        (r"\mathbb{R}^n", "ℝⁿ"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "[ a b; c d ]"),
    ],
)
def test_formulas(source: str, expected: str) -> None:
    assert formula(source) == expected


@pytest.mark.parametrize("source", [r"\unknown{x}", "x^", "{open", r"\frac{1}", "", "{" * 50 + "}" * 50, "x" * 5000])
def test_what_cannot_be_said_stays_source(source: str) -> None:
    assert formula(source) is None


@given(st.text(st.sampled_from("\\{}^_ab1 &$%#~\n[]()+"), max_size=30))
def test_any_source_gives_a_line_or_nothing(source: str) -> None:
    text = formula(source)
    assert text is None or (text and "\n" not in text)
