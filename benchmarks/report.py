"""How the figures are presented: a table in the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

BACKENDS = ("sqlite", "postgresql", "mariadb")


def table(results: Mapping[str, Any]) -> None:
    """Print every figure."""
    console = Console(width=110)
    sizes = [str(each) for each in results["rows"]]
    for backend in (each for each in BACKENDS if each in results):
        found = results[backend]
        shown = Table(title=f"{backend}: requests a second", title_justify="left")
        shown.add_column("operation")
        for size in sizes:
            for heading in (f"service, {int(size):,}", "floor", "ratio", "ms alone"):
                shown.add_column(heading, justify="right")
        shown.add_column("large / small", justify="right")
        for name, by_size in found["operations"].items():
            cells = []
            for size in sizes:
                own = by_size[size]
                cells += [f"{own['service_rate']:,.0f}", f"{own['floor_rate']:,.0f}"]
                cells += [f"{own['ratio']:.2f}", f"{own['service_ms']:.2f}"]
            kept = by_size[sizes[-1]]["service_rate"] / by_size[sizes[0]]["service_rate"]
            shown.add_row(name, *cells, f"{kept:.2f}")
        console.print(shown)
        memory = ", ".join(f"{each:.0f} MB" for each in found["memory_mb"].values())
        console.print(f"  a web process after the load: {memory}")
        console.print(f"  first answer after the start: {found['first_answer_seconds']:.2f} s")
        console.print(f"  interviews planned a second: {found['planned_per_second']:.0f}")
        console.print(f"  webhooks delivered a second: {found['webhooks_per_second']:.0f}")
