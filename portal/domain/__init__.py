"""What the law and the office allow: pure rules on plain values, standard library only."""
