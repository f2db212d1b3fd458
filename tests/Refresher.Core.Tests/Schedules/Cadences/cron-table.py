#!/usr/bin/env python3
"""Writes cron-table.txt: what cron expressions do around changes of clocks and over long calendars.

    python3 cron-table.py > cron-table.txt

The expected values owe nothing to the program: time is walked minute by minute with Python's own zone data (calendars day by
day), and each minute is compared with the fields one by one. The table is kept with the tests so that they need no Python.
"""
import calendar
import datetime as dt
import random
import zoneinfo

MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
DAYS = "SUN MON TUE WED THU FRI SAT".split()
MACROS = {"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *",
          "@midnight": "0 0 * * *", "@hourly": "0 * * * *", "@every_minute": "* * * * *", "@every_second": "* * * * * *"}
MINUTE = dt.timedelta(minutes=1)


class Cron:
    def __init__(self, text):
        fields = MACROS.get(text.lower(), text).upper().split()
        if len(fields) == 5:
            fields = ["0"] + fields
        self.rhythm = any(c in f for f in fields[:3] for c in "*-/")
        self.seconds = sorted(self.values(fields[0], 0, 59))
        self.minutes = self.values(fields[1], 0, 59)
        self.hours = self.values(fields[2], 0, 23)
        self.months = self.values(fields[4], 1, 12, MONTHS)
        self.day_field, self.week_field = fields[3], fields[5]
        self.day_memory = {}

    @staticmethod
    def values(field, low, high, words=(), wrap=None):
        found = set()
        for item in field.split(","):
            body, _, step = item.partition("/")
            first, dash, last = body.partition("-")
            number = lambda t: words.index(t) + (low if low == 1 else 0) if t in words else int(t)
            if body in "*?":
                first, last = low, high
            else:
                first, last = number(first), number(last) if dash else (high if step else number(first))
            value, steps = first, 0
            span = (last - first) if last >= first else (high - low + 1 - first + last)
            while steps <= span:
                value = first + steps
                found.add(value if value <= high else value - (high - low + 1))
                steps += int(step or 1)
        return found

    def on(self, day):
        if day not in self.day_memory:
            self.day_memory[day] = self.compare(day)
        return self.day_memory[day]

    def compare(self, day):
        if day.month not in self.months:
            return False
        in_month = any(self.month_item(item, day) for item in self.day_field.split(","))
        in_week = any(self.week_item(item, day) for item in self.week_field.split(","))
        star = self.day_field[0] in "*?" or self.week_field[0] in "*?"
        return in_month and in_week if star else in_month or in_week

    def month_item(self, item, day):
        last = calendar.monthrange(day.year, day.month)[1]
        if item == "LW":
            return day.day == max(d for d in range(1, last + 1) if dt.date(day.year, day.month, d).weekday() < 5)
        if item[0] == "L":
            return day.day == last - int(item[2:] or 0)
        if item[-1] == "W":
            wanted = int(item[:-1])
            working = [d for d in range(1, last + 1) if dt.date(day.year, day.month, d).weekday() < 5]
            return wanted <= last and day.day == min(working, key=lambda d: abs(d - wanted))
        return day.day in self.values(item, 1, 31)

    def week_item(self, item, day):
        weekday = (day.weekday() + 1) % 7
        name = lambda t: DAYS.index(t) if t in DAYS else int(t) % 7
        if "#" in item:
            which, nth = item.split("#")
            return weekday == name(which) and (day.day - 1) // 7 + 1 == int(nth)
        if item[-1] == "L":
            return weekday == name(item[:-1]) and (day + dt.timedelta(days=7)).month != day.month
        body, _, step = item.partition("/")
        if body in "*?":
            return weekday % int(step or 1) == 0
        first, dash, last = body.partition("-")
        first = name(first)
        if not dash:
            return weekday in (range(first, 7, int(step)) if step else [first])
        last = 7 if last == "7" else name(last)
        if body.startswith("7-7"):
            return weekday == 0
        span = last - first if last >= first else last + 7 - first
        return weekday in [(first + i) % 7 for i in range(0, span + 1, int(step or 1))]

    def at(self, local):
        return local.minute in self.minutes and local.hour in self.hours and self.on(local.date())


def zoned(cron, offsets, start, end):
    """Occurrences after start, up to end: the clock is walked from some days before, to know which times it showed before."""
    found = []
    before = start - dt.timedelta(days=4)
    reached = None
    moment = before
    while moment <= end:
        local = (moment + offsets(moment)).replace(tzinfo=None)
        seconds = set()
        if reached is not None and local > reached and any(cron.at(reached + i * MINUTE) for i in range((local - reached) // MINUTE)):
            seconds.add(0)
        if cron.at(local) and (cron.rhythm or reached is None or local >= reached):
            seconds.update(cron.seconds)
        found += [moment + dt.timedelta(seconds=s) for s in sorted(seconds)]
        reached = max(reached or local, local + MINUTE)
        moment += MINUTE
    return [m for m in found if start < m <= end]


def plain(cron, start, end):
    found, day = [], start.date()
    while day <= end.date():
        if cron.on(day):
            for hour in sorted(cron.hours):
                for minute in sorted(cron.minutes):
                    found += [dt.datetime(day.year, day.month, day.day, hour, minute, s, tzinfo=dt.timezone.utc) for s in cron.seconds]
        day += dt.timedelta(days=1)
    return [m for m in found if start < m <= end]


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if moment.second else "%Y-%m-%dT%H:%MZ")


def row(cron, found):
    shown = [text(m) for m in found[:4]]
    if len(found) > 4:
        shown.append("… " + text(found[-1]))
    print(f"{cron} | {len(found)} | {' '.join(shown)}".rstrip())


CLOCKS = """0 0 * * *|30 0 * * *|59 23 * * *|0 1 * * *|15 1 * * *|30 1 * * *|45 1 * * *|0 2 * * *|15 2 * * *|30 2 * * *|0 3 * * *|30 3 * * *|0 12 * * *
0 1,2,3 * * *|0,30 2 * * *|15,45 0,1,2,3 * * *|0 0,12 * * *|30 23 * * *|* * * * *|*/5 * * * *|*/15 * * * *|*/30 * * * *|0 * * * *|15 * * * *|30 * * * *
45 * * * *|0 */2 * * *|30 */3 * * *|*/20 2 * * *|* 2 * * *|*/10 1-3 * * *|0 0-4 * * *|0-30 2 * * *|5-55/10 0-3 * * *|*/7 */5 * * *|0 22-2 * * *
30 30 2 * * *|*/30 * 2 * * *|15,45 0 * * * *|0 0/20 1,2 * * *|30 2 * * 1-5|0 0 L * *|0 0 * * 0|30 2 */2 * *|30 2 13 * 5|0 2 LW * *|15 1 15W * 7
@daily|@hourly|@weekly|30 0,1 * * 6,0|0 0 1 * *|30 2 31 * *|5 0 * * *|59 1 * * *""".replace("\n", "|").split("|")

# zone, day of the change (UTC noon is the middle of the window), what happens
CHANGES = """Europe/Berlin 2026-03-29 spring: 02:00 to 02:59 do not exist
Europe/Berlin 2026-10-25 autumn: 02:00 to 02:59 come twice
Europe/London 2025-03-30 spring: 01:00 to 01:59 do not exist
Europe/London 2025-10-26 autumn: 01:00 to 01:59 come twice
Europe/Dublin 2024-03-31 spring; its winter is the saving time, one hour negative
Europe/Dublin 2024-10-27 autumn with negative saving
America/New_York 2025-03-09 spring: 02:00 to 02:59 do not exist
America/New_York 2025-11-02 autumn: 01:00 to 01:59 come twice
America/St_Johns 2006-04-02 spring at one past midnight: 00:01 to 01:00 do not exist
America/St_Johns 2006-10-29 autumn at one past midnight: 23:01 to 00:00 come twice, over two dates
America/Sao_Paulo 2018-11-04 spring without a midnight: 00:00 to 00:59 do not exist
America/Sao_Paulo 2018-02-18 autumn at midnight: 23:00 to 23:59 come twice
America/Asuncion 2023-10-01 no midnight
America/Santiago 2022-09-11 no midnight
America/Santiago 2023-04-02 23:00 to 23:59 come twice
America/Havana 2024-03-10 no midnight
America/Havana 2024-11-03 autumn: 00:00 to 00:59 come twice
Africa/Cairo 2024-04-26 no midnight
Africa/Cairo 2024-11-01 23:00 to 23:59 come twice
Africa/Cairo 2014-06-26 saving time suspended for Ramadan
Africa/Cairo 2014-08-01 and taken up again, no midnight
Africa/Casablanca 2023-03-19 Ramadan: clocks go back
Africa/Casablanca 2023-04-23 and forward again
Asia/Tehran 2022-03-22 no midnight, offsets of half hours
Asia/Tehran 2022-09-22 23:00 to 23:59 come twice
Asia/Beirut 2024-03-31 no midnight
Asia/Gaza 2021-10-29 autumn at one in the morning
Asia/Amman 2022-02-25 no midnight
Asia/Amman 2022-10-28 saving time becomes standard time: nothing changes
Australia/Lord_Howe 2025-10-05 spring of half an hour: 02:00 to 02:29 do not exist
Australia/Lord_Howe 2025-04-06 autumn of half an hour: 01:30 to 01:59 come twice
Australia/Adelaide 2025-10-05 half-hour offset, spring
Pacific/Chatham 2025-09-28 offset of 12:45, 02:45 to 03:44 do not exist
Pacific/Chatham 2025-04-06 offset of 13:45, 02:45 to 03:44 come twice
Antarctica/Troll 2025-03-30 spring of two hours
Antarctica/Troll 2025-10-26 autumn of two hours
Pacific/Apia 2011-12-30 the date line: the 30th does not exist
Pacific/Fakaofo 2011-12-30 the same without saving time
Pacific/Kwajalein 1993-08-21 the 21st does not exist
Pacific/Bougainville 2014-12-27 an hour forward for good
America/Caracas 2007-12-09 back by half an hour for good
America/Caracas 2016-05-01 forward by half an hour for good
Asia/Pyongyang 2015-08-14 back by half an hour for good
Asia/Pyongyang 2018-05-04 forward by half an hour for good
Asia/Kathmandu 1985-12-31 forward by a quarter of an hour, at the turn of the year
Europe/Moscow 2011-03-27 spring for good
Europe/Moscow 2014-10-25 back by an hour for good
Europe/Istanbul 2015-11-08 autumn put off for an election
Europe/Volgograd 2018-10-27 forward for good at 02:00
Europe/Samara 2010-03-28 zone and saving time change at once: the clock stays
America/Scoresbysund 2024-03-31 zone and saving time change at once
America/Argentina/San_Luis 2008-01-20 back by an hour on a summer midnight
Antarctica/Casey 2018-03-10 back by three hours
Antarctica/Casey 2020-10-03 forward by three hours
Asia/Singapore 1981-12-31 forward by half an hour at the turn of the year
Pacific/Kanton 1994-12-31 31 December 1994 does not exist
America/Juneau 1983-10-30 back by two hours
Africa/Juba 2021-01-31 back by an hour for good
Asia/Kolkata 2025-06-15 no change at all
UTC 2025-06-15 no change at all""".split("\n")


def random_cron(rng):
    def field(low, high, words=()):
        def value():
            n = rng.randint(low, high)
            return words[n - low if low else n % 7] if words and rng.random() < 0.3 else str(n)
        kind = rng.random()
        if kind < 0.3:
            return "*"
        if kind < 0.45:
            return f"*/{rng.randint(2, max(2, (high - low) // 2))}"
        if kind < 0.6:
            return f"{value()}-{value()}" + (f"/{rng.randint(1, 4)}" if rng.random() < 0.4 else "")
        if kind < 0.65:
            return f"{rng.randint(low, high)}/{rng.randint(2, max(2, (high - low) // 2))}"
        return ",".join(value() for _ in range(rng.choice([1, 1, 1, 2, 3])))
    day = rng.choice(["*"] * 6 + ["?", field(1, 31), field(1, 31), "L", f"L-{rng.randint(1, 9)}", "LW", f"{rng.randint(1, 31)}W", f"{rng.randint(1, 28)},L"])
    week = rng.choice(["*"] * 6 + ["?", field(0, 7, DAYS + ["SUN"]), field(0, 6), f"{rng.randint(0, 7)}L", f"{rng.choice(DAYS)}#{rng.randint(1, 5)}", "1-5", "5-1"])
    fields = [field(0, 59), field(0, 5) if rng.random() < 0.7 else field(0, 23), day, rng.choice(["*", "*", "*", field(1, 12, MONTHS)]), week]
    return " ".join(([field(0, 59) if rng.random() < 0.3 else "0"] if rng.random() < 0.15 else []) + fields)


def main():
    rng = random.Random(20260329)
    print("# Written by cron-table.py. A group is a zone and a window; a row is")
    print("# expression | occurrences after the window's start and up to its end | the first four … the last")
    for line in CHANGES:
        name, day, what = line.split(" ", 2)
        zone = zoneinfo.ZoneInfo(name)
        middle = dt.datetime.fromisoformat(day + "T12:00:00+00:00")
        start, end = middle - dt.timedelta(hours=36), middle + dt.timedelta(hours=40)
        memory = {}

        def offsets(moment):
            if moment not in memory:
                memory[moment] = moment.astimezone(zone).utcoffset()
            return memory[moment]

        print(f"\n# {what}\n@ {name} {text(start)} {text(end)}")
        for cron in CLOCKS + sorted({random_cron(rng) for _ in range(20)}):
            row(cron, zoned(Cron(cron), offsets, start, end))
    calendars(rng)


def calendars(rng):
    utc = dt.timezone.utc
    rare = """0 0 29 2 *|0 0 * 2 1#5|0 0 * 2 0#5|0 0 * 2 THU#5|0 0 29 2 ?|0 0 31 1,3,5 *|0 0 L 2 *|0 0 L-28 2 *|0 0 L-27 2 *|0 0 29W 2 *|0 0 31W * *|0 0 30W 4,6 *
0 0 L-30 * *|0 0 L-29 * *|0 0 13 * 5|0 0 */30 * 1|0 0 ? * 5#5|0 0 28-31 * 5L|0 0 1W 1 *|0 0 LW 2 *|0 0 29,L 2 *|30 12 29 FEB *|0 0 * * 7#5|0 0 29 2 1""".replace("\n", "|").split("|")
    print("\n# Rare days, over the year 2100, which is no leap year\n@ UTC 2026-01-01T00:00Z 2140-01-01T00:00Z")
    for cron in rare:
        row(cron, plain(Cron(cron), dt.datetime(2026, 1, 1, tzinfo=utc), dt.datetime(2140, 1, 1, tzinfo=utc)))
    print("\n# The leap day of 2000, which came\n@ UTC 1996-03-01T00:00Z 2008-03-01T00:00Z")
    for cron in rare:
        row(cron, plain(Cron(cron), dt.datetime(1996, 3, 1, tzinfo=utc), dt.datetime(2008, 3, 1, tzinfo=utc)))
    print("\n# Every day of the month, nearest weekday, day before the last, and n-th weekday over four years\n@ UTC 2025-06-15T12:30Z 2029-07-01T00:00Z")
    days = [f"{d}" for d in range(1, 32)] + [f"{d}W" for d in range(1, 32)] + [f"L-{d}" for d in range(1, 31)] + ["L", "LW", "L,LW", "15W,L-2", "1,15W,LW", "*", "?", "*/3", "10-3", "25-5/2", "5/9"]
    weeks = ([f"{d}L" for d in range(8)] + [f"{n}#{k}" for n in range(8) for k in range(1, 6)] + [f"{d}" for d in range(8)]
             + [f"{a}-{b}" for a in range(8) for b in range(8)] + [f"{a}-{b}/2" for a in range(8) for b in range(8)]
             + ["MON-FRI", "fri-mon", "Sat,Sun", "SUNL", "tueL,4#2", "1-5,6L", "*/2", "*/3", "2/2", "3/3", "MON#1,MON#3"])
    start, end = dt.datetime(2025, 6, 15, 12, 30, tzinfo=utc), dt.datetime(2029, 7, 1, tzinfo=utc)
    for cron in [f"0 0 {d} * *" for d in days] + [f"0 0 * * {w}" for w in weeks] + [f"15 6 {d} * {w}" for d, w in
            [(rng.choice(days), rng.choice(weeks)) for _ in range(150)]]:
        row(cron, plain(Cron(cron), start, end))
    print("\n# Months, and whatever comes\n@ UTC 2026-02-27T23:59Z 2027-09-03T04:05Z")
    months = [str(m) for m in range(1, 13)] + [m for m in MONTHS] + ["1-3", "11-2", "NOV-FEB", "*/2", "2/3", "OCT-MAR/2", "6,DEC", "feb"]
    start, end = dt.datetime(2026, 2, 27, 23, 59, tzinfo=utc), dt.datetime(2027, 9, 3, 4, 5, tzinfo=utc)
    for cron in [f"59 23 28 {m} *" for m in months] + [f"0 12 * {m} 1" for m in months] + [random_cron(rng) for _ in range(250)] + list(MACROS)[:7]:
        row(cron, plain(Cron(cron), start, end))


main()
