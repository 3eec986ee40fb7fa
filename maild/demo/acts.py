"""A Monday on a support line, act by act: who writes what, and what the audience is to look at."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from maild.demo import letters
from maild.demo.replies import IVANOV, KOTOVA, MARTIN, POLINA, QUALITY, REGINA
from maild.demo.stage import Letters, Stage, first

CRM, CONTROL = "crm@example.test", "control@example.test"
MONDAY = datetime(2026, 11, 23, 10, 15, tzinfo=ZoneInfo("Europe/Moscow"))


async def play(stage: Stage) -> None:
    """Everything, in order."""
    consultation, english, access = await _clients_write(stage)
    await _something_is_missing(stage)
    await _no_contract(stage)
    await _doubts(stage, access)
    await _agents_answer(stage, consultation)
    await _forged(stage)
    await _quality(stage, english)
    await _time_passes(stage)


async def _clients_write(stage: Stage) -> tuple[Letters, Letters, Letters]:
    screen, clock = stage.screen, stage.clock
    screen.stage("Clients write; whoever has a right is accepted at once")
    consultation = await stage.write(letters.consultation(CRM, clock()), to=CRM, show="acknowledgement", whole=True)
    english = await stage.write(letters.english(CRM, clock()), to=CRM)
    await stage.write(letters.with_screenshot(CRM, clock()), to=CRM)
    access = await stage.write(letters.update_access(CRM, clock()), to=CRM)
    return consultation, english, access


async def _something_is_missing(stage: Stage) -> None:
    stage.screen.stage("Something is missing: just that is asked, the reply completes it")
    asked = await stage.write(letters.incomplete(CRM, stage.clock()), to=CRM, show="request-information")
    await stage.reply(REGINA, first(asked, "request-information"), "802739518, версия 3.1.27.8")


async def _no_contract(stage: Stage) -> None:
    stage.screen.stage("A contract that ran out, and a question that needs none (B6, B7)")
    await stage.write(letters.lapsed(CRM, stage.clock()), to=CRM, show="refusal")
    await stage.write(letters.licensing(CRM, stage.clock()), to=CRM)


async def _doubts(stage: Stage, access: Letters) -> None:
    stage.screen.stage("A doubt goes to a person; what a machine wrote is not answered")
    await stage.write(letters.out_of_scope(CRM, stage.clock()), to=CRM)
    acknowledged = first(access, "acknowledgement")
    await stage.write(letters.out_of_office(CRM, stage.clock(), acknowledged), to=CRM)
    await stage.write(letters.complaint(CONTROL, stage.clock()), to=CONTROL)


async def _agents_answer(stage: Stage, consultation: Letters) -> None:
    """One request from the agent's question to the client's rating."""
    screen, clock = stage.screen, stage.clock
    screen.stage("This is how an agent sees the first request")
    request = first(consultation, "request", IVANOV.address)
    screen.body(request, 50)
    screen.stage("11:05: the agent replies. #ждать makes it a question, and the clock stops")
    clock.move_to(MONDAY.replace(hour=11, minute=5))
    question = "#ждать\n\nПолина, добрый день! Стоит ли в мастере флажок «Только с адресом»?"
    asked = await stage.reply(IVANOV, request, question, show="answer")
    clock.move_to(MONDAY.replace(hour=11, minute=40))
    told = await stage.reply(POLINA, first(asked, "answer"), "Да, флажок стоит. Адреса у всех заполнены.")
    screen.stage("A mistyped command: nothing is done, nothing reaches the client")
    solution = "Снимите флажок и заполните список заново: его отбор устарел."
    more = first(told, "request", IVANOV.address)
    await stage.reply(IVANOV, more, f"#решенно\n\n{solution}", show="confirmation", lines=22)
    solved = await stage.reply(IVANOV, more, f"#решено\n\n{solution}", show="rating", lines=16)
    screen.stage("A colleague answers the same letter: held back until she has seen his")
    theirs = first(told, "request", KOTOVA.address)
    await stage.reply(KOTOVA, theirs, "Полина, переустановите программу, пожалуйста.", show="confirmation", lines=18)
    screen.stage("The client rates by reply: a digit or a word in the first line")
    clock.move_to(MONDAY.replace(hour=12, minute=30))
    await stage.reply(POLINA, first(solved, "rating"), "5, большое спасибо!")


async def _forged(stage: Stage) -> None:
    stage.screen.stage("Somebody writes in an agent's name: no proof, so nothing happens")
    await stage.write(letters.forged(CRM, stage.clock()), to=CRM, show="operator")


async def _quality(stage: Stage, english: Letters) -> None:
    stage.screen.stage("A low rating is a complaint; the quality desk answers from control@")
    request = first(english, "request", KOTOVA.address)
    solved = await stage.reply(KOTOVA, request, "#resolve\n\nMartin, this is how the report works. Please ignore it.")
    rated = "2\nYou did not answer my question."
    complaint = await stage.reply(MARTIN, first(solved, "rating"), rated, show="complaint", lines=24)
    answer = "Martin, you are right, and we are sorry. An engineer will look at it today."
    await stage.reply(QUALITY, first(complaint, "complaint"), answer, show="answer")


async def _time_passes(stage: Stage) -> None:
    stage.screen.stage("Nobody answers the others. The clock is moved on to Monday 17:00: warnings")
    await stage.move(MONDAY.replace(hour=17, minute=0))
    stage.screen.stage("… and to Tuesday 10:00: targets are missed, and escalated once")
    tuesday = MONDAY.replace(hour=10, minute=0) + timedelta(days=1)
    await stage.move(tuesday, show=["escalation", "digest"])
