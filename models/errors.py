"""The tree of errors. Each kind has one HTTP status; each error one sentence for a person.

    LeadloomError
    ├── Refused            422  what was asked cannot be done, and why
    │   └── BrokenInput    422  a form or a file with problems, each named
    ├── Missing            404  not there, or not for this person to see
    ├── Outrun             409  the lead has moved on since the page was read
    ├── NotAllowed         403  the person may see it but not do this
    ├── NotSignedIn        401
    └── Away               503  a part we stand on does not answer; nothing was changed

Sentences are message ids of the catalogue: the page says them in the reader's language.
"""


class LeadloomError(Exception):
    status = 500

    def __init__(self, sentence: str, **particulars: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.particulars = particulars

    def __str__(self) -> str:
        return self.sentence % self.particulars if self.particulars else self.sentence


class Refused(LeadloomError):
    status = 422


class BrokenInput(Refused):
    """`problems` maps a field (or a step) to its sentence."""

    def __init__(self, sentence: str, problems: dict[str, str], **particulars: object) -> None:
        super().__init__(sentence, **particulars)
        self.problems = problems


class Missing(LeadloomError):
    status = 404


class Outrun(LeadloomError):
    status = 409


class NotAllowed(LeadloomError):
    status = 403


class NotSignedIn(LeadloomError):
    status = 401


class Away(LeadloomError):
    status = 503
