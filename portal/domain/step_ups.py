"""The acts for which a person proves herself again, and how long a page may be looked at before it is shown anew.

Source: security.md sections 1 (STEP) and 3.2. A page that carries one of these out names it; the portal does not start
when one of them has no page, or a page names another.
"""

from datetime import timedelta

LASTS = timedelta(minutes=5)
# How long a new second proof of somebody who wants it asked for must rest before it opens a download.
RESTS = timedelta(hours=24)

ACTS = {
    "sign": "a decision about access: the physician's signature",
    "release": "the release of a copy of a record",
    "offer_viewing": "a decision about access: viewing instead of a copy",
    "refuse": "the denial of access",
    "download": "the release of a copy of a record, to the patient herself",
    "print": "the release of a copy of a record, on paper",
    "downloads": "a change of what a download asks for",
    "password": "a change of a proof",
    "codes on": "a change of a proof",
    "passkey": "a change of a proof",
    "passkey away": "a change of a proof",
    "recovery codes": "a change of a proof",
    "link provider": "a change of a way in",
    "unlink provider": "a change of a way in",
    "readmission": "a change of every proof, by two people of the clinic",
    "staff.invite": "the grant of a role",
    "staff.rights": "the grant of a role",
    "staff.invite_back": "the grant of a role",
    "staff.link": "a change of a proof",
    "sign-in e-mail": "a change of an e-mail address",
    "contact plan": "a change of where letters and e-mails go",
    "contact change": "a change of an e-mail address, or of where letters go",
    "watch on": "a change of delegates: all of them rest",
    "watch off": "a change of delegates: all of them act again",
    "account.invite": "the grant of a way in",
    "account_request.accept": "the grant of a way in",
    "representative.register": "a change of a delegate",
    "representative.verify": "a change of a delegate",
    "representative.restrict": "a change of a delegate",
    "representative.end": "a change of a delegate",
    "representative.share": "a change of a delegate",
    "patient.decides": "a change of delegates: the guardian's powers rest",
    "patient.died": "a change of delegates, and the end of a sign-in",
    "patient.death_taken_back": "a change of delegates, and a sign-in given back",
    "consent": "a consent to a disclosure outside the circle of care",
    "disclosure": "a disclosure outside the circle of care, or on the law alone",
    "policy.publish": "what the clinic promises everybody",
    "wording.publish": "what every letter to a patient says",
    "staff.deactivate": "the grant of a role: patients get another physician",
}
