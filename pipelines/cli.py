"""The `topicbrief` command."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from nlp.errors import InputError, StorageError, TopicbriefError
from nlp.http.urls import mask_text

_UNEXPECTED = 1
_INTERRUPTED = 130
_TERMINATED = 143


class _Terminated(BaseException):
    """SIGTERM, raised where the program stands so that it can clean up."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="topicbrief", prog_name="topicbrief")
def topicbrief() -> None:
    """Turn a pile of documents into topics, cited summaries and one HTML report.

    \b
    topicbrief run tickets.csv               columns are guessed when there is no doubt
    topicbrief run articles/ --name news     a folder of .txt files
    topicbrief run mail.jsonl.gz --text body --time sent --topics 12

    Everything runs on this machine; nothing is downloaded but a source that is a URL.
    """


_EXIT_CODES = """
\b
Exit codes:
  0  published
  2  bad option, config or source address
  3  no usable documents
  4  a quality gate was missed
  5  another run of this name is at work
  6  reading or writing failed
  7  the time limit was reached
  130, 143  interrupted, terminated: nothing half-done is left
"""


@topicbrief.command(epilog=_EXIT_CODES)
@click.argument("sources", metavar="SOURCE...", nargs=-1)
@click.option(
    "--config", metavar="FILE", help="TOML or YAML file with the options' names; a flag wins."
)
@click.option(
    "--name", metavar="NAME", help="Name of the run's folder.  [default: from the source]"
)
@click.option("--out", metavar="DIR", help="Where results go.  [default: reports]")
@click.option("--text", metavar="COL", help="Column that holds the text.  [default: guessed]")
@click.option("--id", metavar="COL", help="Column that names each document.  [default: guessed]")
@click.option("--time", metavar="COL", help="Column with each document's date.  [default: guessed]")
@click.option("--label", metavar="COL", help="Column with a known subject, used only to score.")
@click.option(
    "--format",
    help="csv, tsv, jsonl, parquet, text, or lines (a document per line).  [default: by suffix]",
)
@click.option(
    "--query", metavar="SQL", help="Rows of a database: sqlite:///tickets.db and the like."
)
@click.option(
    "--watermark", metavar="COL", help="Column of --query: fetch only from its last value on."
)
@click.option(
    "--model",
    metavar="auto|lda|gsdmm|nmf",
    help="Topic model.  [default: auto: by the documents' length]",
)
@click.option("--topics", metavar="auto|N", help="Number of topics.  [default: auto]")
@click.option("--language", metavar="en|de|fr|es", help="Language of the documents.  [default: en]")
@click.option(
    "--spacy-model",
    metavar="NAME",
    help="Installed trained spaCy pipeline; keeps nouns, names, adjectives, verbs.",
)
@click.option(
    "--phrases", is_flag=True, help="Count phrases too: 'machine learning', 'new york times'."
)
@click.option(
    "--stop-words",
    metavar="FILE",
    help="Words to leave out besides the usual ones, one a line.",
)
@click.option(
    "--summarizer",
    metavar="NAME",
    help="lexrank, textrank, lsa, luhn, kl, sumbasic, reduction, edmundson.  [default: lexrank]",
)
@click.option(
    "--sentences", metavar="N", type=int, help="Sentences per topic's summary.  [default: 5]"
)
@click.option(
    "--redact", is_flag=True, help="Blot out e-mail addresses, phone, account and card numbers."
)
@click.option("--seed", metavar="N", type=int, help="Seed of every random choice.  [default: 0]")
@click.option(
    "--timeout", metavar="SECONDS", type=float, help="Give up after so long.  [default: never]"
)
@click.option(
    "--refit",
    metavar="auto|always|never",
    help="Fit the model anew instead of going on from the last run's.  [default: auto: when half "
    "of the documents are new]",
)
@click.option(
    "--follows",
    metavar="latest|none|RUN_DIR",
    help="Run whose topics go on and are compared with.  [default: latest]",
)
@click.option(
    "--min-documents-share",
    metavar="SHARE",
    type=float,
    help="Publish only with this share of the last run's documents, e.g. 0.5.",
)
@click.option(
    "--min-coherence", metavar="NPMI", type=float, help="Publish only with this mean coherence."
)
@click.option("--keep-runs", metavar="N", type=int, help="Runs kept of this name.  [default: all]")
@click.option("--keep-days", metavar="DAYS", type=float, help="Days a run is kept.  [default: all]")
@click.option("--watch", metavar="FILE", help="List of terms and topics to be warned about.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def run(sources: tuple[str, ...], **options: Any) -> None:
    """Analyse SOURCE (a file, a folder, an archive or a URL; several are read as one) and publish.

    CSV, TSV, JSONL, Parquet, text files, each also as .gz; folders, zip and tar of text files;
    http(s) addresses of such files; 'day-*.csv' in quotes, for what is there when the run starts;
    env:NAME, for an address in an environment variable; a database's address with --query.
    The run's folder, with report.html in it, is named on stdout. All of it is in OUT/NAME/latest.
    """
    from nlp.http.configuration import configure
    from pipelines.deadline import deadline
    from pipelines.options.options import read_options

    del options["debug"]
    chosen = read_options(sources, options)
    configure(chosen.job.settings)
    with deadline(chosen.timeout):
        from pipelines.runner import run_job

        click.echo(run_job(chosen.job, Path(chosen.out), quiet=chosen.quiet))


@topicbrief.command()
@click.argument("run_dir", metavar="RUN_DIR")
@click.argument("source", metavar="SOURCE")
@click.option(
    "--out", metavar="FILE", required=True, help="Where to write: a .csv or .parquet file."
)
@click.option("--text", metavar="COL", help="Column that holds the text.  [default: the run's]")
@click.option("--id", metavar="COL", help="Column that names each document.  [default: guessed]")
@click.option("--format", help="How to read SOURCE.  [default: by suffix]")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def assign(run_dir: str, source: str, out: str, debug: bool, **options: str | None) -> None:
    """Give the documents of SOURCE the topics of the finished run RUN_DIR."""
    from pipelines.commands.assign import assign_source

    click.echo(assign_source(Path(run_dir), source, Path(out), options), err=True)


@topicbrief.command()
@click.argument("run_dir", metavar="RUN_DIR")
@click.option(
    "--label", metavar="COL", help="Column of documents.csv to agree with.  [default: label]"
)
@click.option(
    "--no-refit", is_flag=True, help="Leave out what needs new fits: stability, and NMF beside it."
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def evaluate(run_dir: str, label: str | None, no_refit: bool, debug: bool) -> None:
    """Print coherence, diversity, stability and agreement with labels of RUN_DIR, as JSON."""
    import json

    from pipelines.commands.evaluate import evaluate_run

    click.echo(json.dumps(evaluate_run(Path(run_dir), label, not no_refit), indent=2))


@topicbrief.command()
@click.argument("run_dir", metavar="RUN_DIR")
@click.argument("query", metavar="QUERY", required=False)
@click.option("--like", metavar="DOC_ID", help="Find documents like this one instead.")
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Documents shown.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def find(run_dir: str, query: str | None, like: str | None, most: int, debug: bool) -> None:
    """Print the documents of RUN_DIR that speak of QUERY, with the sentence that says so."""
    from pipelines.commands.find import find_documents

    for found in find_documents(Path(run_dir), query, like, most):
        click.echo(found)


@topicbrief.command()
@click.argument("folder", metavar="[DIR]", default="reports")
@click.option("--serve", is_flag=True, help="Show them in a browser, on 127.0.0.1 only.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port for --serve; 0 takes a free one.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def reports(folder: str, serve: bool, port: int, debug: bool) -> None:
    """List the finished runs in DIR, newest first."""
    from pipelines.commands.reports import list_runs, serve_runs

    if serve:
        serve_runs(Path(folder), port, click.echo)
    else:
        click.echo(list_runs(Path(folder)))


@topicbrief.command()
@click.option("--url", metavar="URL", help="An address to reach: one of your sources.")
@click.option("--config", metavar="FILE", help="The TOML or YAML file that your runs use.")
@click.option("--out", metavar="DIR", help="Where results are to go.  [default: reports]")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def doctor(
    url: str | None, config: str | None, out: str | None, as_json: bool, debug: bool
) -> None:
    """Say what works here and what to do about the rest; exits with 0 only if a job can run.

    Nothing is asked of the network but the URL given and a Prefect server that is set.
    """
    from pipelines.doctor.examine import examine

    report = examine(url, config, out)
    click.echo(report.as_json() if as_json else report.as_text())
    sys.exit(report.exit_code)


@topicbrief.command()
@click.argument("run", metavar="RUN_OR_NAME")
@click.argument("key", metavar="KEY")
@click.argument("text", metavar="[TEXT]", required=False)
@click.option("--hide/--show", "hidden", default=None, help="Leave it out of reports, or not.")
@click.option("--merge-into", "into", metavar="KEY", help="Make it part of another topic.")
@click.option("--part", is_flag=True, help="Undo --merge-into.")
@click.option("--out", metavar="DIR", default="reports", show_default=True, help="Where NAME is.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def name(run: str, key: str, out: str, debug: bool, **choices: Any) -> None:
    """Call the topic KEY (a key or a topic_id) TEXT in all later runs; "" takes the name away.

    RUN_OR_NAME is a run's folder, or the name of runs in --out.
    """
    from pipelines.commands.name import choose

    click.echo(choose(run, key, Path(out), **choices), err=True)


def like_run(name: str, start: Callable[..., object], served: bool = False) -> click.Command:
    """A command with the options of `run` that calls `start(sources=..., name=..., ...)`."""

    def callback(**options: Any) -> None:
        del options["debug"]
        click.echo(start(**options))

    more = [
        click.Option(["--serve"], is_flag=True, help="Stay, and run when it is due or asked for."),
        click.Option(["--cron"], metavar="CRON", help='When, with --serve: "0 2 * * *".'),
    ]
    params = [*run.params, *(more if served else ())]
    return click.Command(name, params=params, callback=callback, epilog=_EXIT_CODES)


def main(arguments: Sequence[str] | None = None, command: click.Command = topicbrief) -> NoReturn:
    """Run a command; every error is one line on stderr and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    signal.signal(signal.SIGTERM, _terminate)
    code = 0
    try:
        command.main(args=given, prog_name=command.name, standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _fail("interrupted; nothing was published", _INTERRUPTED)
    except _Terminated:
        code = _fail("terminated; nothing was published", _TERMINATED)
    except click.ClickException as error:
        code = _fail(error.format_message(), InputError.exit_code)
    except Exception as error:
        if debug:
            raise
        code = _fail(*_explain(error))
    sys.exit(code)


def _explain(error: Exception) -> tuple[str, int]:
    if isinstance(error, TopicbriefError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return f"{what}{error.strerror or error}", StorageError.exit_code
    if isinstance(error, MemoryError):
        return "out of memory: analyse fewer documents at once", StorageError.exit_code
    message = f"unexpected {type(error).__name__}: {error}; --debug shows where"
    return message, _UNEXPECTED


def _fail(message: str, code: int) -> int:
    """One line, whatever the message holds."""
    line = mask_text(" ".join(message.split()))
    printable = "".join(c if c.isprintable() else "?" for c in line)
    click.echo(f"topicbrief: {printable}", err=True)
    return code


def _terminate(_signal: int, _frame: object) -> NoReturn:
    raise _Terminated


if __name__ == "__main__":
    main()
