"""The demo clinic: people and records made for this project, about nobody who lives."""
