"""Screens: layout and wiring, one file a screen."""
