"""What people can do: verbs a person at the clinic would say, each with ``work`` first. Services never commit."""
