"""Everything under a patient's sign-in: only those who are patients, or act for one, pass its door."""

from flask import Blueprint

from portal.web import sessions

blueprint = Blueprint("patient", __name__)
sessions.guard(blueprint, lambda actor: actor.is_patient)
