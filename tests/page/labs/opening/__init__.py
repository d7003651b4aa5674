"""What the room promises in which histories are opened."""
