"""What a patient reads in her access log of each act about her, and which of it is for her alone."""

from portal.domain.words import N_

# What a patient is told in her access log when somebody looked at or handled her information.
LOOKED = {
    "case.read": N_("opened your request"),
    "record.counted": N_("saw how many entries your record has, by kind"),
    "record.read": N_("read an entry of your record"),
    "record.imported": N_("brought your record into the portal"),
    "letter.read": N_("read a letter of your request"),
    "file.read": N_("opened a file of your request"),
    "patient.sought": N_("looked you up by your number or your name"),
    "consent.read": N_("opened a consent of yours"),
    "accuracy.read": N_("opened what you said is wrong in your record"),
    "annotation.read": N_("read a note beside an entry of your record"),
    "complaint.read": N_("opened a complaint of yours"),
    "complaint.bundled": N_("put the papers of a complaint together for an office outside"),
    "complaint.bundle_taken": N_("downloaded the papers of a complaint for an office outside"),
    "consents.read": N_("saw what you agreed to"),
    "patient.read": N_("opened your file"),
    "package.printed": N_("printed your package"),
    "package.downloaded": N_("downloaded your package"),
    "readmission.asked": N_("saw that it is you and asked for a new way in for you"),
    "readmission.approved": N_("approved a new way in for you"),
    "readmission.refused": N_("refused a new way in for you"),
    "invitation.made": N_("made out a code by which you set up your sign-in"),
    "invitation.printed": N_("printed the letter with the code for your sign-in"),
    "invitation.ended": N_("stopped a code for your sign-in"),
    "invitation.refused": N_("stopped a wrong try to use the code for your sign-in"),
    "invitation.used": N_("set up your sign-in with the code"),
    "account_request.read": N_("read a request for an account in your name"),
    "account_request.compared": N_("compared your file with a request for an account"),
    "account_request.accepted": N_("saw that it is you and accepted your request for an account"),
    "identity_paper.opened": N_("opened the copy of your identity paper"),
    "identity_paper.destroyed": N_("destroyed the copy of your identity paper"),
    "package.built": N_("put your package together"),
    "access_log.read": N_("looked who had opened your information"),
    "disclosures.read": N_("looked who had received your information"),
    "representative.registered": N_("wrote down who is to act for you"),
    "representative.verified": N_("checked the proof of who acts for you"),
    "representative.restricted": N_("narrowed what somebody may do for you"),
    "representative.ended": N_("ended the power of somebody to act for you"),
    "representative.shared": N_("let somebody act for you again"),
    "representative.paper_read": N_("opened the paper of who acts for you"),
    "patient.decides": N_("wrote down that you decide for yourself"),
    "patient.died": N_("wrote down a death"),
    "patient.death_taken_back": N_("took back that a death was written down"),
    "code_word.read": N_("read your code word, to talk to you on the telephone"),
    "contact_plan.written": N_("wrote down for you how we may reach you"),
    "contact_change.accepted": N_("accepted the change of your name or contact"),
    "contact_change.refused": N_("refused the change of your name or contact"),
    "patient.registered": N_("opened a file for you in the portal"),
    "case.check_identity": N_("checked who asks for your information"),
    "case.handed_on": N_("took over your file or your request from a colleague"),
    "review.begun": N_("decided about an entry of your record"),
    "review.judged": N_("decided about an entry of your record"),
    "review.released_remaining": N_("decided about several entries of your record at once"),
    "file.added": N_("added a file to your request"),
    "consent.asked": N_("asked for your consent"),
    "consent.withdrawn": N_("took a consent of yours back"),
    "consent.ended": N_("wrote down that a consent of yours came to its end"),
    "consent.picture_read": N_("saw a picture you were asked about, made small"),
    "consent.place_added": N_("wrote down where something of yours is shown"),
    "consent.checked": N_("asked whether we may give your information to somebody outside the clinic"),
    "disclosure.recorded": N_("wrote down that we gave your information to somebody outside the clinic"),
    "disclosure.corrected": N_("corrected an entry of who received your information"),
    "disclosure.refused": N_("wanted to give your information to somebody outside the clinic, and the portal refused"),
    "disclosure.dropped": N_("decided not to give your information to somebody outside the clinic"),
    "disclosure_notice.written": N_("wrote you a letter about what we gave to somebody outside the clinic"),
    "disclosure_notice.read": N_("read the letter to you about what we gave to somebody outside the clinic"),
    "disclosure_notice.settled": N_("wrote down how you got the letter about what we gave to somebody outside"),
    "paper_form.printed": N_("printed a form with your name on it"),
    "paper_form.entered": N_("entered a form of yours that came on paper"),
    "register.read": N_("read who received your information"),
    "register.taken": N_("downloaded the list of who received your information"),
    "access_log.taken": N_("downloaded the list of who looked at your information"),
    "message.read": N_("read your messages with us"),
    "message.file_read": N_("opened a file of your messages with us"),
    "message.answered": N_("wrote you a message"),
    "message.settled": N_("wrote that a message of yours needs no answer, and why"),
    "message.handed_on": N_("named who answers your messages"),
    "message.untold_read": N_("looked how you can be told that a message waits"),
    "message.told": N_("wrote down how you, or who acts for you, were told that a message waits"),
    "message.not_told": N_("wrote down why you, or who acts for you, were not told that a message waits"),
    "dispatch.read": N_("looked how a letter to you goes out"),
    "dispatch.confirmed": N_("looked at where a letter to you goes, and said that it is right"),
    "dispatch.recalled": N_("took a letter to you back, since where it goes has changed"),
    "dispatch.call_planned": N_("planned to tell you a letter on the telephone"),
    "dispatch.batched": N_("put a letter to you with others that go to the post together"),
    "dispatch.dialled": N_("began to send a letter to you by fax"),
    "dispatch.strayed": N_("wrote down that a letter to you may have gone to a fax number after it was taken back"),
    "dispatch.printed": N_("printed a letter to you"),
    "dispatch.taken": N_("took the printed sheets of a letter to you, to put them into the envelope"),
    "dispatch.posted": N_("handed a letter to you over to be carried"),
    "dispatch.handed": N_("gave you a letter at the front desk"),
    "dispatch.sent": N_("sent you word of a letter, or the letter by fax"),
    "dispatch.arrived": N_("wrote down that a letter to you arrived"),
    "dispatch.told": N_("told you a letter on the telephone"),
    "dispatch.not_reached": N_("tried to reach you on the telephone about a letter"),
    "dispatch.failed": N_("wrote down that a letter to you could not be sent"),
    "dispatch.returned": N_("wrote down that a letter to you came back"),
    "dispatch.settled": N_("decided by which way a letter to you goes on"),
    "dispatch.outside_read": N_("looked how a letter about you to somebody outside the clinic goes out"),
    "dispatch.outside_prepared": N_("prepared a letter about you to somebody outside the clinic"),
    "dispatch.outside_sent": N_("sent a letter about you to somebody outside the clinic, or told it to them"),
    "dispatch.outside_not_sent": N_("wrote down that a letter about you to somebody outside did not arrive"),
    "incoming.opened": N_("opened a paper that came in and stands with your file"),
    "incoming.filed": N_("put a paper that came in with your file or your request"),
    "incoming.taken_back": N_("took away a paper that stood with your file or your request and is not yours"),
    "incoming.was_shown_to_others": N_(
        "put a paper with your file or your request that others than you could see by mistake, and nobody opened"
    ),
    "incoming.was_opened_by_others": N_(
        "put a paper with your file or your request that others than you opened by mistake; we tell you more"
    ),
    "access.refused": N_("tried to open your file or your request, and the portal refused"),
    "access.not_allowed": N_("tried to do something with your request, and the portal refused"),
}
LOOKS = ("read", "opened", "sought", "counted")  # what an entry ends with that says: somebody looked


def is_look(action: str) -> bool:
    """Whether an entry of the trail says that somebody looked, and not that she did something or came in."""
    area, _dot, event = action.partition(".")
    return area != "sign_in" and event.rpartition("_")[2] in LOOKS


# What is told elsewhere, or with another line; a test asks of every other line about a patient that it is told.
TOLD_ELSEWHERE = {
    "patient.reason_given": "stands beside the line that says the file was opened",
    "dispatch.*": "each of them is named above",
    "case.*": "every step of a request stands on the request's own page",
    "representative.*": "each of them is named above",
    "incoming.hers_opened": "her own act; who acts for her has the line of the file",
    "watch.*": "it stands on her page of safe contact alone: whoever watches her may read this list with her",
    "contact_change.asked": "her own act, which her account page shows until it is decided",
    "contact_change.taken_back": "her own act",
    "policy.acknowledged": "her own act",
    "message.sent": "it stands in the thread, with who wrote it",
    "internal_note.written": "the clinic's own work; that her messages were read beside it stands in a line of its own",
}
# What only the patient herself may read: who acts for her must not learn that there is a safe way besides, nor that she
# gets a way in of her own.
HERS_ALONE = frozenset(
    {"code_word.read", "contact_plan.written", "contact_change.accepted", "contact_change.refused"}
    | {f"readmission.{what}" for what in ("asked", "approved", "refused")}
    | {f"invitation.{what}" for what in ("made", "printed", "ended", "refused", "used")}
    | {f"account_request.{what}" for what in ("compared", "accepted")}
    | {f"identity_paper.{what}" for what in ("opened", "destroyed")}
    | {f"disclosure_notice.{what}" for what in ("written", "read", "settled")}
    | {f"message.{what}" for what in ("untold_read", "told", "not_told")}
    | {f"complaint.{what}" for what in ("read", "bundled", "bundle_taken")}
    | {action for action in LOOKED if action.startswith(("dispatch.", "incoming."))}
)
