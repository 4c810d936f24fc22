"""What a process says about itself: one JSON object a line, and no secret in it."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime

SECRETS = re.compile(
    r"\b\d{6,12}:[A-Za-z0-9_-]{30,}"  # a bot's token
    r"|(?<=/invitations/)[\w-]{20,}"
    r"|(?<=/postback/)[\w/-]{8,}"
    r"|(?i:bearer\s+\S+)"
    r"|\b(?:ll_)?[\w-]{43}\b"  # ours: 32 bytes in base64
)
OURS = ("uvicorn", "uvicorn.error")
QUIET = ("httpx", "httpcore", "uvicorn.access")  # each of their lines would hold an address


class Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "who": record.name,
            "what": record.getMessage(),
        }
        if code := getattr(record, "code", None):
            said["code"] = code
        if record.exc_info:
            said["trace"] = "".join(traceback.format_exception(*record.exc_info))
        return SECRETS.sub("…", json.dumps(said, ensure_ascii=False))


def begin(*, level: int = logging.INFO) -> None:
    """Everything that is logged in this process goes through one stream and one filter.

    A process that has set up its logging itself keeps it.
    """
    if not logging.root.handlers:
        stream = logging.StreamHandler(sys.stderr)
        stream.setFormatter(Line())
        logging.root.addHandler(stream)
        logging.root.setLevel(level)
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
