"""What is asked about the duties of a job, in the words of its description."""

from interview_service.engines.builtin.subjects import Part, Subject
from interview_service.engines.builtin.work import Ask, Sample, Topic

DUTIES = "Main duties of this job"
TASK_SECTION = "A Task of This Job"
_POOR = "Has done nothing comparable and cannot say how they would begin."


def task_sample(duty: str | None) -> Sample:
    """Return a piece of work to talk through that is one of the job's own tasks."""
    task = (
        f"Take one of the tasks of this job: “{duty}”"
        if duty
        else "Think of a task that you expect to do often in this job."
    )
    return Sample(
        "Going about a task of this job",
        Ask(
            f"{task} Talk me through how you would go about it on an ordinary day, from start to "
            "finish.",
            (
                "Asks or says what has to be known before beginning",
                "Goes through it in an order that makes sense, with reasons",
                "Says how they would check that it has come out right",
            ),
            "What is most likely to go wrong there, and what would you do then?",
        ),
        "Stays general, and cannot say what they would do first.",
    )


def duty_subject(duty: str) -> Subject:
    """Return what to ask about a duty."""
    topic = Topic(
        DUTIES,
        (),
        _POOR,
        past=Ask(
            f"The job description says: “{duty}” What have you done that comes closest to that, "
            "and how did it go?",
            (
                "Names something comparable, or says openly what would be new",
                "Describes their own part and the result",
                "Asks sensible questions about how it is done here",
            ),
            "What would you need from us to do that well here?",
        ),
        case=Ask(
            "How would you go about that part of the job in your first weeks here?",
            (
                "Asks what is there already and what matters most",
                "Plans first steps that can be checked",
                "Says whom they would involve",
            ),
            "What do you expect to be hardest about it?",
        ),
    )
    return Subject(topic, Part.SKILLS, (), topic.name, is_general=True, is_in_order=True)
