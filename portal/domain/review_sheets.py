"""The form on paper that asks the office outside the clinic to review a decision of ours; it goes there, not to us.

Source of its fields: law.md section 17, “Request for review”. The office and its rules are the profile's.
"""

from portal.domain.jurisdictions import Profile
from portal.domain.paper_sheets import ADDRESS, EMAIL, LINES, NAME, OTHER, PHONE, SOME, Question, Sheet
from portal.domain.words import N_, _

WHO = (NAME, ADDRESS, PHONE, EMAIL, OTHER)
ANSWERS = (
    N_("The clinic did not give me all that I asked for"),
    N_("The clinic did not correct what I said is wrong"),
    N_("The clinic did not answer in time"),
    N_("Something else"),
)
ENCLOSED = (N_("A copy of what I asked the clinic for"), N_("A copy of the letter with the answer of the clinic"))


def sheet(law: Profile) -> Sheet:
    """The form in the language spoken now."""
    body = law.review_body
    questions = (
        Question(_("Number of the request, such as AR-2026-000123-K. It stands in the letter of the clinic.")),
        Question(_("What did you ask the clinic for, and on which day?"), LINES, rows=3),
        Question(_("What did the clinic answer?"), SOME, tuple(_(each) for each in ANSWERS)),
        Question(_("On which day did the answer reach you?")),
        Question(_("Why should the decision be reviewed?"), LINES, rows=7),
        Question(_("What do you send with this form?"), SOME, tuple(_(each) for each in ENCLOSED)),
    )
    told = (
        _("Send this form to %(office)s, not to the clinic. Keep a copy.", office=_(body.name)),
        _("Ask %(rule)s. %(more)s", rule=_(law.review_words), more=_(law.review_more_words)),
    )
    return Sheet(_("I ask for a review"), _(body.words), questions, (), told)
