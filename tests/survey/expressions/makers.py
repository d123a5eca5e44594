"""Makes up expressions and answers: mostly meaningful ones, some of mixed sorts, all from one seed."""

import datetime as dt
import json

from baukasten_survey.expressions.nodes import (
    Binary,
    Call,
    Clock,
    Codes,
    Day,
    Logic,
    Name,
    Number,
    Text,
    Truth,
    Unary,
)
from baukasten_survey.expressions.signatures import SIGNATURES
from baukasten_survey.expressions.types import Sort

NAMES = {
    Sort.NUMBER: ["n1", "n2", "q9.r1.a1", "n3"],
    Sort.TEXT: ["t1", "t2", "q7", "q7.other"],
    Sort.BOOLEAN: ["b1", "b2"],
    Sort.DATE: ["d1", "d2"],
    Sort.TIME: ["c1", "c2"],
    Sort.SET: ["s1", "s2", "q9.r2"],
}
NUMBERS = [
    0.0,
    1.0,
    2.0,
    3.0,
    5.0,
    0.1,
    0.5,
    2.5,
    1e-7,
    0.0001,
    99.995,
    1e15,
    123456789.125,
    18446744073709551616.0,
]
TEXTS = [
    "",
    "a1",
    "a2",
    "a10",
    "A1",
    " zu Fuß ",
    "10",
    "-3,50",
    "😀",
    "￿z",
    "a\u0308",
    "ΣΑΣ",
    "İstanbul",
    "\u00a0x\t",
]
CODES = ["a1", "a2", "a3", "a10", "_other"]
PATTERNS = [
    "[a-z]\\d+",
    "a*",
    "(a|A)1+",
    "[^a]*",
    ".{1,3}",
    "-?\\d+([.,]\\d+)?",
    "(\\s|.)*ß.*",
    "(a?){5}\\d{0,3}",
    "",
]
BY_SORT = {sort: sorted(name for name, one in SIGNATURES.items() if one.gives is sort) for sort in Sort}
SAME = ["if", "default", "min", "max"]


def day(made):
    return made.choice(
        [
            dt.date(2024, 2, 29),
            dt.date(1, 1, 1),
            dt.date(9999, 12, 31),
            dt.date.fromordinal(made.randint(1, 3652059)),
        ]
    )


def clock(made):
    return dt.time(made.randint(0, 23), made.randint(0, 59), made.choice([0, 0, made.randint(0, 59)]))


def expression(made, sort=None, depth=4):
    """A tree that gives this sort; one in thirty gives another, as a hasty author's would."""
    if sort is None or made.random() < 0.03:
        sort = made.choice(list(Sort))
    if depth == 0 or made.random() < 0.15:
        return leaf(made, sort)
    if sort is Sort.BOOLEAN and made.random() < 0.7:
        return condition(made, depth)
    if sort is Sort.NUMBER and made.random() < 0.5:
        return calculation(made, depth)
    if (sort not in {Sort.BOOLEAN, Sort.SET} and made.random() < 0.2) or not BY_SORT[sort]:
        return same(made, sort, depth)
    return call(made, made.choice(BY_SORT[sort]), depth)


def leaf(made, sort):
    if made.random() < 0.6:
        return Name(made.choice(NAMES[sort]))
    if sort is Sort.NUMBER:
        return Number(made.choice([*NUMBERS, float(made.randint(0, 9)), round(made.random() * 100, 2)]))
    if sort is Sort.TEXT:
        return Text(made.choice(TEXTS))
    if sort is Sort.BOOLEAN:
        return Truth(made.random() < 0.5)
    if sort is Sort.SET:
        return Codes(tuple(made.sample(CODES, made.randint(1, 3))))
    return Day(day(made)) if sort is Sort.DATE else Clock(clock(made))


def condition(made, depth):
    kind = made.randrange(6)
    if kind == 0:
        parts = tuple(expression(made, Sort.BOOLEAN, depth - 1) for _part in range(made.randint(2, 4)))
        # A list in a list of the same kind is written as one.
        operator = made.choice(["and", "or"])
        parts = tuple(Unary("not", one) if isinstance(one, Logic) else one for one in parts)
        return Logic(operator, parts)
    if kind == 1:
        return Unary("not", expression(made, Sort.BOOLEAN, depth - 1))
    if kind == 2:
        return Binary("in", expression(made, Sort.TEXT, depth - 1), expression(made, Sort.SET, depth - 1))
    operator = made.choice(["==", "!=", "<", "<=", ">", ">="])
    if kind == 4:
        return Binary(operator, Text(near(made)), Text(near(made)))
    if kind == 5:
        return Call("matches", (Text(near(made)), Text(made.choice(PATTERNS))))
    sort = made.choice(list(Sort))
    return Binary(operator, expression(made, sort, depth - 1), expression(made, sort, depth - 1))


def near(made):
    """Short texts that differ little, of signs whose order is another in UTF-16."""
    return "".join(made.choice("a1\uffff😀") for _sign in range(made.randint(0, 3)))


def calculation(made, depth):
    if made.random() < 0.15:
        return Unary("-", expression(made, Sort.NUMBER, depth - 1))
    left, right = (expression(made, Sort.NUMBER, depth - 1) for _side in range(2))
    return Binary(made.choice(["+", "-", "*", "/"]), left, right)


def same(made, sort, depth):
    name = made.choice(SAME)
    if name == "if":
        first = expression(made, Sort.BOOLEAN, depth - 1)
        return Call(name, (first, expression(made, sort, depth - 1), expression(made, sort, depth - 1)))
    count = 2 if name == "default" else made.randint(1, 4)
    return Call(name, tuple(expression(made, sort, depth - 1) for _part in range(count)))


def call(made, name, depth):
    signature = SIGNATURES[name]
    if name == "value":
        return Call(name, (Name(made.choice(["q7", "s1", "q9.r2", "t1"])),))
    if name == "part" and made.random() < 0.3:
        return Call(
            name, (Text(near(made)), Number(float(made.randint(1, 3))), Number(float(made.randint(0, 2))))
        )
    if name == "round" and made.random() < 0.3:
        return Call(name, (Unary("-", Number(made.randint(0, 9) + 0.5)),))
    if name == "matches":
        return Call(name, (expression(made, Sort.TEXT, depth - 1), Text(made.choice(PATTERNS))))
    most = signature.most if signature.most is not None else 4
    count = made.randint(signature.least, most)
    sorts = [made.choice(sorted(signature.sorts(index))) for index in range(count)]
    arguments = [expression(made, sort, depth - 1) for sort in sorts]
    # Whole small numbers, so that stretches, digits and powers are not nearly always missing.
    if name in {"round", "power", "part", "mod"} and made.random() < 0.7:
        arguments[1:] = [Number(float(made.randint(0, 6))) for _one in arguments[1:]]
    return Call(name, tuple(arguments))


def held(made):
    """Values of some of the names, the others missing."""
    values = {}
    for sort, names in NAMES.items():
        for name in names:
            if made.random() < 0.7:
                values[name] = value(made, sort)
    for name in ("q7.value", "s1.value"):
        if made.random() < 0.5:
            values[name] = float(made.randint(0, 5))
    return values


def value(made, sort):
    if made.random() < 0.03:
        sort = made.choice(list(Sort))
    if sort is Sort.NUMBER:
        sign = made.choice([1, -1])
        return sign * made.choice(
            [*NUMBERS, float(made.randint(0, 9)), made.random(), made.uniform(0, 1e6), 1.7e308]
        )
    if sort is Sort.TEXT:
        return made.choice(
            [*TEXTS, *CODES, "".join(made.choice("aAzß1 .-😀") for _sign in range(made.randint(0, 8)))]
        )
    if sort is Sort.BOOLEAN:
        return made.random() < 0.5
    if sort is Sort.SET:
        return tuple(made.sample(CODES, made.randint(1, 4)))
    return day(made) if sort is Sort.DATE else clock(made)


def plain(one):
    """A value as JSON for the browser."""
    if type(one) is dt.date:
        return {"date": one.isoformat()}
    if type(one) is dt.time:
        return {"time": one.isoformat()}
    return {"codes": list(one)} if type(one) is tuple else json.loads(json.dumps(one))
