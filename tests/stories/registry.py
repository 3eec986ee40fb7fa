"""The invented contracts that stories are told with."""

HEADER = "registration_number;kind;product;organisation;inn;its_until;kp_until;partner_code;email_domains"
ROWS = {
    "birch": "801000017;main;1С:CRM ПРОФ;ООО «Берёза»;7701000019;2027-12-31;2027-12-31;;birch.test",
    "rowan": "801000025;main;1С:CRM КОРП;ООО «Рябина»;7701000026;2027-12-31;2026-01-31;;rowan.test",
    "maple": "801000033;main;1С:CRM ПРОФ;ООО «Клён»;7701000033;2027-12-31;2027-12-31;;maple.test",
}


def contracts(**renewed: str) -> str:
    """contracts.csv; a keyword such as rowan="2027-12-31" gives a client another kp_until."""
    rows = []
    for name, row in ROWS.items():
        cells = row.split(";")
        cells[6] = renewed.get(name, cells[6])
        rows.append(";".join(cells))
    return "\n".join([HEADER, *rows]) + "\n"
