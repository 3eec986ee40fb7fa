"""What the process that children are forked from has ready: imported by it alone (see nursery.py), so it acts here."""

from datetime import UTC, datetime
from importlib import import_module

from maild.data import data_dir
from maild.desk.intake import decide
from maild.mail.parse import parse
from maild.regulation.load import load_regulation

for name in ("maild.cli.run", "maild.daemon", "maild.store.migration", "pytest"):
    import_module(name)  # pytest, as a child looks up its main module, and that is pytest's

for words in ("Подскажите, пожалуйста", "Підкажіть, будь ласка", "Could you please tell me"):
    letter = parse(f"From: a@a.invalid\nSubject: -\n\n{words}\n".encode())
    decide(letter, load_regulation(data_dir("rules") / "rarus"), at=datetime.now(UTC), role="support")
