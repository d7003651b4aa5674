"""How events are written down: canonical JSON, codec, CloudEvents, JSON Lines, chain, audit."""
