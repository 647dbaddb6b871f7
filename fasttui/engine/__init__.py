"""Sending, timing, paying: everything a chat does that needs no screen."""
