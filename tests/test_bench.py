"""The bench in its short form: every measure runs and says what it found. How fast is not judged
here: a suite shares its machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.__main__ import MEASURES

ROOT = Path(__file__).parent.parent
TOLD = {"id", "what", "value", "reference", "ratio", "goal", "holds"}


@pytest.mark.timeout(180)
def test_every_measure_writes_its_rows(tmp_path: Path):
    kept = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--keep", str(kept)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    rows = json.loads(kept.read_text())
    assert {row["id"] for row in rows} == set(MEASURES)
    for row in rows:
        assert set(row) >= TOLD, row
        assert row["value"] > 0, row
        assert isinstance(row["holds"], bool), row
        assert row["what"] in done.stdout
