"""`intake.toml`: what a request must carry, what kinds of requests there are, and how each is recognised."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field

from maild.domain.entitlement import PARTNER, REGISTRATION, domain_key
from maild.domain.fields import FieldRules
from maild.domain.intake import Category, Condition, IntakeRules, OutOfScope, Sign, Signs
from maild.domain.levels import choose
from maild.domain.people import People
from maild.domain.rules import DeskRules
from maild.domain.service import RegistryRules
from maild.errors import ConfigError, ConfigErrors
from maild.mail.words import fold_word
from maild.regulation.conditions import read_conditions, read_pattern
from maild.regulation.fields import field_tables, load_fields
from maild.regulation.wordings import MailDomain, Said, Wording, no_such
from maild.tomlfile import Path_, Strict, TomlFile, read_toml, validate

ContractKind = Literal["main", "nfr", "additional"]
Column = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
Group = Annotated[list[str], Field(min_length=1)]


class _Requests(Strict):
    default: str
    quality: str | None = None
    public_domains: list[MailDomain] = Field(default_factory=list)
    clauses: dict[Literal["contracts", "exempt", "partner", "number"], str] = Field(default_factory=dict)
    refusals: dict[Literal["expired", "missing", "unproven"], str] = Field(default_factory=dict)


class _Abuse(Strict):
    insults: list[str] = Field(default_factory=list)
    rough: list[str] = Field(default_factory=list)


class _Registry(Strict):
    contracts: list[Column] = Field(default_factory=lambda: list(RegistryRules().contracts))
    columns: list[Column] = Field(default_factory=list)
    titles: dict[Column, Said] = Field(default_factory=dict)


class _Category(Strict):
    title: Said
    level: str | None = None
    line: str | None = None
    priority: Literal["normal", "high"] = "normal"
    contracts: bool = True
    required: list[str | Group] = Field(default_factory=list)
    offered: list[str] = Field(default_factory=list)
    needs: dict[str, str | Group] = Field(default_factory=dict)
    supplied: list[Literal["organisation", "product", "inn"]] = Field(default_factory=list)
    kinds: list[ContractKind] = Field(default_factory=lambda: list(get_args(ContractKind)))
    wanting: dict[ContractKind, list[str]] = Field(default_factory=dict)
    same_product: list[ContractKind] = Field(default_factory=list)
    prefer: dict[str, str] = Field(default_factory=dict)
    hand_over: bool = False
    clause: str | None = None


class _OutOfScope(Strict):
    title: Said
    addressee: Wording = Field(default_factory=dict)
    refusal: str
    effect: Literal["triage", "refuse"] = "triage"
    clause: str | None = None


class _Sign(Strict):
    category: str
    kind: str | None = None
    when: list[str] = Field(default_factory=list)
    unless: list[str] = Field(default_factory=list)
    never: list[str] = Field(default_factory=list)
    sure: bool = True
    version: str | None = None
    role: Literal["support", "quality"] | None = None


class _Rules(Strict):
    requests: _Requests
    registry: _Registry = Field(default_factory=_Registry)
    categories: dict[str, _Category] = Field(min_length=1)
    out_of_scope: dict[str, _OutOfScope] = Field(default_factory=dict)
    words: dict[str, list[str]] = Field(default_factory=dict)
    abuse: _Abuse = Field(default_factory=_Abuse)
    signs: list[_Sign] = Field(default_factory=list)


def load_intake(directory: Path) -> IntakeRules:
    """Read `intake.toml` of a folder. Raises ConfigError or ConfigErrors that name file, line and key."""
    file = read_toml(directory / "intake.toml")
    fields = load_fields(file)
    model = validate(
        _Rules, file, {key: value for key, value in file.data.items() if key not in field_tables(file.data)}
    )
    faults = list(_names(file, model, fields))
    signs = _signs(file, model, faults)
    if faults:
        raise ConfigErrors(faults)
    return IntakeRules(
        fields=fields,
        categories={key: _category(file, key, item) for key, item in model.categories.items()},
        signs=signs,
        out_of_scope={key: _outside(file, key, item) for key, item in model.out_of_scope.items()},
        default=model.requests.default,
        quality=model.requests.quality,
        public_domains=frozenset(map(domain_key, model.requests.public_domains)),
        clauses={str(key): clause for key, clause in model.requests.clauses.items()},
        refusals={str(key): name for key, name in model.requests.refusals.items()},
        registry=_registry(model, fields),
        column_titles=model.registry.titles,
    )


def cross_faults(directory: Path, intake: IntakeRules, desk: DeskRules, people: People) -> Iterator[ConfigError]:
    """What `intake.toml` names and `desk.toml` does not have, levels and refusals, or `people.toml`, lines."""
    found = list(_crossing(intake, desk, people))
    file = read_toml(directory / "intake.toml") if found else None
    yield from (file.fault(says, *path) for says, path in found if file)


def _crossing(intake: IntakeRules, desk: DeskRules, people: People) -> Iterator[tuple[str, Path_]]:
    for category in intake.categories.values():
        at = ("categories", category.key)
        if category.level is None:
            if not _level_given(category, desk, people):
                says = "the level is missing, and no [[level_for]] of desk.toml gives it whoever the client is"
                yield says, (*at, "level")
        elif category.level not in desk.levels:
            yield no_such("level in desk.toml", category.level, desk.levels), (*at, "level")
        if category.line is not None and category.line not in people.lines:
            yield no_such("line in people.toml", category.line, people.lines), (*at, "line")
    for kind in intake.out_of_scope.values():
        if kind.refusal not in desk.refusals:
            yield no_such("refusal", kind.refusal, desk.refusals), ("out_of_scope", kind.key, "refusal")
    for verdict, key in intake.refusals.items():
        if key not in desk.refusals:
            yield no_such("refusal", key, desk.refusals), ("requests", "refusals", verdict)


def _level_given(category: Category, desk: DeskRules, people: People) -> bool:
    """Whether a condition gives new requests of a category their level, a client nobody knows among them."""
    return choose(desk.level_for, category.key, category.line or people.first_line, {}) is not None


def _registry(model: _Rules, fields: FieldRules) -> RegistryRules:
    """What the registry holds; the lengths of its numbers are those of the fields that are looked up in it."""

    def lengths(name: str) -> frozenset[int]:
        return fields[name].digits if name in fields else frozenset()

    return RegistryRules(
        contracts=tuple(dict.fromkeys(model.registry.contracts)),
        columns=tuple(dict.fromkeys(model.registry.columns)),
        number_digits=lengths(REGISTRATION),
        code_digits=lengths(PARTNER),
    )


def _names(file: TomlFile, model: _Rules, fields: FieldRules) -> Iterator[ConfigError]:
    """Every name that stands for something else must stand for something."""
    for key in ("default", "quality"):
        if (name := getattr(model.requests, key)) and name not in model.categories:
            yield file.fault(no_such("category", name, model.categories), "requests", key)
    for column in (item for item in model.registry.titles if item not in model.registry.columns):
        yield file.fault(f"no such column in [registry]: {column}", "registry", "titles", column)
    for name, category in model.categories.items():
        wanted = {
            "required": [item for group in category.required for item in _group(group)],
            "offered": category.offered,
            **{f"wanting.{kind}": names for kind, names in category.wanting.items()},
        }
        for key, names in {**wanted, "prefer": list(category.prefer)}.items():
            for unknown in (item for item in names if item not in fields):
                yield file.fault(no_such("field", unknown, fields.fields), "categories", name, key.partition(".")[0])
        for column in (item for item in category.needs if item not in model.registry.columns):
            yield file.fault(f"no such column in [registry]: {column}", "categories", name, "needs")
    for index, sign in enumerate(model.signs):
        if sign.category not in model.categories:
            yield file.fault(no_such("category", sign.category, model.categories), "signs", index, "category")
        if sign.kind and sign.kind not in model.out_of_scope:
            yield file.fault(no_such("kind out of scope", sign.kind, model.out_of_scope), "signs", index, "kind")
        if not sign.when and not sign.version:
            yield file.fault("a sign needs `when` or `version`", "signs", index)


def _signs(file: TomlFile, model: _Rules, faults: list[ConfigError]) -> Signs:
    def read(texts: Sequence[str], *at: str | int) -> tuple[Condition, ...]:
        return read_conditions(file, texts, model.words, faults, *at)

    signs = tuple(_sign(file, index, item, read, faults) for index, item in enumerate(model.signs))
    return Signs(
        signs,
        negations=frozenset(map(fold_word, model.words.get("negations", ()))),
        insults=read(model.abuse.insults, "abuse", "insults"),
        rough=read(model.abuse.rough, "abuse", "rough"),
    )


def _sign(
    file: TomlFile, index: int, item: _Sign, read: Callable[..., tuple[Condition, ...]], faults: list[ConfigError]
) -> Sign:
    at: Path_ = ("signs", index)
    if item.version:
        try:
            read_pattern(item.version)
        except ValueError as error:
            faults.append(file.fault(str(error), *at, "version"))
    return Sign(
        category=item.category,
        kind=item.kind,
        when=read(item.when, *at, "when"),
        unless=read(item.unless, *at, "unless"),
        never=read(item.never, *at, "never"),
        sure=item.sure,
        version=item.version,
        role=item.role,
        rule=file.rule(*at, "when") if item.when else file.rule(*at),
    )


def _category(file: TomlFile, key: str, item: _Category) -> Category:
    return Category(
        key=key,
        title=item.title,
        level=item.level,
        priority=item.priority,
        contracts=item.contracts,
        required=tuple(_group(group) for group in item.required),
        supplied=tuple(item.supplied),
        kinds=tuple(item.kinds),
        wanting={kind: tuple(names) for kind, names in item.wanting.items()},
        same_product=tuple(item.same_product),
        prefer=dict(item.prefer),
        hand_over=item.hand_over,
        clause=item.clause,
        rule=file.rule("categories", key),
        line=item.line,
        offered=tuple(item.offered),
        needs={column: _group(values) for column, values in item.needs.items()},
    )


def _group(item: str | list[str]) -> tuple[str, ...]:
    return (item,) if isinstance(item, str) else tuple(item)


def _outside(file: TomlFile, key: str, item: _OutOfScope) -> OutOfScope:
    rule = file.rule("out_of_scope", key)
    return OutOfScope(key, item.title, item.addressee, item.refusal, item.effect, item.clause, rule)
