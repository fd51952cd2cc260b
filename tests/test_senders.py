"""The list of everything that reaches out to a patient: each asks her plan, and nobody else reads what is on file."""

import ast
from collections.abc import Iterator
from pathlib import Path

PORTAL = Path(__file__).resolve().parents[1] / "portal"
# What hands a mail to the outside, and what each kind of mail asks before it does.
SENDERS = {
    "notices": "contact_plans.letterbox",
    "account_notices": "contact_plans.letterbox",
    "recoveries": "contact_plans.letterbox",
    "old_ways": "contact_plans.old_letterbox",
    "email_changes": "contact_plans.letterbox",  # to the new address; only how it looks is asked
    "invitations": "",  # to people of the clinic
    "patient_invitations": "contact_plans.invitation_box",
    "representative_notices": "contact_plans.letterbox",
    "account_requests": "",  # to what a stranger typed: nobody is looked for
}
# Who may read a patient's telephone, e-mail or address, or the address somebody signs in with, and for what.
READS_CONTACTS = {
    "services/contact_plans.py": "weighs them against the plan",
    "services/patient_invitations.py": "writes the letter by the plan",
    "services/dispatch_targets.py": "what the plan gives",
    "services/dispatches.py": "what the plan gives",
    "services/activations.py": "what she will sign in with; old_ways says which old address is told",
    "services/account_requests.py": "compares what a stranger typed with the file",
    "services/representatives.py": "finds who will act by what she signs in with",
    "services/devices.py": "finds an account by what was typed",
    "services/complaint_bundles.py": "the clinic's own",
    "services/consent_receipts.py": "recipients outside the clinic, and the clinic's own",
    "services/correction_notices.py": "recipients outside the clinic",
    "services/disclosure_notices.py": "what the plan gives",
    "services/disclosures.py": "recipients outside the clinic",
    "services/unasked_disclosures.py": "recipients outside the clinic",
    "services/contact_changes.py": "compares them with what is wanted",
    "services/email_changes.py": "compares the address she signs in with",
    "services/notices.py": "the neutral sender of the settings",
    "services/patients.py": "finds a patient by what she signs in with",
    "services/recoveries.py": "finds an account by what was typed; the letterbox says where to",
    "cli/doctor.py": "the clinic's own",
    "services/accounts.py": "shows her what she signs in with",
    "services/staff.py": "people of the clinic",
    "services/invitations.py": "people of the clinic",
    "services/passkeys.py": "names the passkey on her own device",
    "services/passwords.py": "a password must not be her address",
    "services/sign_ins.py": "looks up who signs in",
    "services/demo.py": "opens the demo clinic",
    "services/record_items.py": "what the EMR's export says",
    "services/binding.py": "the clinic's own",
    "web/public/activation.py": "what she will sign in with",
    "web/account/codes.py": "names the code on her own phone",
    "web/account/email.py": "what she signs in with",
    "web/office/people.py": "people of the clinic",
    "web/office/contact_panel.py": "what the plan gives",
    "web/office/account_requests.py": "what a stranger typed",
    "web/office/representatives.py": "the form's own field",
    "web/office/disclosure_form.py": "recipients outside the clinic",
    "web/office/disclosures.py": "the form's own field",
    "web/office/planned_disclosures.py": "recipients outside the clinic",
    "web/office/recipients.py": "recipients outside the clinic",
    "web/patient/disclosures.py": "recipients outside the clinic",
    "web/public/code_activation.py": "what she will sign in with",
    "web/contact_form.py": "the form's own fields",
    "web/public/recover.py": "the form's own field",
    "web/public/sign_in.py": "the form's own field",
    "web/public/front.py": "the clinic's own",
}
CONTACTS = {"phone", "email", "address_lines", "address"}
# Other things that happen to be called so: a page's address, the form's field, the clinic's letterhead.
OTHERS = {
    "head",
    "clinic",
    "contact",
    "body",
    "steps",
    "request",
    "link",
    "left",
    "row",
    "person",
    "read",
    "self",
    "LeftForm",
    "subject",
    "departure",
}


def modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((PORTAL / folder).rglob("*.py")):
        yield path.relative_to(PORTAL).as_posix(), ast.parse(path.read_text("utf-8"))


def attributes(tree: ast.AST) -> Iterator[str]:
    """``a.b`` for every attribute, with the last name before it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            yield f"{name}.{node.attr}"


def test_only_one_place_hands_mails_to_the_outside() -> None:
    handing = {name for name, tree in modules("") if "mail.send" in set(attributes(tree))}
    assert handing == {"services/notices.py"}


def test_every_kind_of_mail_is_on_the_list_and_asks_for_the_letterbox() -> None:
    sending, asks = set(), {}
    for name, tree in modules("services"):
        stem = Path(name).stem
        hands_over = {"notices.send", "mail.send"} & set(attributes(tree)) or "import send as send" in ast.unparse(tree)
        if hands_over and stem != "jobs":
            sending.add(stem)
            asks[stem] = set(attributes(tree))
    assert sending == set(SENDERS)
    for stem, asked in SENDERS.items():
        assert not asked or asked in asks[stem], f"{stem} does not ask {asked}"


def test_nobody_else_reads_a_patients_contacts() -> None:
    found = set()
    for folder in ("services", "web", "cli"):
        for name, tree in modules(folder):
            reads = [each for each in attributes(tree) if each.rpartition(".")[2] in CONTACTS]
            if [each for each in reads if each.partition(".")[0] not in OTHERS]:
                found.add(name)
    strangers = found - set(READS_CONTACTS)
    assert strangers == set(), "these read a telephone, an e-mail or an address: ask contact_plans instead"


def test_letters_and_forms_ask_where_to_write() -> None:
    trees = dict(modules(""))
    assert "contact_plans.where_to_write" in set(attributes(trees["services/letters.py"]))
    for page in ("web/office/paper_requests.py", "web/patient/drafts.py"):
        assert "contact_plans.address_for_a_form" in set(attributes(trees[page]))
    for page in ("web/office/case.py", "web/office/patients.py", "web/office/access_requests.py"):
        assert "panel" in {node.id for node in ast.walk(trees[page]) if isinstance(node, ast.Name)}
