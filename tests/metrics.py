"""What `/metrics` tells, read by the strict parser of the library's authors."""

from prometheus_client.openmetrics.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]


def samples(text: str) -> dict[tuple[str, Labels], float]:
    """Return each sample, by its name and labels."""
    return {
        (sample.name.removeprefix("interview_service_"), frozenset(sample.labels.items())): float(
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: dict[tuple[str, Labels], float], name: str, **labels: str) -> float:
    """Return the value of one sample; 0 where there is none yet."""
    return found.get((name, frozenset(labels.items())), 0.0)


def documented(text: str) -> list[str]:
    """Return a row of the documentation for each metric: its name, its labels, what it is."""
    rows = []
    for family in text_string_to_metric_families(text):
        labels = {name for sample in family.samples for name in sample.labels} - {"le"}
        shown = ", ".join(f"`{name}`" for name in sorted(labels))
        suffix = {"counter": "_total", "info": "_info"}.get(family.type, "")
        rows.append(f"| `{family.name}{suffix}` | {shown} | {family.documentation} |")
    return rows
