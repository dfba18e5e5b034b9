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
