"""The templates of a desk: faults, languages that lack letters, own files that replace nothing or leave something out.

A template is tried with sample data (`mail.samples`). Whether it shows what the letter is there for is seen by giving
it something else in that place: a letter that does not change leaves it out.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from maild.errors import ConfigError
from maild.mail.compose import TEXT_ONLY, Templates
from maild.mail.parts import Quote
from maild.mail.phrase import LANGUAGES
from maild.mail.samples import KINDS, sample_context
from maild.regulation.finding import Finding, error, warning

VITAL: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "acknowledgement": (("planned", "rows"),),
    "receipt": (("planned", "promised", "rows"),),
    "request-information": (("things",),),
    "refusal": (("reason",), ("says",), ("cure",), ("words", "passages")),
    "answer": (("words", "passages"),),
    "rating": (("links",), ("reopen",)),
    "request": (("said",), ("links",)),
    "note": (("said",),),
    "confirmation": (("failures",), ("text",), ("done",)),
    "complaint": (("said",),),
    "warning": (("links",),),
    "escalation": (("targets",), ("links",)),
    "escalation-bundle": (("tickets",),),
    "digest": (("groups",),),
    "operator": (("lines",),),
}
"""What a letter is there for, by template: of each group one variable at least has to be shown."""
_EVERYWHERE = ("marker",)
_PARTS = ("txt", "html")


def templates(whole: Templates, languages: Sequence[str]) -> Iterator[Finding]:
    """Everything that can be said of a desk's templates without its rules. The last of its folders is the shipped one;
    `languages` are those of the desk.
    """
    folders = whole.directories
    shipped = Templates(folders[-1:])
    own = {path.relative_to(folder).as_posix(): path for folder in reversed(folders[:-1]) for path in _files(folder)}
    tried = dict.fromkeys((*languages, *(name.partition("/")[0] for name in own)))
    unread = [path for path in own.values() if not _is_text(path)]
    yield from (error(str(path), "not UTF-8", "save the file as UTF-8") for path in unread)
    faults = [fault for language in tried if language in whole.languages for fault in _faults(whole, language)]
    for fault in (each for each in faults if "codec can't decode" not in each.says):
        place = f"{fault.file}:{fault.line}" if fault.line else fault.file
        yield error(place, fault.says, "correct the template; what it is given stands in the shipped one")
    yield from _languages(whole, folders, languages)
    at_fault = {Path(fault.file) for fault in faults}
    for name, path in sorted(own.items()):
        if (folders[-1] / name).is_file():
            if path not in at_fault:
                yield from _left_out(name, path, whole, shipped)
        elif (language := name.partition("/")[0]) not in LANGUAGES and "/" in name:
            says = f"no letter is made of {name}: there are none in {language}"
            yield warning(str(path), says, f"take it out; there are {', '.join(LANGUAGES)}")
        elif path.suffix != ".j2":
            says = f"no letter is made of {name}: templates are called LANGUAGE/KIND.txt.j2 and LANGUAGE/KIND.html.j2"
            yield warning(str(path), says, _called(f"{name}.j2", folders[-1]))
        elif not any(path.name in other.read_text("utf-8", "replace") for other in own.values() if other != path):
            yield warning(str(path), f"no letter is made of {name}, so it is never used", _called(name, folders[-1]))


def _called(name: str, shipped: Path) -> str:
    """What to call a template that no letter is made of."""
    near = get_close_matches(name, [item.relative_to(shipped).as_posix() for item in _files(shipped)], n=1)
    return f"call it {near[0]}" if near else "take it out"


def _faults(whole: Templates, language: str) -> Iterator[ConfigError]:
    """The templates of a language that cannot be rendered, one for each kind of letter."""
    for kind in KINDS:
        try:
            whole.render(kind, language, sample_context(kind, language))
        except ConfigError as fault:
            yield fault


def _languages(whole: Templates, folders: Sequence[Path], languages: Sequence[str]) -> Iterator[Finding]:
    for language in languages:
        if language in LANGUAGES and language not in whole.languages:
            lacking = [kind for kind in KINDS if not _there(folders, f"{language}/{kind}.txt.j2")]
            kinds = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
            instead = whole.language(*languages)
            says = f"languages: in {language} there is no template for {kinds}; clients are answered in {instead}"
            yield error("desk.toml", says, f"add templates/{language}/…, or take {language} out of languages")


def _left_out(name: str, path: Path, whole: Templates, shipped: Templates) -> Iterator[Finding]:
    """What a template of the desk's own does not show and the shipped one does."""
    language, _, file = name.rpartition("/")
    kind, _, ending = file.removesuffix(".j2").rpartition(".")
    if kind not in KINDS or ending not in _PARTS or language not in LANGUAGES:
        return
    for group in (_EVERYWHERE, *VITAL.get(kind, ())):
        try:
            lacks = not _shows(whole, kind, language, ending, group) and _shows(shipped, kind, language, ending, group)
        except ConfigError:  # told of as a fault already
            return
        if lacks:
            says = f"the {kind} does not show {' or '.join(group)}, which it is there for"
            yield warning(str(path), says, f"put {{{{ {group[0]} }}}} into it as the shipped template does")


def _shows(templates: Templates, kind: str, language: str, ending: str, names: Sequence[str]) -> bool:
    """Whether the letter changes with any of these values."""
    context = dict(sample_context(kind, language))
    return any(
        _part(templates, kind, language, ending, context)
        != _part(templates, kind, language, ending, {**context, name: _another(context[name])})
        for name in names
        if name in context
    )


def _part(templates: Templates, kind: str, language: str, ending: str, context: Mapping[str, Any]) -> str | None:
    made = templates.render(kind, language, context)
    return made.text if ending == "txt" or kind in TEXT_ONLY else made.html


def _another(value: Any) -> Any:
    """A value of the same sort that is not this one."""
    if isinstance(value, Quote):
        return Quote("¤¤")
    return () if isinstance(value, tuple) else "¤¤" if isinstance(value, str) else None


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder of templates, but for what editors and version control leave behind."""
    return (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith("~")
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _is_text(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _there(folders: Sequence[Path], name: str) -> bool:
    return any((folder / name).is_file() for folder in folders)
