"""Markdown to styled lines, incrementally; no toolkit, no colours.

`document.Document` is what front ends use; `lines` and `styles` say what it is made of.
"""
