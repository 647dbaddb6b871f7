"""fasttui: a chat with Claude in the terminal that tells the truth about its speed."""

__version__ = "0.1.0"
