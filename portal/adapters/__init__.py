"""How the portal touches the outside: bytes and plain values in, bytes and plain values out."""
