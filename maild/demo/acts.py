"""The acts of the day, step by step, each on the stage."""

from maild.demo.day import Clock, Day, Move, Page, Reply, Write
from maild.demo.letters import compose
from maild.demo.stage import Letters, Stage, first


async def play(stage: Stage, day: Day) -> None:
    """Everything, in order."""
    left: dict[str, Letters] = {}
    for act in day.acts:
        stage.screen.stage(act.title)
        for step in act.steps:
            await _step(stage, day, step, left)


async def _step(stage: Stage, day: Day, step: Write | Reply | Page | Clock | Move, left: dict[str, Letters]) -> None:
    """One step; `left` holds, by the step's name, the letters that left because of it."""
    match step:
        case Write():
            left[step.write] = await _write(stage, day, step, left)
        case Reply():
            writer = day.people[step.reply]
            answered = first(left[step.to], step.kind, writer.address)
            left[step.name] = await stage.reply(writer, answered, step.words, show=step.show, lines=step.lines)
        case Page():
            stage.screen.body(first(left[step.to], step.kind, day.people[step.page].address), step.lines)
        case Clock():
            stage.clock.move_to(day.begins.replace(hour=step.clock.hour, minute=step.clock.minute))
        case Move():
            await stage.move(step.move, show=step.show)


async def _write(stage: Stage, day: Day, step: Write, left: dict[str, Letters]) -> Letters:
    to = day.mailboxes.quality if step.mailbox == "quality" else day.mailboxes.support
    answered = first(left[step.answers], step.kind) if step.answers else None
    raw = compose(day.letters[step.write], to, stage.clock(), answered)
    return await stage.write(raw, to=to, show=step.show, whole=step.whole)
