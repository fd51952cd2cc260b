"""A question to a device, as the script of the page gets it: its key here, and the options for the browser."""

import json

from flask import Response


def answer(key: str, options: str) -> Response:
    text = json.dumps({"question": key, "options": json.loads(options)})
    return Response(text, content_type="application/json")
