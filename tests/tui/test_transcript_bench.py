"""The programs of the benchmark run."""

import asyncio

import pytest

from tests.benchmarks.bench_transcript import Reply, compare


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
async def test_the_benchmark_runs_all_programs(capsys: pytest.CaptureFixture[str]) -> None:
    async with asyncio.timeout(60):
        await compare([Reply("mixed", 30, 1000)], runs=1, programs=["floor", "transcript", "MarkdownStream"])
    table = capsys.readouterr().out
    assert "did not finish" not in table
    assert [line.split()[4] for line in table.splitlines()[1:]] == ["floor", "transcript", "MarkdownStream"]
