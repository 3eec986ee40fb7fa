"""The thirteen doubtful cases of the contract, what the desk remembers, and the labelled examples where they are."""

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from maild.data import data_dir
from maild.desk.intake import decide
from maild.domain.admission import Decision, Disposition, Known
from maild.domain.service import Verdict
from maild.mail.parse import parse
from maild.regulation.load import Regulation, load_regulation

AT = datetime.fromisoformat("2026-11-24T10:15:00+03:00")
EXAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "examples"
ACCEPT, ASK, REFUSE, TRIAGE = Disposition.ACCEPT, Disposition.ASK, Disposition.REFUSE, Disposition.TRIAGE
QUESTION = "Как объединить два контакта? "
FULL = "ООО «Берёзовая роща», 1С:CRM ПРОФ 3.1.25.4, рег. № 873331138"


@pytest.fixture(scope="module")
def regulation() -> Regulation:
    """The regulation as it is shipped."""
    return load_regulation(data_dir("rules") / "rarus")


@pytest.fixture
def judge(regulation: Regulation) -> Any:
    """Decide about a text sent from an address."""

    def decided(
        text: str, *, sender: str = "v@roscha.test", subject: str = "вопрос", role: str = "support", **more: Any
    ) -> Decision:
        head = f"From: {sender}\r\nTo: crm@example.test\r\nSubject: {subject}\r\n"
        raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
        return decide(parse(raw.encode()), regulation, at=AT, role=role, **more)

    return decided


def test_case_1_the_registry_supplies_organisation_and_product_never_the_version(judge: Any) -> None:
    found = judge(QUESTION + "рег. № 873331138")
    assert (found.disposition, found.missing) == (ASK, ("version",))
    assert found.fields["organisation"] == "ООО «Берёзовая роща»" and found.fields["product"] == "1С:CRM ПРОФ"
    assert {item.name for item in found.found if item.place == "registry"} == {"organisation", "product"}
    update = judge("Прошу доступ к обновлениям, рег. № 873331138")
    assert set(update.missing) == {"organisation", "inn", "product", "version"}
    assert update.fields["organisation"] is None


def test_case_2_no_number_asks_whatever_else_would_lead_to_one(judge: Any) -> None:
    found = judge(QUESTION + "ООО «Берёзовая роща», ИНН 9625511848, 1С:CRM ПРОФ 3.1.25.4")
    assert (found.disposition, found.missing, found.entitlement) == (ASK, ("registration_number",), None)
    assert judge(QUESTION + "версия 3.1.25.4").fields["organisation"] is None  # though the sender's domain has a row


def test_case_2_the_daemon_remembers_the_number_of_an_accepted_ticket(judge: Any) -> None:
    found = judge(QUESTION + "версия 3.1.25.4", known=Known(registration_number="873331138"))
    assert found.disposition is ACCEPT and found.fields["registration_number"] == "873331138"
    assert next(item.place for item in found.found if item.name == "registration_number") == "remembered"
    own = judge(QUESTION + "версия 3.1.25.4, рег. № 869400886", known=Known(registration_number="873331138"))
    assert own.fields["registration_number"] == "869400886"


def test_case_3_an_unknown_number_asks_and_said_once_more_triages(judge: Any) -> None:
    text = QUESTION + "ООО «Тень», 1С:CRM ПРОФ 3.1.25.4, рег. № 888000111"
    first = judge(text, sender="z@ten.test")
    assert (first.disposition, first.missing) == (ASK, ("registration_number",))
    assert first.entitlement.verdict is Verdict.UNKNOWN
    again = judge(text, sender="z@ten.test", known=Known(unknown_numbers=frozenset({"888000111"})))
    assert (again.disposition, again.missing) == (TRIAGE, ()) and "once more" in again.doubt
    carried = Known(fields={"registration_number": "888000111"}, unknown_numbers=frozenset({"888000111"}))
    assert judge("версия 3.1.25.4", sender="z@ten.test", known=carried).disposition is ASK


def test_case_4_several_numbers(judge: Any) -> None:
    same = judge(QUESTION + "рег. № 873331138 и рег. № 857868864, 1С:CRM ПРОФ 3.1.25.4", sender="x@pochta.test")
    assert same.disposition is ACCEPT and same.entitlement.registration_number == "873331138"
    other = judge(QUESTION + "рег. № 873331138 и рег. № 869400886, 1С:CRM ПРОФ 3.1.25.4", sender="x@pochta.test")
    assert (other.disposition, other.entitlement.verdict) == (ASK, Verdict.AMBIGUOUS)
    assert other.missing == ("registration_number",)


def test_case_5_own_text_before_signature_before_quotation(judge: Any) -> None:
    found = judge(f"{QUESTION}{FULL}\r\n\r\n--\r\nрег. № 869400886\r\n\r\n> рег. № 875486446")
    assert found.fields["registration_number"] == "873331138" and found.disposition is ACCEPT


def test_case_6_an_inn_with_wrong_check_digits_is_not_recognised(judge: Any) -> None:
    found = judge(f"Прошу доступ к обновлениям. {FULL}, ИНН 9625511849")
    assert found.fields["inn"] is None and found.missing == ("inn",) and found.unrecognised["inn"] == "9625511849"


def test_case_7_licensing_is_exempt_whatever_the_contract(judge: Any) -> None:
    text = "Не найдена лицензия после замены диска. 1С:CRM ПРОФ 3.1.25.4, "
    lapsed = judge(text + "рег. № 869400886", sender="o@osenlist.test")
    assert (lapsed.disposition, lapsed.entitlement.verdict) == (ACCEPT, Verdict.EXEMPT)
    assert lapsed.entitlement.until["kp"] is not None
    assert judge(text + "ООО «Тень», рег. № 888000111").disposition is ACCEPT
    assert judge(text + "ООО «Тень»").missing == ("registration_number",)


def test_case_8_a_critical_error_and_a_wish_need_the_contracts(judge: Any) -> None:
    error = "Программа не запускается ни у кого, работа стоит. "
    found = judge(error + FULL)
    assert (found.disposition, found.level, found.priority) == (ACCEPT, "standard", "high")
    lapsed = "1С:CRM ПРОФ 3.1.25.4, рег. № 869400886"
    assert judge(error + lapsed, sender="o@osenlist.test").disposition is REFUSE
    wish = judge("Пожелание: добавьте, пожалуйста, кнопку выгрузки. " + lapsed, sender="o@osenlist.test")
    assert (wish.disposition, wish.category) == (REFUSE, "wish")


def test_case_9_out_of_scope_of_an_entitled_client_is_triaged_with_the_refusal_prepared(judge: Any) -> None:
    found = judge("Напишите код обработки на встроенном языке. " + FULL)
    assert (found.disposition, found.category, found.kind) == (TRIAGE, "out-of-scope", "programming")
    assert (found.refusal, found.template) == ("out-of-scope", "receipt")
    lapsed = judge("Напишите код на встроенном языке. рег. № 869400886", sender="o@osenlist.test")
    assert (lapsed.disposition, lapsed.refusal) == (REFUSE, "contract-expired")


def test_case_10_somebody_elses_number(judge: Any) -> None:
    number = QUESTION + "1С:CRM ПРОФ 3.1.25.4, рег. № 873331138"
    for text, sender in ((number, "m@mednyvek.test"), (number + ", ИНН 4909228345", "m@pochta.test")):
        found = judge(text, sender=sender)
        assert (found.disposition, found.entitlement.verdict) == (TRIAGE, Verdict.AMBIGUOUS)
        assert found.entitlement.until == {} and found.fields["organisation"] is None
    assert judge(number, sender="m@pochta.test").disposition is ACCEPT


def test_case_11_partners_and_kinds(judge: Any) -> None:
    assert judge(f"Код партнера 99120. {QUESTION}{FULL}", sender="a@b.test").missing == ("partner_code",)
    alien = judge(
        f"Код партнера 30662, NFR рег. № 876178443, 1С:CRM КОРП 3.1.25.4. {QUESTION}", sender="a@kamakons.test"
    )
    assert alien.disposition is ASK and "registration_number" in alien.missing
    for number, sender in (("876178443", "s@vnedrentsy.test"), ("844769772", "k@dvasklada.test")):
        found = judge(f"Прошу доступ к обновлениям, рег. № {number}, версия 3.1.25.4", sender=sender)
        assert found.disposition is ASK and "registration_number" in found.missing


def test_case_12_abuse_is_triaged_and_never_refused(judge: Any) -> None:
    found = judge("Вы дебилы криворукие", sender="x@pochta.test")
    assert (found.disposition, found.abusive, found.missing) == (TRIAGE, True, ())
    assert judge("Идиоты! " + QUESTION + FULL).disposition is TRIAGE


def test_case_13_the_quality_mailbox(judge: Any) -> None:
    found = judge("Консультант ошибся, разберитесь", role="quality", sender="p@proshlyvek.test")
    assert (found.disposition, found.category, found.template, found.missing) == (TRIAGE, "quality", "receipt", ())


def test_a_reply_with_the_missing_data_completes_the_request(judge: Any) -> None:
    known = Known(
        fields={"registration_number": "873331138", "organisation": "ООО «Берёзовая роща»"}, category="update-access"
    )
    found = judge("ИНН 9625511848, 1С:CRM ПРОФ, версия 3.1.26.2", known=known)
    assert (found.disposition, found.category, found.level) == (ACCEPT, "update-access", "urgent")
    assert {item.place for item in found.found if item.name in known.fields} == {"remembered"}


def test_the_new_letters_own_values_replace_the_remembered(judge: Any) -> None:
    known = Known(fields={"registration_number": "869400886", "version": "3.1.1.1"}, category="consultation")
    found = judge("Ошиблись номером: рег. № 873331138, версия 3.1.25.4", known=known)
    assert found.disposition is ACCEPT and found.fields["version"] == "3.1.25.4"


def test_what_a_machine_or_the_desk_itself_wrote_is_ignored(judge: Any) -> None:
    found = judge(QUESTION + FULL, sender="crm@example.test", own_addresses=frozenset({"crm@example.test"}))
    assert (found.disposition, found.template, found.category) == (Disposition.IGNORE, None, None)
    assert set(found.fields.values()) == {None}


def test_the_trail_tells_category_fields_right_level_and_disposition(judge: Any) -> None:
    says = [reason.says for reason in judge(QUESTION + FULL).reasons]
    for beginning in (
        "category consultation",
        "registration_number = ",
        "entitlement active",
        "level standard",
        "accept",
    ):
        assert any(text.startswith(beginning) for text in says), beginning


def labelled() -> list[Any]:
    """The labelled example letters of this desk, where they are."""
    file = EXAMPLES / "labels.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    labels = (json.loads(line) for line in lines)
    return [pytest.param(label, id=label["id"]) for label in labels if label["desk"] == "rarus"]


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Regulation:
    """The shipped rules with the registry of the examples."""
    folder = tmp_path_factory.mktemp("examples") / "rarus"
    shutil.copytree(data_dir("rules") / "rarus", folder)
    for name in ("contracts.csv", "partners.csv"):
        (folder / name).unlink()
        shutil.copyfile(EXAMPLES / name, folder / name)
    return load_regulation(folder)


if labelled():

    @pytest.mark.parametrize("label", labelled())
    def test_an_example(label: dict[str, Any], examples: Regulation) -> None:
        message = parse((EXAMPLES / label["file"]).read_bytes())
        found = decide(message, examples, at=datetime.fromisoformat(label["at"]), role=label["role"])
        expect, right = label["expect"], found.entitlement
        got = {
            "disposition": found.disposition.value,
            "category": found.category,
            "level": found.level,
            "priority": found.priority,
            "verdict": right.verdict.value if right else None,
            "template": found.template,
        }
        assert {key: got[key] for key in got if key in expect and got[key] not in expect[key]} == {}
        assert set(expect.get("missing_has", ())) <= set(found.missing)
        assert not set(expect.get("missing_not", ())) & set(found.missing)
        assert expect.get("missing") != [] or found.missing == ()
        for key in ("its_until", "kp_until"):
            day = right.until.get(key.removesuffix("_until")) if right else None
            assert key not in expect or (day.isoformat() if day else None) == expect[key]
