"""Everybody's own sign-in, under /account: patients and those who work here pass its door alike."""

from flask import Blueprint

from portal.web import sessions

blueprint = Blueprint("account", __name__)
sessions.guard(blueprint, lambda actor: actor.is_patient or actor.is_staff)
