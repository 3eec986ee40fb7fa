"""The FIELDS part of `intake.toml` as values: what is asked of a client and how it is recognised.

Every fault names file, line and key. Phrases are those of `domain.phrases`; `pattern`, `plausible` and `refused` are
regular expressions for folded text.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from maild.domain.fields import (
    NEVER,
    Choice,
    Choices,
    FieldRule,
    FieldRules,
    Form,
    Forms,
    Kind,
    Label,
    OtherRule,
    Role,
    Words,
)
from maild.domain.folding import fold
from maild.domain.phrases import compile_phrases, compile_tagged, compile_words, read_phrase
from maild.errors import ConfigError, ConfigErrors
from maild.regulation.wordings import Said
from maild.tomlfile import Strict, TomlFile, validate

_HOST = re.compile(r"[\w*-]{1,63}(?:\.[\w*-]{1,63}){1,8}")


def _phrase(value: str) -> str:
    read_phrase(value)
    return value


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return value


def _word(value: str) -> str:
    if len(read_phrase(value)) > 1:
        raise ValueError(f"one word, or alternatives with | between: {value!r}")
    return value


def _host(value: str) -> str:
    if not _HOST.fullmatch(value.lower()):
        raise ValueError(f"not the name of a host, `*` for any part of it: {value!r}")
    return value.lower()


Word = Annotated[str, AfterValidator(_word)]
Phrase = Annotated[str, AfterValidator(_phrase)]
Expression = Annotated[str, AfterValidator(_expression)]
Host = Annotated[str, AfterValidator(_host)]
Digits = list[Annotated[int, Field(ge=1, le=40)]]


class _Role(Strict):
    near: list[Phrase] = Field(default_factory=list)
    clause: list[Phrase] = Field(default_factory=list)
    after: list[Phrase] = Field(default_factory=list)


class _Field(Strict):
    kind: Annotated[Kind, Field(strict=False)]
    title: Said
    hint: Said
    labels: list[Phrase] = Field(default_factory=list)
    bare: list[Phrase] = Field(default_factory=list)
    digits: Digits = Field(default_factory=list)
    pattern: Expression | None = None
    plausible: Expression | None = None
    refused: Expression | None = None
    fillers: list[Phrase] = Field(default_factory=list)
    not_values: list[str] = Field(default_factory=list)
    ours: list[str] = Field(default_factory=list)
    choices: str | None = None
    general: list[Phrase] = Field(default_factory=list)
    hosts: list[Host] = Field(default_factory=list)
    least: int = Field(default=4, ge=1, le=40)
    roles: dict[str, _Role] = Field(default_factory=dict)


class _Other(Strict):
    labels: list[Phrase] = Field(min_length=1)
    digits: Digits = Field(default_factory=list)
    far: bool = False
    of: str = Field(default="number", pattern="^(number|version)$")


class _Choice(Strict):
    aliases: list[Phrase] = Field(default_factory=list)
    editions: list[Phrase] = Field(default_factory=list)


class _Form(Strict):
    short: str
    long: list[Phrase] = Field(default_factory=list)
    person: bool = False
    quoted: bool = False
    after: bool = False
    small: bool = False


class _Forms(Strict):
    forms: list[_Form] = Field(default_factory=list)


class _Words(Strict):
    fillers: list[Word] = Field(default_factory=list)
    denials: list[Phrase] = Field(default_factory=list)
    examples: list[Phrase] = Field(default_factory=list)
    units: list[Phrase] = Field(default_factory=list)
    contrast: list[Phrase] = Field(default_factory=list)
    pronouns: list[Phrase] = Field(default_factory=list)
    move_from: list[Phrase] = Field(default_factory=list)
    move_to: list[Phrase] = Field(default_factory=list)
    instead: list[Phrase] = Field(default_factory=list)


_FIXED = ("fields", "others", "recognition", "legal_forms")


def field_tables(data: Mapping[str, Any]) -> frozenset[str]:
    """The names of the top-level tables of `intake.toml` that belong to this part, tables of choices among them."""
    fields = data.get("fields", {})
    chosen = (
        {table.get("choices") for table in fields.values() if isinstance(table, dict)}
        if isinstance(fields, dict)
        else set()
    )
    return frozenset(_FIXED) | {name for name in chosen if isinstance(name, str)}


def load_fields(file: TomlFile) -> FieldRules:
    """The fields of a regulation. Raises ConfigErrors with one line for every fault."""
    faults: list[ConfigError] = []
    read = _Reader(file, faults)
    fields = {name: model for name in read.names("fields") if (model := read.table(_Field, "fields", name))}
    others = {name: model for name in read.names("others") if (model := read.table(_Other, "others", name))}
    words = read.table(_Words, "recognition") or _Words()
    forms = read.table(_Forms, "legal_forms") or _Forms()
    rules = {name: _field_rule(read, name, model) for name, model in fields.items()}
    if faults:
        raise ConfigErrors(faults)
    labels = [*_field_labels(fields, rules), *_other_labels(file, others)]
    announcing = compile_tagged((phrase, index) for index, (phrase, _) in enumerate(labels))
    return FieldRules(rules, announcing, tuple(label for _, label in labels), _words(words), _forms(forms))


class _Reader:
    """Reads tables and gathers every fault."""

    def __init__(self, file: TomlFile, faults: list[ConfigError]) -> None:
        self.file, self.faults = file, faults

    def names(self, table: str) -> tuple[str, ...]:
        found = self.file.data.get(table, {})
        if not isinstance(found, dict):
            self.faults.append(self.file.fault("expected a table", table))
            return ()
        return tuple(found)

    def table(self, model: type[Any], *path: str) -> Any:
        data: Any = self.file.data
        for key in path:
            data = data.get(key, {}) if isinstance(data, dict) else data
        try:
            return validate(model, self.file, data, path)
        except ConfigErrors as errors:
            self.faults += errors.faults
            return None


def _field_rule(read: _Reader, name: str, model: _Field) -> FieldRule:
    if model.kind in (Kind.NUMBER, Kind.CODE) and not model.digits:
        read.faults.append(read.file.fault('a field of this kind needs "digits"', "fields", name))
    if model.kind in (Kind.VERSION, Kind.LOGIN) and not model.pattern:
        read.faults.append(read.file.fault('a field of this kind needs "pattern"', "fields", name))
    if model.kind is Kind.CHOICE and not model.choices:
        says = 'a field of this kind needs "choices", the name of a table of what there is to choose from'
        read.faults.append(read.file.fault(says, "fields", name))
    return FieldRule(
        name=name,
        kind=model.kind,
        title=model.title,
        hint=model.hint,
        digits=frozenset(model.digits or ({10, 12} if model.kind is Kind.INN else ())),
        pattern=_compiled(model.pattern),
        plausible=_compiled(model.plausible),
        refused=_compiled(model.refused),
        fillers=compile_phrases(model.fillers),
        not_values=frozenset(fold(value) for value in model.not_values),
        ours=frozenset(fold(value) for value in model.ours),
        roles=tuple(
            Role(key, compile_phrases(role.near), compile_phrases(role.clause), compile_phrases(role.after))
            for key, role in model.roles.items()
        ),
        hosts=tuple(fold(host) for host in model.hosts),
        least=model.least,
        choices=_choices(read, name, model) if model.choices else Choices(),
        rule=read.file.rule("fields", name),
    )


def _choices(read: _Reader, name: str, model: _Field) -> Choices:
    table = model.choices or ""
    if table not in read.file.data:
        read.faults.append(read.file.fault(f"there is no table [{table}]", "fields", name, "choices"))
        return Choices()
    entries = {value: read.table(_Choice, table, value) for value in read.names(table)}
    known = [(Choice(value, read.file.rule(table, value)), entry) for value, entry in entries.items() if entry]
    names = ((phrase, index) for index, (_, entry) in enumerate(known) for phrase in entry.aliases)
    editions = ((phrase, index) for index, (_, entry) in enumerate(known) for phrase in entry.editions)
    found = tuple(choice for choice, _ in known)
    return Choices(compile_tagged(names), found, compile_phrases(model.general), compile_tagged(editions))


def _field_labels(fields: Mapping[str, _Field], rules: Mapping[str, FieldRule]) -> Iterable[tuple[str, Label]]:
    for name, model in fields.items():
        yield from ((phrase, Label(rules[name], bare=True)) for phrase in model.bare)
        yield from ((phrase, Label(rules[name])) for phrase in model.labels)


def _other_labels(file: TomlFile, others: Mapping[str, _Other]) -> Iterable[tuple[str, Label]]:
    for name, model in others.items():
        rule = OtherRule(name, frozenset(model.digits), model.far, model.of == "version", file.rule("others", name))
        yield from ((phrase, Label(rule)) for phrase in model.labels)


def _words(model: _Words) -> Words:
    return Words(
        fillers=compile_words(model.fillers),
        denials=compile_phrases(model.denials),
        example=compile_phrases(model.examples),
        units=compile_phrases(model.units),
        contrast=compile_phrases(model.contrast),
        pronouns=compile_phrases(model.pronouns),
        move_from=compile_phrases(model.move_from),
        move_to=compile_phrases(model.move_to),
        instead=compile_phrases(model.instead),
    )


def _forms(model: _Forms) -> Forms:
    forms = [Form(form.short, form.person, form.quoted, form.after, form.small) for form in model.forms]
    phrases = ((phrase, index) for index, form in enumerate(model.forms) for phrase in (form.short, *form.long))
    return Forms(compile_tagged(phrases), tuple(forms))


def _compiled(expression: str | None) -> re.Pattern[str]:
    return re.compile(expression) if expression else NEVER
