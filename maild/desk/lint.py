"""`maild check` on one desk: every lint in order, what is said of the rules first, then templates and letters.

A lint is a plain function from a pack to its findings; a new one is a line of the table. None of them changes
anything, and none may raise for a regulation that has been loaded.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from maild.desk.desk import Desk
from maild.desk.lint_letters import letters
from maild.desk.lint_templates import templates
from maild.regulation import (
    lint_calendar,
    lint_categories,
    lint_conditions,
    lint_files,
    lint_levels,
    lint_people,
    lint_registry,
    lint_texts,
    lint_words,
)
from maild.regulation.finding import Finding, Pack, read_pack

Lint = Callable[[Pack], Iterator[Finding]]

LINTS: tuple[Lint, ...] = (
    lint_files.unread,
    lint_calendar.years_covered,
    lint_calendar.contradicting,
    lint_calendar.second_opinion,
    lint_levels.overlapping,
    lint_levels.unused,
    lint_levels.without_targets,
    lint_levels.solved_before_confirmed,
    lint_categories.unchosen,
    lint_categories.nobodys,
    lint_categories.contract_titles,
    lint_people.seats,
    lint_people.reachable,
    lint_people.namesakes,
    lint_people.quality_desk,
    lint_conditions.nothing_to_find,
    lint_conditions.anything,
    lint_conditions.twice,
    lint_conditions.powerless,
    lint_conditions.unreachable,
    lint_words.unused_lists,
    lint_words.look_alikes,
    lint_texts.languages,
    lint_texts.cures,
    lint_texts.hints,
    lint_registry.told_on_loading,
    lint_registry.expired,
    lint_registry.shared_domains,
    lint_registry.shared_inns,
    lint_registry.unknown_partners,
)


def lint(desk: Desk, now: datetime) -> Iterator[Finding]:
    """Everything found in a desk at a time (aware)."""
    regulation = desk.regulation
    pack = read_pack(regulation, now.astimezone(regulation.desk.calendar.zone).date())
    for each in LINTS:
        yield from each(pack)
    found = list(templates(desk.templates, regulation.desk.languages))
    yield from found
    told = {(finding.where, finding.says) for finding in found}
    for finding in letters(desk, now):
        if not any(finding.where == where and finding.says.endswith(says) for where, says in told):
            yield finding
