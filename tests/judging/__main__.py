"""Prints how the rules do on every judging set: `python -m tests.judging`."""

import tomllib
from pathlib import Path

from interview_service.domain.fairness import Source, find
from interview_service.engines.builtin import BuiltinEngine

from .binder_cases import cases, compared, total
from .kits import BRIEFS, STRANGERS, briefs, stumbles
from .labelled_cases import compared_labelled, labelled_cases
from .strangers import figures

_LABELLED = ("76/92", "84/136")  # criteria found, and quotes in place, as first tried


def main() -> None:
    """Print a row a set, and what is wrong in each below it."""
    print(f"{'set':40}{'right':>7}{'of':>6}{'unseen':>8}")
    for figure in figures():
        unseen = "" if figure.unseen is None else str(figure.unseen)
        print(f"{figure.name:40}{figure.right:7}{figure.of:6}{unseen:>8}")
        for each in figure.wrong:
            print(f"      {each}")
    sets = tomllib.loads(Path(__file__).with_name("fairness_sets.toml").read_text("utf-8"))
    for kind in Source:
        for verdict in ("refused", "passes"):
            lines = sets[kind][verdict]["lines"]
            right = sum(bool(find(line, kind=kind)) == (verdict == "refused") for line in lines)
            print(f"{f'fairness, {kind}, {verdict}':40}{right:7}{len(lines):6}")
    for form in ("written", "spoken"):
        tally = total(
            [compared(each, each.binder()) for each in cases() if each.name.endswith(form)]
        )
        print(f"{f'binder, {form}: criteria found':40}{tally.found:7}{tally.covered:6}")
        print(f"{f'binder, {form}: quotes in their place':40}{tally.right:7}{tally.quotes:6}")
    tally = total([compared_labelled(case, possible) for case, possible in labelled_cases()])
    print(
        f"{'binder, labelled: criteria found':40}{tally.found:7}{tally.covered:6}{_LABELLED[0]:8}"
    )
    print(
        f"{'binder, labelled: quotes in their place':40}{tally.right:7}{tally.quotes:6}"
        f"{_LABELLED[1]:>8}"
    )
    for name, path in (("kits without a stumble", BRIEFS), ("kits for strangers", STRANGERS)):
        kits = [(brief, BuiltinEngine().plan(brief).result) for brief in briefs(path)]
        whole = sum(not list(stumbles(brief, kit)) for brief, kit in kits)
        print(f"{name:40}{whole:7}{len(kits):6}")


if __name__ == "__main__":
    main()
