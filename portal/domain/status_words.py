"""Where a sentence for the patient speaks of what is hers or what she did, the same for who acts for her.

The keys are the sentences of ``standing`` and its neighbours, word for word: ``tests/domain/test_status.py`` holds that
each is one, and that no representative reads of a record or an act that is not hers.
"""

from portal.domain.words import N_

_WORDS_STAND = N_("The patient’s own words stand beside the entry. We told everybody who had to know.")
FOR_REPRESENTATIVE = {
    "We have your request and will first check who is asking. We must answer you by %(due)s.": N_(
        "We have the request and will first check who is asking. We must answer by %(due)s."
    ),
    "You asked us to waive the fee. The front office decides on that now. We must answer you by %(due)s.": N_(
        "We were asked to waive the fee. The front office decides on that now. We must answer by %(due)s."
    ),
    "You declined the fee. The front office looks for another way. We must answer you by %(due)s.": N_(
        "The fee was declined. The front office looks for another way. We must answer by %(due)s."
    ),
    "Your record is gathered. The front office passes it to %(physician)s now. We must answer you by %(due)s.": N_(
        "The record is gathered. The front office passes it to %(physician)s now. We must answer by %(due)s."
    ),
    "The front office is gathering your record. We must answer you by %(due)s.": N_(
        "The front office is gathering the record. We must answer by %(due)s."
    ),
    "We are waiting for your answer to a question. We must answer your request by %(due)s.": N_(
        "We are waiting for your answer to a question. We must answer the request by %(due)s."
    ),
    "%(physician)s is going through your record. We must answer you by %(due)s.": N_(
        "%(physician)s is going through the record. We must answer by %(due)s."
    ),
    "You have what you asked for. We close this request now. You can still read everything here.": N_(
        "The answer was handed over. We close this request now. You can still read it here."
    ),
    "Your package is ready. You can download it now.": N_("The package is ready. You can download it now."),
    "Your package is ready. You can pick it up at the clinic; bring photo identification.": N_(
        "The package is ready. You can pick it up at the clinic; bring photo identification."
    ),
    "Your package is ready. We are sending it to you by post.": N_("The package is ready. We are sending it by post."),
    "Your package is ready. We are sending it to you by fax.": N_("The package is ready. We are sending it by fax."),
    "This request is closed. You received everything you asked for.": N_(
        "This request is closed. All that was asked for was handed over."
    ),
    "This request is closed. You received part of the record. The letter says what you did not get, and why.": N_(
        "This request is closed. Part of the record was handed over. The letter says what was not, and why."
    ),
    "You withdrew this request. You can make a new one at any time.": N_(
        "This request was withdrawn. You can make a new one at any time."
    ),
    "You agreed. It takes effect when %(physician)s has looked at it. Until then we share nothing.": N_(
        "The consent was given. It takes effect when %(physician)s has looked at it. Until then we share nothing."
    ),
    "You said no. Nothing is shared for this, and your care here stays the same.": N_(
        "The answer was no. Nothing is shared for this, and the care here stays the same."
    ),
    "This holds. You can change your mind at any time.": N_("This holds. It can be taken back at any time."),
    "%(physician)s corrected the entry in part. Your own words stand beside it. We are telling everybody who "
    "had received it.": N_(
        "%(physician)s corrected the entry in part. The patient’s own words stand beside it. We are telling everybody "
        "who had received it."
    ),
    "%(physician)s did not correct the entry. Your own words stand beside it. We are telling everybody who had "
    "received it.": N_(
        "%(physician)s did not correct the entry. The patient’s own words stand beside it. We are telling everybody "
        "who had received it."
    ),
    "We corrected the entry in part, and your own words stand beside it. We told everybody who had to know.": N_(
        "We corrected the entry in part. The patient’s own words stand beside it. We told everybody who had to know."
    ),
    "Your own words stand beside the entry. We told everybody who had to know.": _WORDS_STAND,
    "You took this back. Nothing was changed, and you can send it again at any time.": N_(
        "This was taken back. Nothing was changed, and it can be sent again at any time."
    ),
    "You took this back. Nothing was changed.": N_("This was taken back. Nothing was changed."),
    "We have your complaint, and give it to who answers it. We aim to answer you by %(due)s.": N_(
        "We have the complaint, and give it to who answers it. We aim to answer by %(due)s."
    ),
    "%(physician)s is to answer your complaint. We aim to answer you by %(due)s. "
    "If no answer comes by then, it goes to our administrator by itself.": N_(
        "%(physician)s is to answer the complaint. We aim to answer by %(due)s. "
        "If no answer comes by then, it goes to our administrator by itself."
    ),
    "Our office administrator looks into your complaint. We aim to answer you by %(due)s.": N_(
        "Our office administrator looks into the complaint. We aim to answer by %(due)s."
    ),
    "An office outside the clinic has your complaint. We answer its questions.": N_(
        "An office outside the clinic has the complaint. We answer its questions."
    ),
    "You told us that you are satisfied. This complaint is closed.": N_(
        "We were told that the answer is enough. This complaint is closed."
    ),
    "You took this complaint back. You can complain again at any time.": N_(
        "This complaint was taken back. You can complain again at any time."
    ),
}
