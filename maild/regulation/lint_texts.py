"""Wordings of a regulation: languages that lack, reasons that say no way out, hints that would be read as answers."""

from collections.abc import Iterator

from maild.domain.fields import FieldRule, Kind
from maild.domain.rules import Text
from maild.mail.fields import recognise
from maild.mail.message import Message, Place, Section
from maild.mail.phrase import LANGUAGES
from maild.regulation.finding import Finding, Pack, at_most, error, warning
from maild.regulation.wordings import in_order

_SAID = frozenset({Kind.PICTURE, Kind.DESCRIPTION, Kind.STEPS})
"""Fields that are found in what a whole letter says: any sentence would be one, so hints cannot be tried on them."""


def languages(pack: Pack) -> Iterator[Finding]:
    """Texts for clients that lack a language of the desk, where another would have to stand in."""
    spoken = pack.regulation.desk.languages
    instead = next((language for language in spoken if language in LANGUAGES), LANGUAGES[0])
    for language in spoken:
        if language not in LANGUAGES:
            first = language == spoken[0]
            whom = "everybody is" if first else "clients who write it are"
            says = f"languages: there are no letters in {language}; {whom} answered in {instead}"
            cure = f"take it out; there are {', '.join(LANGUAGES)}"
            yield (error if first else warning)(pack.rule("desk.toml", "languages"), says, cure)
    for language in (each for each in spoken if each in LANGUAGES):
        lacking = (
            warning(where, f"{name} is not there in {language}; {next(iter(text))} stands in", f"add {language} = …")
            for name, where, text in _texts(pack)
            if text and not in_order(text, spoken[0]).get(language, "").strip()
        )
        yield from at_most(lacking, f"{{}} more texts are not there in {language}")


def cures(pack: Pack) -> Iterator[Finding]:
    """Reasons that do not say what to do, and kinds out of scope that do not say whom to ask."""
    for refusal in pack.regulation.desk.refusals.values():
        if not any(refusal.cure.values()):
            says = f"refusals.{refusal.key} has no cure: the client is not told what to do now"
            yield warning(refusal.rule, says, "add cure.…: what to do and whom to turn to")
    for kind in pack.regulation.intake.out_of_scope.values():
        if not any(kind.addressee.values()):
            says = f"out_of_scope.{kind.key} has no addressee: nobody is told whom to ask instead"
            yield warning(kind.rule, says, "add addressee = { … }")


def hints(pack: Pack) -> Iterator[Finding]:
    """Hints of fields that come back in a client's quotation and would be read as values."""
    fields = pack.regulation.intake.fields
    for rule in fields.fields.values():
        for language, text in rule.hint.items():
            title = rule.title.get(language, "")
            found = recognise(_message(f"{title}\n{text}\n", language), fields).candidates
            read = {name: values[0].value for name, values in found.items() if fields[name].kind not in _SAID}
            yield from (_read_as(pack, rule, language, fields[name], value) for name, value in read.items())


def _read_as(pack: Pack, rule: FieldRule, language: str, found: FieldRule, value: str) -> Finding:
    what = "the field itself" if found is rule else found.name
    says = f"fields.{rule.name}.hint.{language}: «{value}» fits {what}; quoted by a client it is read as their answer"
    where = pack.rule("intake.toml", "fields", rule.name, "hint", language)
    return warning(where, says, "describe the form in words, without an example that fits")


def _texts(pack: Pack) -> Iterator[tuple[str, str, Text]]:
    """Every text that a client or an agent may read, with its name and where it stands."""
    desk, intake = pack.regulation.desk, pack.regulation.intake
    yield "name", pack.rule("desk.toml", "name"), desk.names
    yield "hours_text", pack.rule("desk.toml", "hours_text"), desk.hours_text
    yield from ((f"notes.{key}", pack.rule("desk.toml", "notes", key), text) for key, text in desk.notes.items())
    for key, level in desk.levels.items():
        yield f"levels.{key}.title", pack.rule("desk.toml", "levels", key, "title"), level.titles
    for refusal in desk.refusals.values():
        for name in ("title", "text", "cure"):
            where = pack.rule(refusal.rule.partition(":")[0], "refusals", refusal.key, name)
            yield f"refusals.{refusal.key}.{name}", where, getattr(refusal, name)
    for index, link in enumerate(desk.self_help):
        yield "self_help.title", pack.rule("desk.toml", "self_help", index, "title"), link.title
    for index, hint in enumerate(desk.hints):
        yield "hints.text", pack.rule("desk.toml", "hints", index, "text"), hint.text
    for answer in desk.canned.values():
        name = answer.rule.partition(":")[0]
        yield from ((key, pack.rule(name, key), getattr(answer, key)) for key in ("title", "text"))
    for rule in intake.fields.fields.values():
        for key in ("title", "hint"):
            yield f"fields.{rule.name}.{key}", pack.rule("intake.toml", "fields", rule.name, key), getattr(rule, key)
    for category in intake.categories.values():
        where = pack.rule("intake.toml", "categories", category.key, "title")
        yield f"categories.{category.key}.title", where, category.title
    for kind in intake.out_of_scope.values():
        for key in ("title", "addressee"):
            where = pack.rule("intake.toml", "out_of_scope", kind.key, key)
            yield f"out_of_scope.{kind.key}.{key}", where, getattr(kind, key)


def _message(text: str, language: str) -> Message:
    """A letter that says only this, in its writer's own words."""
    sections = (Section(Place.OWN, 0, len(text)),)
    return Message(None, None, 0, (), (), (), "", None, (), (), text, text, sections, (), None, language)
