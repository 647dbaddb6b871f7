"""Widgets: one file a widget."""
