"""A conversation out to Markdown, JSON and HTML, and in again."""
