"""One file = one phenomenon = one page."""
