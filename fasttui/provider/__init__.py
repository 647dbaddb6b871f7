"""Where replies come from: the Messages API through the SDK, or a recording."""
