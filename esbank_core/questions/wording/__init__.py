"""How a span, an instant, a condition and a question are typed, on the page and at a terminal."""
