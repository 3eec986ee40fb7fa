"""A request for information says which fields will do in place of each other."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from maild.desk import notify
from maild.domain.ticket import Status
from tests.desk.notify_desk import desk
from tests.desk.notify_samples import NOW, ticket


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ru", "Версия программы, ИНН или организация Версия программы: четыре числа"),
        ("en", "Version of the program, INN or organisation Version of the program: four numbers"),
    ],
)
def test_one_of_several(language: str, says: str) -> None:
    at = desk(language)
    fields = at.regulation.intake.fields.fields
    category = at.regulation.intake.categories["consultation"]
    wide = replace(category, required=(("version", "inn", "organisation"), ("registration_number",)))
    intake = replace(at.regulation.intake, categories={"consultation": wide})
    at = replace(at, regulation=replace(at.regulation, intake=intake))
    asked = ticket(
        language=language,
        missing=("version", "registration_number"),
        fields={},
        entitlement=None,
        status=Status.DETAILS,
    )
    out = notify.request_information(at, asked, NOW, key="k")
    message = message_from_bytes(out.raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    text = " ".join(part.get_content().split()) if part else ""
    assert says.lower() in text.lower().replace("\xa0", " ")
    assert f"2. {fields['registration_number'].title[language]}" in text
