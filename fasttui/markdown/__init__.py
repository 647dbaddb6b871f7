"""Markdown to styled lines, incrementally; no toolkit, no colours."""
