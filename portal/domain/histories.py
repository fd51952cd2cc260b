"""What was done, told afterwards: the history of a case for those who work it, a past sentence for every step."""

from portal.domain.actors import Role
from portal.domain.words import N_, _

# By the event of the workflow's step; a test holds that every step has its sentence.
DONE = {
    "send": N_("%(who)s sent the request."),
    "register": N_("%(who)s entered the request."),
    "check_identity": N_("%(who)s checked who is asking."),
    "begin": N_("%(who)s started to gather the record."),
    "gather": N_("%(who)s brought in the record."),
    "ask": N_("%(who)s asked the patient a question."),
    "answer": N_("%(who)s answered the question."),
    "go_on": N_("%(who)s went on without the answer."),
    "estimate": N_("%(who)s sent a fee estimate."),
    "accept_fee": N_("%(who)s accepted the fee."),
    "decline_fee": N_("%(who)s declined the fee."),
    "ask_waiver": N_("%(who)s asked to have the fee waived."),
    "waive_fee": N_("%(who)s waived the fee."),
    "keep_fee": N_("%(who)s kept the fee."),
    "name_physician": N_("%(who)s changed the responsible physician."),
    "extend": N_("%(who)s extended the time limit."),
    "stop_clock": N_("%(who)s entered that the Commissioner was asked."),
    "restart_clock": N_("%(who)s entered the Commissioner's decision."),
    "refer": N_("%(who)s referred the request to the physician."),
    "no_record": N_("%(who)s answered that there is no record."),
    "judge": N_("%(who)s reviewed the record."),
    "send_back": N_("%(who)s sent the case back to the front office."),
    "sign": N_("%(who)s signed the review."),
    "return_review": N_("%(who)s returned the case to the physician."),
    "release": N_("%(who)s released the package."),
    "offer_viewing": N_("%(who)s invited the patient to view the original."),
    "refuse": N_("%(who)s sent the refusal."),
    "built": N_("The portal finished the package."),
    "rebuild": N_("%(who)s had the package made again."),
    "collect": N_("%(who)s downloaded the package."),
    "hand_over": N_("%(who)s handed the answer over."),
    "close": N_("%(who)s closed the case."),
    "withdraw": N_("%(who)s withdrew the request."),
    "give_consent": N_("%(who)s gave a consent."),
    "refuse_consent": N_("%(who)s said no to a consent."),
    "withdraw_consent": N_("%(who)s took a consent back. It counts from this moment."),
    "limit_sharing": N_("%(who)s limited sharing for care. It counts from this moment."),
    "lift_limit": N_("%(who)s lifted a limit on sharing."),
    "consent_ended": N_("A consent came to its end."),
    "pass_on": N_("%(who)s passed it on to the physician."),
    "offer_talk": N_("%(who)s offered a talk."),
    "accept_consent": N_("%(who)s accepted the consent. It holds from this moment."),
    "decline_consent": N_("%(who)s declined the consent."),
    "overtake": N_("%(who)s took the consent back before it held."),
    "acknowledge": N_("%(who)s took note."),
    "do_task": N_("%(who)s recorded that a recipient or place is settled."),
    "finish": N_("%(who)s finished: everybody who had to know is told."),
    "send_note": N_("%(who)s said that something in the record is wrong."),
    "pass_note_on": N_("%(who)s passed it on to the physician."),
    "add_proof": N_("%(who)s added a paper."),
    "take_note_back": N_("%(who)s took it back."),
    "point_out": N_("%(who)s chose the entry that is meant."),
    "correct_entry": N_("%(who)s corrected the entry."),
    "correct_in_part": N_("%(who)s corrected the entry in part. The rest is noted beside it."),
    "annotate_entry": N_("%(who)s did not correct the entry. It is noted beside it."),
    "settle_notice": N_("%(who)s recorded what was sent to a recipient, or answered."),
    "notice_came_back": N_("%(who)s recorded that the letter to a recipient did not arrive."),
    "state_disagreement": N_("%(who)s added a statement of disagreement."),
    "choose_review": N_("%(who)s chose to ask for a review instead of adding a statement."),
    "finish_note": N_("%(who)s finished: everybody who had to know is told."),
    "send_complaint": N_("%(who)s sent the complaint."),
    "enter_complaint": N_("%(who)s entered the complaint."),
    "to_provider": N_("%(who)s gave the complaint to the provider."),
    "to_administrator": N_("%(who)s gave the complaint to the administrator."),
    "investigate": N_("%(who)s wrote an internal note."),
    "name_person": N_("%(who)s added a person the complaint is about."),
    "hand_up": N_("%(who)s gave the complaint to the administrator."),
    "conflict": N_("%(who)s gave the complaint to the administrator: the provider may not handle it."),
    "answer_complaint": N_("%(who)s answered the complaint."),
    "decide_complaint": N_("%(who)s gave the final answer to the complaint."),
    "send_on": N_("%(who)s sent the complaint on to the administrator."),
    "climb": N_("No answer came by our target. The complaint went to the administrator by itself."),
    "satisfied": N_("%(who)s said that the answer satisfies."),
    "not_satisfied": N_("%(who)s said that the answer does not satisfy."),
    "take_back": N_("%(who)s took the complaint back."),
    "close_complaint": N_("%(who)s closed the complaint."),
    "take_outside": N_("%(who)s entered that the complaint was taken outside."),
    "take_up_outside": N_("%(who)s entered that the complaint was taken outside."),
    "outside_question": N_("%(who)s entered a question from outside."),
    "outside_answer": N_("%(who)s recorded our answer to a question from outside."),
    "end_outside": N_("%(who)s entered how it ended outside."),
    "give_papers": N_("%(who)s recorded that the papers were given to the office outside."),
}
# How the identity was checked, as it is told in the history.
CHECKED = {
    "signed_in": N_("%(who)s checked who is asking by the sign-in to the portal."),
    "photo_id": N_("%(who)s checked who is asking by photo identification at the counter."),
    "call_back": N_("%(who)s checked who is asking by calling back."),
    "known": N_("%(who)s checked who is asking: somebody at the clinic knows the person."),
    "documents": N_("%(who)s checked who is asking by comparing documents with the file."),
}

# What somebody of the clinic enters because the patient said or wrote it: her act, their hand.
ENTERED = {
    "give_consent": N_("%(who)s entered a consent of the patient."),
    "refuse_consent": N_("%(who)s entered that the patient said no to a consent."),
    "withdraw_consent": N_("%(who)s entered that the patient took a consent back. It counts from this moment."),
    "limit_sharing": N_("%(who)s entered a limit on sharing that the patient wants. It counts from this moment."),
    "lift_limit": N_("%(who)s entered that the patient lifted a limit on sharing."),
    "overtake": N_("%(who)s entered that the patient took the consent back before it held."),
    "send_note": N_("%(who)s entered what the patient says is wrong in the record."),
    "state_disagreement": N_("%(who)s entered a statement of disagreement of the patient."),
}
# What the portal does next by itself when the patient sends something: nobody passed it on.
PASSED = {
    "pass_on": N_("It went to the physician."),
    "pass_note_on": N_("It went to the physician."),
    "to_provider": N_("The complaint went to the provider."),
    "to_administrator": N_("The complaint went to the administrator."),
}


def sentence(event: str, who: str, role: Role, method: str = "") -> str:
    """What ``who`` did in the ``role``; ``method`` is how the identity was checked."""
    by_role = PASSED if role in (Role.PATIENT, Role.SYSTEM) else ENTERED
    return _(CHECKED.get(method) or by_role.get(event) or DONE[event], who=who)
