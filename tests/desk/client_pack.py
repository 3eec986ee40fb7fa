"""A small regulation of its own: no dated contracts, clients known by domain and portal, levels by line and client."""

from pathlib import Path

INTAKE = """
[fields.page]
kind = "url"
pattern = '^https?://'
title = { en = "Address of the page" }
hint = { en = "As the browser shows it." }

[fields.shop]
kind = "login"
title = { en = "Name of the shop" }
hint = { en = "It stands on the sign." }
pattern = '[a-z]{3,12}'
labels = ["shop"]

[fields.till]
kind = "login"
title = { en = "Till" }
hint = { en = "It stands on the till." }
pattern = '[a-z]{3,12}'
labels = ["till"]

[fields.organisation]
kind = "organisation"
title = { en = "Organisation" }
hint = { en = "Its name." }

[registry]
contracts = []
columns = ["grade", "built_by_us"]

[requests]
default = "question"
public_domains = ["post.test"]

[categories.question]
title = { en = "question" }
required = [["shop", "till"]]
offered = ["page"]
supplied = ["organisation"]

[categories.fault]
title = { en = "fault" }
line = "engineers"

[categories.fix]
title = { en = "small correction" }
level = "slow"
needs = { built_by_us = ["yes", "partly"] }

[[signs]]
category = "fault"
when = ["crash|broken"]

[[signs]]
category = "fix"
when = ["correct"]
"""
DESK = """
name = "Shops"
prefix = "SHOP"
languages = ["en"]

[hours]
timezone = "UTC"
calendar = "calendar.toml"
week = { mon = "00:00-24:00", tue = "00:00-24:00", wed = "00:00-24:00", thu = "00:00-24:00", fri = "00:00-24:00" }

[levels.quick]
reaction = "1h"
[levels.engineer]
reaction = "2h"
[levels.slow]
reaction = "8h"

[[level_for]]
client = { grade = "gold" }
category = ["question", "fault"]
level = "quick"
[[level_for]]
line = ["engineers"]
level = "engineer"
[[level_for]]
category = ["question", "fault"]
level = "slow"
"""
PEOPLE = """
[[agents]]
address = "ann@example.test"
name = "Ann"
lines = ["first", "engineers"]
[lines.first]
title = "First"
first = true
[lines.engineers]
title = "Engineers"
[quality]
addresses = []
"""
CLIENTS = """organisation;email_domains;grade;built_by_us
Alder Ltd;alder.test,alder.portal.test;Gold;yes
Birch Ltd;birch.test,post.test;silver;no
Cedar Ltd;cedar.test;gold;
Copse Ltd;cedar.test;gold;
"""


def write_pack(folder: Path, clients: str | None = CLIENTS) -> Path:
    """The pack as files; without `clients` there is no registry at all."""
    folder.mkdir(exist_ok=True)
    for name, text in {"intake": INTAKE, "desk": DESK, "people": PEOPLE, "calendar": ""}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    if clients is not None:
        (folder / "contracts.csv").write_text(clients, encoding="utf-8")
    return folder
