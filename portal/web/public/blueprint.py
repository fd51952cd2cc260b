"""What anyone may open: the first page, the policy, the ways in, and what machines ask."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
