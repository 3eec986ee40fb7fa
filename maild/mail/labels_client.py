"""The small words of letters to clients that no other letter needs, by language."""

from collections.abc import Mapping

LABELS: Mapping[str, Mapping[str, str]] = {
    "ru": {},
    "en": {},
    "uk": {},
}

WORDS: Mapping[str, Mapping[str, str]] = {
    "ru": {
        "quality desk": "Отдел контроля качества",
        "quality desk of": "{desk}, отдел контроля качества",
        "from both": "{name}, {desk}",
        "effect question": "вопрос к вам",
        "effect question, held": "вопрос к вам, срок решения стоит",
        "effect solution": "решение",
        "files only": "Во вложении: {names}.",
        "several numbers, told": "Названо несколько номеров. Напишите тот, о котором речь.",
        "rate 5": "отлично",
        "rate 4": "хорошо",
        "rate 3": "нормально",
        "rate 2": "плохо",
        "rate 1": "очень плохо",
        "rate reopen": "Вернуть в работу",
        "says reopen, client": "напишите, что осталось",
    },
    "en": {
        "quality desk": "Quality desk",
        "quality desk of": "{desk}, quality desk",
        "from both": "{name}, {desk}",
        "effect question": "a question to you",
        "effect question, held": "a question to you, the resolution time is stopped",
        "effect solution": "solution",
        "files only": "Attached: {names}.",
        "several numbers, told": "Several numbers were given. Write the one that it is about.",
        "rate 5": "excellent",
        "rate 4": "good",
        "rate 3": "fair",
        "rate 2": "poor",
        "rate 1": "very poor",
        "rate reopen": "Reopen",
        "says reopen, client": "write what is left",
    },
    "uk": {
        "quality desk": "Відділ контролю якості",
        "quality desk of": "{desk}, відділ контролю якості",
        "from both": "{name}, {desk}",
        "effect question": "питання до вас",
        "effect question, held": "питання до вас, час вирішення зупинено",
        "effect solution": "рішення",
        "files only": "У вкладенні: {names}.",
        "several numbers, told": "Названо кілька номерів. Напишіть той, про який ідеться.",
        "rate 5": "відмінно",
        "rate 4": "добре",
        "rate 3": "задовільно",
        "rate 2": "погано",
        "rate 1": "дуже погано",
        "rate reopen": "Повернути в роботу",
        "says reopen, client": "напишіть, що лишилося",
    },
}
