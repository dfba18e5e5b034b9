"""What wishes change of what a kit is about: everything else stays as it was."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import ceil

from interview_service.domain.interview import Level
from interview_service.engines.builtin.choosing import (
    FEWEST_CRITERIA,
    MOST_QUESTIONS_EACH,
    Placed,
    Selection,
    is_asked_once,
    leading_people,
    of_this_work,
    usual_beside,
)
from interview_service.engines.builtin.moving import reordered
from interview_service.engines.builtin.noting import fewer_note
from interview_service.engines.builtin.subjects import Part, Subject
from interview_service.engines.builtin.timing import SHORTEST, USUAL, Budget, asked_in, budget
from interview_service.engines.builtin.wanted import (
    MOST_WANTED_EACH,
    Wanted,
    amount_for,
    means,
    names,
)
from interview_service.engines.builtin.work import words_of

_CLOSEST = 3.5  # minutes of talk a question, where people asked for more of them
_CLOSE = 4.5  # the same, where an interview or a section became shorter
_WIDEST = 10.0  # minutes a question from which there is room for another
_STEP, _LEAST_GIVING = 5, 7  # minutes that a section gives the main one, and those that it keeps
_LEAST_OF_A_SAMPLE = 10  # minutes that others may not take from a piece of work
_MOST_CRITERIA = 10  # of a section that people asked to have more


def edited(
    base: Selection,
    wanted: Wanted,
    added: Sequence[Subject],
    *,
    length: Level,
    level: Level,
    leads: bool,
    most: Mapping[str, int],
) -> Selection:
    """Return a selection with what wishes change of it.

    :param added: the subjects to ask about as well.
    :param length: the level by which the interview is as long as it is, where nobody says how long.
    :param level: that of the questions.
    :param most: names of subjects to how many sound questions there are on them.
    """
    return _Editing(base, wanted, length, level, most, leads=leads).done(added)


class _Editing:
    def __init__(
        self,
        base: Selection,
        wanted: Wanted,
        length: Level,
        level: Level,
        most: Mapping[str, int],
        *,
        leads: bool,
    ) -> None:
        self._most = most
        self._base = base
        self._wanted = wanted
        self._length = length
        self._level = level
        self._leads = leads
        self._turns = sum(map(len, base.placed.values()))
        self._placed = {part: list(base.placed.get(part, ())) for part in Part}
        self._late = list(base.late)
        self._filled: list[Subject] = []
        self._cut: list[Subject] = []
        self._meant: set[str] = set()
        self._notes: list[str] = []

    def done(self, added: Sequence[Subject]) -> Selection:
        """Return the selection with everything done that is wanted."""
        wanted = self._wanted
        had_skills = bool(self._placed[Part.SKILLS])
        self._leave_out()
        for subject in added:
            self._add(subject)
        self._bring_back()
        for part in wanted.dropped:
            self._placed[part] = []
        if Part.LEADING in wanted.kept and not self._placed[Part.LEADING]:
            self._add(leading_people(self._base.work))
        if had_skills and Part.SKILLS not in wanted.dropped and not wanted.is_only:
            self._fill(Part.SKILLS, FEWEST_CRITERIA - 1)
        minutes = self._budget(self._parts())
        for part in Part:
            if part not in minutes.parts:
                self._late += [each.subject for each in self._placed.pop(part)]
        self._placed = {
            part: self._in_order(self._counted(placed)) for part, placed in self._placed.items()
        }
        minutes = self._balanced(minutes)
        for part in self._placed.keys() - {Part.SAMPLE}:
            own = len(wanted.own) if part is Part.SKILLS else 0
            more = wanted.questions if part is Part.SKILLS else 0
            self._fit(part, minutes.talk(part) - _CLOSEST * own, more)
        late = [each for each in self._late if not self._is_unwanted(each) and not self._has(each)]
        kept = [each for each in self._base.added if self._has(each)]
        self._placed.pop(Part.SAMPLE, None)
        return replace(
            self._base,
            minutes=minutes,
            placed=self._placed,
            late=tuple(late),
            added=(*kept, *self._filled),
            notes=[
                *self._notes,
                *fewer_note([each for each in self._cut if self._has(each)]),
            ],
        )

    # --- which subjects

    def _leave_out(self) -> None:
        """Leave out what is not wanted, and where only some things are, the rest."""
        for part, placed in self._placed.items():
            kept = [self._without(each) for each in placed]
            self._placed[part] = [each for each in kept if each is not None]

    def _without(self, placed: Placed) -> Placed | None:
        """Return a subject without what is not wanted of it; None where nothing is left."""
        subject, wanted = placed.subject, self._wanted
        if self._is_unwanted(subject):
            return None
        if wanted.is_only and not self._is_wished(subject) and subject.part not in wanted.kept:
            return None
        labels = tuple(each for each in subject.labels if not names(each, wanted.without))
        own = [ask.text for ask in (subject.topic.past, subject.topic.case)]
        gone = [text for text in own if text in wanted.unasked]
        if len(gone) == len(own):
            return None
        count = min(placed.count, len(own) - len(gone)) if gone else placed.count
        return replace(placed, subject=replace(subject, labels=labels), count=count)

    def _is_unwanted(self, subject: Subject) -> bool:
        without = self._wanted.without
        return names(subject.topic.name, without) or (
            bool(subject.labels) and all(names(label, without) for label in subject.labels)
        )

    def _is_wished(self, subject: Subject) -> bool:
        wanted = self._wanted
        words = (
            *wanted.added,
            *wanted.more,
            *wanted.stay,
            *wanted.only,
            *wanted.counts,
            *wanted.minutes,
        )
        return subject.topic.name in self._meant or any(means(subject, word) for word in words)

    def _add(self, subject: Subject) -> None:
        """Add a subject: in the place of what it replaces, or else at the end."""
        placed = self._placed[subject.part]
        for at, each in enumerate(placed):
            if _is_alike(each, subject):
                self._meant.add(subject.topic.name)
                labels = _joined(each.subject, subject.labels)
                more = replace(each, subject=replace(each.subject, labels=labels))
                is_new = any(means(subject, word) for word in self._wanted.added)
                placed[at] = replace(more, count=each.count + 1) if is_new else more
                return
        old = next((old for new, old in self._wanted.instead.items() if means(subject, new)), None)
        if subject.is_general and old is not None:
            subject = replace(subject, part=self._part_of(old) or subject.part)
        if subject.part is Part.TOGETHER:
            subject = of_this_work(subject, self._base.work, self._level)
        place = self._place_of(old, subject.part)
        self._placed[subject.part].insert(place, Placed(subject, 1, self._turns))
        self._turns += 1

    def _part_of(self, old: str) -> Part | None:
        """Return the section in which something stood before the wishes."""
        for part, placed in self._base.placed.items():
            if any(means(each.subject, old) for each in placed):
                return part
        return None

    def _place_of(self, old: str | None, part: Part) -> int:
        """Return where in a section something stood, by what is left of it; else its end."""
        earlier: set[str] = set()
        for each in self._base.placed.get(part, ()) if old is not None else ():
            if old is not None and means(each.subject, old):
                return sum(one.subject.topic.name in earlier for one in self._placed[part])
            earlier.add(each.subject.topic.name)
        return len(self._placed[part])

    def _bring_back(self) -> None:
        """Bring in what is wanted of that for which there was no time."""
        for subject in list(self._late):
            if not self._is_unwanted(subject) and self._is_wished(subject):
                self._add(subject)

    def _fill(self, part: Part, least: int) -> None:
        """Add what the work usually calls for, where too little is left."""
        if len(self._placed[part]) >= least:
            return
        for subject in self._further():
            if len(self._placed[part]) >= least:
                return
            self._add(subject)
            self._filled.append(subject)

    def _further(self) -> Iterator[Subject]:
        """Yield what the brief has besides, and then what the work usually calls for."""
        yield from (
            each
            for each in self._late
            if each.part is Part.SKILLS and not self._is_unwanted(each) and not self._has(each)
        )
        taken = [each.subject for placed in self._placed.values() for each in placed]
        for subject in usual_beside(self._base.work, taken, leads=self._leads):
            if not self._is_unwanted(subject):
                yield subject

    def _has(self, subject: Subject) -> bool:
        return any(_is_alike(each, subject) for placed in self._placed.values() for each in placed)

    def _parts(self) -> set[Part]:
        """Return the sections that there are to be."""
        wanted = self._wanted
        has_sample = Part.SAMPLE in wanted.kept or not wanted.is_only
        parts = {part for part, placed in self._placed.items() if placed}
        parts |= {Part.SAMPLE} if has_sample and Part.SAMPLE not in wanted.dropped else set()
        return parts or {Part.SKILLS}

    # --- how long each section is

    def _budget(self, parts: set[Part]) -> Budget:
        """Return how long each section is; as long as it was, where nobody speaks of time.

        What a section leaves that is not wanted any more goes to the main one, but for the minutes
        of the opening and the closing, which go along with them.
        """
        time, base = self._wanted.time, self._base.minutes
        own = self._own_minutes(self._placed[Part.SKILLS])
        if own:
            return self._with_own_minutes(own, parts)
        if time.speaks_of_length or not parts <= base.parts.keys():
            return budget(self._length, parts, time)
        order = reordered(
            [part for part in base.parts if part in parts],
            time.moves,
            lambda part, name: part.value == name,
        )
        minutes = {part: base.parts[part] for part in order}
        free = base.total - sum(minutes.values())
        before = list(base.parts)
        for at, needed in ((0, base.opening), (-1, base.closing)):
            if before[at] not in parts:
                minutes[order[at]] += min(needed, free)
                free -= min(needed, free)
        main = Part.SKILLS if Part.SKILLS in parts else max(order, key=lambda part: minutes[part])
        rest = self._wanted.rest
        main = rest if rest in minutes and rest is not None else main
        if rest is Part.SKILLS and not free:  # more of the main section, and nothing of less
            giver = max((part for part in order if part is not rest), key=minutes.__getitem__)
            free = min(_STEP, max(minutes[giver] - _LEAST_GIVING, 0))
            minutes[giver] -= free
        minutes[main] += free
        return replace(base, parts=minutes)

    def _with_own_minutes(self, own: int, parts: set[Part]) -> Budget:
        """Return a budget in which some subjects have minutes of their own.

        The sections share what is left as they would share an interview of that length.
        """
        time = self._wanted.time
        total = time.total or USUAL[self._length]
        alone = all(self._own_minutes([each]) for each in self._placed[Part.SKILLS])
        rest = parts - {Part.SKILLS} if alone and len(parts) > 1 else parts
        left = budget(self._length, rest, replace(time, total=max(total - own, SHORTEST)))
        minutes = {**left.parts, Part.SKILLS: left.parts.get(Part.SKILLS, 0) + own}
        order = list(left.parts)
        if alone:
            order = reordered(
                [part for part in Part if part in minutes],
                time.moves,
                lambda part, name: part.value == name,
            )
        return replace(left, total=left.total + own, parts={part: minutes[part] for part in order})

    def _own_minutes(self, placed: Iterable[Placed]) -> int:
        """Return the minutes that some subjects have of their own, in sections of their own."""
        return sum(amount_for(each.subject, self._wanted.minutes) or 0 for each in placed)

    def _balanced(self, minutes: Budget) -> Budget:
        """Return a budget in which sections with room to spare give some to those with none."""
        if self._wanted.time.speaks_of_length or self._wanted.minutes:
            return minutes
        durations = dict(minutes.parts)
        spare = {part: self._spare(part, minutes) for part in durations}
        for part, own in spare.items():
            for giver in sorted(spare, key=lambda each: -spare[each]):
                given = min(max(-own, 0), max(spare[giver], 0))
                if giver is not part and given:
                    durations[part] += given
                    durations[giver] -= given
                    spare[giver] -= given
                    own += given
        return replace(minutes, parts=durations)

    def _spare(self, part: Part, minutes: Budget) -> int:
        """Return how many minutes a section can do without; fewer than none where it lacks some."""
        if part is Part.SAMPLE:
            return minutes.parts[part] - _LEAST_OF_A_SAMPLE
        asked = sum(each.count for each in self._placed[part])
        return minutes.talk(part) - ceil(_CLOSEST * max(asked, 1))

    # --- how many questions on each

    def _counted(self, placed: Iterable[Placed]) -> list[Placed]:
        """Return subjects with the questions that are wanted on them."""
        wanted = self._wanted
        found: list[Placed] = []
        for each in placed:
            count = amount_for(each.subject, wanted.counts)
            minutes = amount_for(each.subject, wanted.minutes)
            if count is None and minutes is not None:
                count = asked_in(minutes)
            if count is None and any(means(each.subject, word) for word in wanted.more):
                was_there = self._base.placed.get(each.subject.part, ())
                is_more = any(_is_alike(other, each.subject) for other in was_there)
                count = each.count + is_more
            step = amount_for(each.subject, wanted.harder_on)
            if step is not None:
                each = self._harder(each, step)
            if count is not None:
                each = replace(each, count=min(max(count, 1), self._most_on(each.subject)))
            found.append(each)
        return found

    def _harder(self, placed: Placed, step: int) -> Placed:
        """Return a subject with harder or easier questions, where it has such."""
        is_basic = self._level in (Level.JUNIOR, Level.MID)
        if placed.subject.is_technology and is_basic is (step > 0):
            return replace(placed, harder=step)
        how = "harder" if step > 0 else "easier"
        self._notes.append(f"There are no {how} questions on {placed.subject.topic.name} here.")
        return placed

    def _most_on(self, subject: Subject) -> int:
        return self._most.get(subject.topic.name, MOST_WANTED_EACH)

    def _in_order(self, placed: Sequence[Placed]) -> list[Placed]:
        """Return subjects in the wanted order, those of which there is to be less last."""
        last = [each for each in placed if any(means(each.subject, w) for w in self._wanted.less)]
        return reordered(
            [*(each for each in placed if each not in last), *last],
            self._wanted.moves,
            lambda each, word: means(each.subject, word),
        )

    def _fit(self, part: Part, talk: float, more: int) -> None:
        """Give a section as many questions as its minutes have room for.

        :param more: how many more or fewer than now are wanted.
        """
        apart = [
            each
            for each in self._placed[part]
            if amount_for(each.subject, self._wanted.minutes) is not None
        ]
        order = [each.subject.topic.name for each in self._placed[part]]
        placed = [each for each in self._placed[part] if each not in apart]
        if not placed:
            return
        talk -= self._own_minutes(apart)
        now = sum(each.count for each in placed)
        is_longer = self._wanted.time.speaks_of_length or bool(apart)
        closest = asked_in(round(talk), _CLOSE) if is_longer else max(int(talk / _CLOSEST), 1)
        if more < 0:
            before = sum(each.count for each in self._base.placed.get(part, ()))
            target = max(min(before + more, now), 1)
        elif more:
            target = now + more
        elif self._is_wanted_longer(part) and talk > self._talk_before(part):
            target = max(asked_in(round(talk)), now)
        else:
            target = max(min(now, closest), 1)
        if talk > _WIDEST * target and not more:
            target = max(asked_in(round(talk / 1.5)), target)
        self._shrink(placed, target)
        self._placed[part] = placed
        self._grow(part, placed, target)
        known = {name: at for at, name in enumerate(order)}
        self._placed[part] = sorted(
            [*placed, *apart], key=lambda each: known.get(each.subject.topic.name, len(known))
        )

    def _is_wanted_longer(self, part: Part) -> bool:
        """Tell whether people asked for more time, and not only for less of something else."""
        time = self._wanted.time
        is_longer = time.total is not None and time.total > self._base.minutes.total
        return is_longer or part in time.fixed or time.shift.get(part, 1.0) > 1.0

    def _talk_before(self, part: Part) -> int:
        minutes = self._base.minutes
        return minutes.talk(part) if part in minutes.parts else 0

    def _shrink(self, placed: list[Placed], target: int) -> None:
        """Take questions away, wished ones last: second ones, and then whole subjects."""
        for is_wished in (False, True):
            chosen = [each for each in placed if self._is_wished(each.subject) is is_wished]
            for each in reversed(chosen):
                while each.count > 1 and sum(one.count for one in placed) > target:
                    fewer = replace(each, count=each.count - 1)
                    if each.subject not in self._cut:
                        self._cut.append(each.subject)
                    placed[placed.index(each)] = fewer
                    each = fewer
            chosen = [
                each for each in reversed(placed) if self._is_wished(each.subject) is is_wished
            ]
            for each in sorted(chosen, key=lambda one: bool(one.subject.labels)):
                if len(placed) > 1 and sum(one.count for one in placed) > target:
                    placed.remove(each)
                    self._late.append(each.subject)

    def _grow(self, part: Part, placed: list[Placed], target: int) -> None:
        """Add questions: on what the brief has besides, second ones, and on what is usual."""
        spare = target - sum(each.count for each in placed)
        if spare <= 0:
            return
        if part is Part.SKILLS and not self._wanted.is_only:
            for subject in [each for each in self._late if each.part is Part.SKILLS]:
                if spare and len(placed) < _MOST_CRITERIA and not self._is_unwanted(subject):
                    self._add(subject)
                    self._late.remove(subject)
                    spare -= 1
        fixed = (*self._wanted.counts, *self._wanted.less)
        for most in range(MOST_QUESTIONS_EACH, MOST_WANTED_EACH):
            for at, each in enumerate(list(placed)):
                is_free = not any(means(each.subject, word) for word in fixed)
                is_free = is_free and not is_asked_once(each.subject)
                if spare and is_free and each.count < min(most, self._most_on(each.subject)):
                    placed[at] = replace(each, count=each.count + 1)
                    spare -= 1
            if part is Part.SKILLS and not self._wanted.is_only:
                for subject in self._further() if spare else ():
                    if not spare or len(placed) >= _MOST_CRITERIA:
                        break
                    self._add(subject)
                    self._filled.append(subject)
                    spare -= 1
            if not spare or not self._wanted.questions:
                return


def _is_alike(placed: Placed, subject: Subject) -> bool:
    """Tell whether a subject of a kit is another one, whichever skills it stands for."""
    return placed.subject.topic.name == subject.topic.name


def _joined(subject: Subject, labels: Iterable[str]) -> tuple[str, ...]:
    """Return the skills that a subject stands for, with others that it does not name yet."""
    found = list(subject.labels)
    for label in labels:
        own = set(words_of(label))
        if not any(own <= set(words_of(each)) for each in (subject.topic.name, *found)):
            found = [each for each in found if not set(words_of(each)) <= own]
            found.append(label)
    return tuple(found)
