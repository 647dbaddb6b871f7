"""The Messages API on 127.0.0.1, for demos and tests."""
