"""The right to support and the decision that follows from it, on values alone. Cases are the contract's numbers."""

from dataclasses import replace
from datetime import date

import pytest
from maild.domain.admission import Disposition
from maild.domain.checks import Case, judge
from maild.domain.entitlement import Claim, Right, Stated, domain_key, examine, lookup, name_key
from maild.domain.intake import Category, OutOfScope
from maild.domain.service import Contract, Partner, Registry, Verdict

TODAY = date(2026, 11, 24)
INN, OTHER_INN = "7707083893", "7728168971"


def until(its: date | None, kp: date | None) -> dict[str, date | None]:
    return {"its": its, "kp": kp}


ACTIVE = Contract(
    "801111111", "main", "CRM ПРОФ", "ООО «Альфа»", INN, until(TODAY, date(2027, 1, 1)), None, ("alfa.test",)
)
LAPSED = Contract(
    "802222222", "main", "CRM", "ООО «Бета»", OTHER_INN, until(date(2026, 11, 23), TODAY), None, ("beta.test",)
)
HALF = replace(
    ACTIVE,
    registration_number="803333333",
    organisation="ООО «Гамма»",
    inn="",
    until=until(TODAY, None),
    email_domains=(),
)
NFR = Contract("804444444", "nfr", "CRM КОРП", "ООО «Партнёр»", "", until(TODAY, TODAY), "4127", ("partner.test",))
ADDED = replace(ACTIVE, registration_number="805555555", kind="additional", until=until(None, None))
ROWS = (ACTIVE, LAPSED, HALF, NFR, ADDED)
PARTNERS = (Partner("4127", "ООО «Партнёр»", ("partner.test",)), Partner("9073", "ООО «Иной»", ("inoy.test",)))
REGISTRY = Registry(
    contracts={row.registration_number: row for row in ROWS},
    partners={partner.code: partner for partner in PARTNERS},
    by_domain={
        "alfa.test": ("801111111", "805555555"),
        "beta.test": ("802222222",),
        "partner.test": ("804444444",),
    },
    by_inn={INN: ("801111111", "805555555"), OTHER_INN: ("802222222",)},
    partner_domains={"partner.test": "4127", "inoy.test": "9073"},
    by_name={name_key(row.organisation): (row.registration_number,) for row in ROWS},
)
NEEDED = ("registration_number", "organisation", "product", "version")
ALONE = tuple((name,) for name in NEEDED)
CONSULTATION = Category(
    "consultation", {"en": "c"}, "standard", required=ALONE, wanting={"nfr": ("partner_code",)}, same_product=("nfr",)
)
UPDATE = Category("update-access", {}, "urgent", required=(*ALONE, ("inn",)), kinds=("main",), same_product=("main",))
LICENSING = Category("licensing", {}, "standard", contracts=False, required=ALONE)
QUALITY = Category("quality", {}, "standard", contracts=False, hand_over=True)
FULL = {"organisation": "ООО «Альфа»", "product": "CRM ПРОФ", "version": "3.1.25.4", "inn": INN, "partner_code": None}


def right(*numbers: str, category: Category = CONSULTATION, **stated: object) -> Right:
    claims = tuple(Claim(number, "own") for number in numbers)
    told = Stated(**{"claims": claims, **stated})  # type: ignore[arg-type]
    return examine(REGISTRY, told, TODAY, needs_contract=category.contracts, kinds=category.kinds)


def decide(found: Right, category: Category = CONSULTATION, **more: object) -> tuple[Disposition, set[str]]:
    fields = {**FULL, "registration_number": found.number, **more.pop("fields", {})}  # type: ignore[dict-item]
    disposition, findings = judge(Case(category, found, fields, **more))  # type: ignore[arg-type]
    return disposition, {name for finding in findings for name in finding.missing}


@pytest.mark.parametrize(
    ("number", "verdict", "disposition"),
    [
        ("801111111", Verdict.ACTIVE, Disposition.ACCEPT),  # ITS ends today: the last day is included
        ("802222222", Verdict.EXPIRED, Disposition.REFUSE),  # ITS ended yesterday, KP ends today: both are needed
        ("803333333", Verdict.MISSING, Disposition.REFUSE),
        ("809999999", Verdict.UNKNOWN, Disposition.ASK),
    ],
)
def test_the_verdict_on_a_day(number: str, verdict: Verdict, disposition: Disposition) -> None:
    found = right(number)
    assert found.verdict is verdict
    assert decide(found)[0] is disposition


def test_every_contract_of_the_regulation_is_needed() -> None:
    def verdict(**days: date | None) -> Verdict | None:
        row = replace(ACTIVE, until=days)
        registry = replace(REGISTRY, contracts={row.registration_number: row})
        return examine(registry, Stated((Claim(row.registration_number, "own"),)), TODAY).verdict

    later, gone = date(2027, 1, 1), date(2026, 11, 23)
    assert verdict(care=TODAY, hosting=later, spare=later) is Verdict.ACTIVE
    assert verdict(care=TODAY, hosting=later, spare=gone) is Verdict.EXPIRED
    assert verdict(care=TODAY, hosting=None, spare=gone) is Verdict.MISSING
    assert verdict() is Verdict.ACTIVE  # none to have: the row alone is the right


def test_the_contracts_are_called_as_the_regulation_calls_them() -> None:
    fields = {**FULL, "registration_number": "802222222"}
    _, (finding, *_) = judge(Case(CONSULTATION, right("802222222"), fields, titles={"its": "Care"}))
    assert "Care until 2026-11-23, kp until 2026-11-24: expired" in finding.says


def test_whose_request_it_is() -> None:
    assert right("801111111").client == ACTIVE
    assert right(domain="beta.test").client == LAPSED
    assert right(domain="beta.test", public=True).client is None
    assert right(domain="post.test", public=True, hosts=("portal.beta.test",)).client == LAPSED
    assert right(domain="alfa.test").client == ACTIVE  # two rows of one owner
    assert right(domain="alfa.test", hosts=("beta.test",)).client is None
    assert right("801111111", domain="beta.test").client is None  # somebody else's number


def test_what_the_clients_row_must_say() -> None:
    marked = replace(right("801111111"), client=replace(ACTIVE, columns={"mark": " YES "}))
    needing = replace(CONSULTATION, needs={"mark": ("yes",)})
    assert decide(marked, needing)[0] is Disposition.ACCEPT
    assert decide(right("801111111"), needing)[0] is Disposition.TRIAGE
    assert decide(replace(marked, client=None), needing)[0] is Disposition.TRIAGE
    assert decide(marked, needing, fields={"version": None}) == (Disposition.ASK, {"version"})


def test_one_of_several_fields_will_do() -> None:
    either = replace(CONSULTATION, required=(("registration_number",), ("version", "inn"), ("partner_code", "product")))
    assert decide(right("801111111"), either)[0] is Disposition.ACCEPT
    assert decide(right("801111111"), either, fields={"version": None})[0] is Disposition.ACCEPT
    without = {"version": None, "inn": None}
    assert decide(right("801111111"), either, fields=without) == (Disposition.ASK, {"version"})
    numbered = replace(CONSULTATION, required=(("registration_number", "inn"),))
    assert decide(right("809999999"), numbered) == (Disposition.ASK, {"registration_number"})


def test_no_number_has_no_verdict_and_asks() -> None:
    found = right()
    assert found.verdict is None and found.entitlement is None
    assert decide(found) == (Disposition.ASK, {"registration_number"})


def test_a_lapsed_contract_refuses_even_if_something_is_missing() -> None:
    assert decide(right("802222222"), fields={"version": None})[0] is Disposition.REFUSE


def test_something_missing_asks_before_a_doubt_triages() -> None:
    found = right("801111111", domain="beta.test")
    assert decide(found, fields={"version": None}) == (Disposition.ASK, {"version"})


def test_case_3_an_unknown_number_said_once_more_goes_to_a_person() -> None:
    disposition, missing = decide(right("809999999"), repeated=True, fields={"version": None})
    assert (disposition, missing) == (Disposition.TRIAGE, set())


def test_case_4_several_numbers() -> None:
    assert right("801111111", "804444444").verdict is Verdict.ACTIVE
    different = right("801111111", "802222222")
    assert different.verdict is Verdict.AMBIGUOUS
    assert decide(different)[0] is Disposition.ASK
    assert right("805555555", "801111111").number == "801111111"


def test_case_4_an_old_number_is_none_and_an_unlabelled_stranger_neither() -> None:
    claims = (Claim("802222222", "own", frozenset({"old"})), Claim("801111111", "own"))
    assert right(claims=claims).verdict is Verdict.ACTIVE
    claims = (Claim("899999999", "own", labelled=False), Claim("801111111", "signature"))
    assert right(claims=claims).number == "801111111"


def test_case_5_the_best_place_counts() -> None:
    claims = (Claim("801111111", "own"), Claim("802222222", "quoted"))
    assert right(claims=claims).verdict is Verdict.ACTIVE
    claims = (Claim("802222222", "forwarded"), Claim("801111111", "signature"))
    assert right(claims=claims).number == "801111111"


def test_case_7_licensing_is_exempt_and_shows_the_dates() -> None:
    found = right("802222222", category=LICENSING)
    assert (
        found.verdict is Verdict.EXEMPT and found.entitlement and found.entitlement.until["its"] == date(2026, 11, 23)
    )
    assert decide(found, LICENSING)[0] is Disposition.ACCEPT
    assert decide(right("809999999", category=LICENSING), LICENSING)[0] is Disposition.ACCEPT
    assert decide(right(category=LICENSING), LICENSING) == (Disposition.ASK, {"registration_number"})


def test_case_9_out_of_scope_is_a_persons_unless_the_regulation_refuses() -> None:
    kind = OutOfScope("on-site", {}, {}, "out-of-scope")
    assert decide(right("801111111"), kind=kind)[0] is Disposition.TRIAGE
    assert decide(right("801111111"), kind=replace(kind, effect="refuse"))[0] is Disposition.REFUSE
    assert decide(right("802222222"), kind=kind)[0] is Disposition.REFUSE
    assert (
        decide(right("801111111"), kind=replace(kind, effect="refuse"), fields={"version": None})[0] is Disposition.ASK
    )


@pytest.mark.parametrize(
    ("stated", "contrary"),
    [
        ({"inns": (OTHER_INN,)}, "inn"),
        ({"inns": ("5024051564",)}, "inn"),  # no row's: from anybody but a partner it speaks against the number too
        ({"inns": (OTHER_INN, INN)}, None),
        ({"domain": "beta.test"}, "domain"),
        ({"domain": "mail.beta.test"}, "domain"),
        ({"domain": "beta.test", "public": True}, None),
        ({"domain": "elsewhere.test"}, None),
        ({"domain": "mail.alfa.test"}, None),
        ({"organisations": ("ООО «Бета»",)}, "organisation"),
        ({"organisations": ("Альфа",)}, None),
        ({"organisations": ("ООО «Никто»",)}, None),
    ],
)
def test_case_10_somebody_elses_number(stated: dict[str, object], contrary: str | None) -> None:
    found = right("801111111", **stated)  # type: ignore[arg-type]
    assert found.contrary == contrary
    assert decide(found)[0] is (Disposition.TRIAGE if contrary else Disposition.ACCEPT)
    if contrary:
        assert found.verdict is Verdict.AMBIGUOUS and found.entitlement and found.entitlement.contract is None


def test_case_10_a_lapsed_contract_of_somebody_else_refuses_nobody() -> None:
    assert decide(right("802222222", domain="alfa.test"))[0] is Disposition.TRIAGE


def test_case_11_partners() -> None:
    assert decide(right("801111111", partner_code="1234"), fields={"partner_code": "1234"})[1] == {"partner_code"}
    alien = decide(right("804444444", partner_code="9073"), fields={"partner_code": "9073", "product": "CRM КОРП"})
    assert alien == (Disposition.ASK, {"registration_number", "partner_code"})
    own = decide(right("804444444", partner_code="4127"), fields={"partner_code": "4127", "product": "CRM КОРП"})
    assert own == (Disposition.ACCEPT, set())
    other = decide(right("804444444", partner_code="4127"), fields={"partner_code": "4127"})
    assert other == (Disposition.ASK, {"registration_number"})  # the NFR copy is of another configuration
    for_user = right("801111111", partner_code="4127", domain="partner.test", inns=("5024051564",))
    assert decide(for_user, fields={"partner_code": "4127"})[0] is Disposition.ACCEPT


def test_an_nfr_number_without_the_partner_code_asks_for_it() -> None:
    found = right("804444444", domain="partner.test")
    assert decide(found, fields={"product": "CRM КОРП"}) == (Disposition.ASK, {"partner_code"})


def test_a_partner_by_domain_who_asks_for_a_stranger_is_asked_for_the_code() -> None:
    assert decide(right("801111111", domain="inoy.test")) == (Disposition.ASK, {"partner_code"})
    assert decide(right("801111111", domain="partner.test")) == (Disposition.ASK, {"partner_code"})


def test_a_partner_code_from_another_partners_domain_is_a_contradiction() -> None:
    assert right("801111111", partner_code="4127", domain="inoy.test").contrary == "domain"


def test_case_11_only_a_main_delivery_gets_access_to_updates() -> None:
    for number in ("804444444", "805555555"):
        found = right(number, category=UPDATE, partner_code="4127")
        assert decide(found, UPDATE, fields={"partner_code": "4127"})[1] >= {"registration_number"}
        assert decide(found, UPDATE)[0] is Disposition.ASK
    both = right("804444444", "801111111", category=UPDATE)
    assert both.number == "801111111" and decide(both, UPDATE)[0] is Disposition.ACCEPT


def test_an_additional_delivery_without_dates_asks_for_the_main_one_instead_of_refusing() -> None:
    assert decide(right("805555555")) == (Disposition.ASK, {"registration_number"})


def test_update_access_to_another_product_is_a_doubt() -> None:
    found = right("801111111", category=UPDATE)
    assert decide(found, UPDATE, fields={"product": "CRM КОРП"})[0] is Disposition.TRIAGE
    assert decide(found, UPDATE, fields={"product": "CRM"})[0] is Disposition.ACCEPT


def test_case_12_abuse_is_never_refused_and_never_asked_back_by_a_machine() -> None:
    assert decide(right(), insulting="дебилы")[0] is Disposition.TRIAGE
    assert decide(right("801111111"), insulting="дебилы")[0] is Disposition.TRIAGE


def test_case_13_what_is_handed_over_needs_nothing() -> None:
    assert decide(right(category=QUALITY), QUALITY, fields=dict.fromkeys(FULL)) == (Disposition.TRIAGE, set())


def test_a_suspected_exempt_request_is_not_refused() -> None:
    assert decide(right("802222222"), suspected="licensing")[0] is Disposition.TRIAGE
    assert decide(right("801111111"), suspected="licensing")[0] is Disposition.ACCEPT


def test_an_exempt_request_that_asks_for_more_is_a_persons_only_without_contracts() -> None:
    assert decide(right("802222222", category=LICENSING), LICENSING, other="consultation")[0] is Disposition.TRIAGE
    assert decide(right("801111111", category=LICENSING), LICENSING, other="consultation")[0] is Disposition.ACCEPT


def test_domains_and_names() -> None:
    assert domain_key(" @Почта.Test. ") == "почта".encode("idna").decode() + ".test"
    assert lookup({"a.test": 1}, "x.y.A.test") == 1
    assert lookup({"test": 1}, "a.test") is None
    assert name_key("ООО «Ромашка»") == name_key('Общество "РОМАШКА"') == name_key("ромашка")
