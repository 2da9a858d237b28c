"""The `topicbrief` command."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from nlp.errors import InputError, StorageError, TopicbriefError
from nlp.http.urls import mask_text
from pipelines.console import printable

# Exit codes that no error class carries. 128 + the signal's number is the shells' convention.
_UNEXPECTED, _INTERRUPTED, _TERMINATED = 1, 130, 143


class _Terminated(BaseException):
    """Raised in the main thread on SIGTERM, so that every `finally` block can clean up."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="topicbrief", prog_name="topicbrief")
def topicbrief() -> None:
    """Turn a collection of documents into topics, cited summaries and one HTML report.

    \b
    topicbrief run tickets.csv               finds the columns itself if they are clear
    topicbrief run articles/ --name news     a folder of .txt files
    topicbrief run mail.jsonl.gz --text body --time sent --topics 12

    Everything runs on this machine. It downloads nothing, except a source that is a URL.
    """


_EXIT_CODES = """
\b
Exit codes:
  0  published
  2  bad option, config or source address
  3  no usable documents, or more malformed records than --max-dropped allows
  4  the result did not pass a quality gate
  5  another run of this name is running
  6  reading or writing failed
  7  the time limit was reached
  130, 143  interrupted, terminated: nothing was published
"""


@topicbrief.command(epilog=_EXIT_CODES)
@click.argument("sources", metavar="SOURCE...", nargs=-1)
@click.option(
    "--config", metavar="FILE", help="TOML or YAML file of these options; flags override it."
)
@click.option(
    "--name", metavar="NAME", help="Name of the run's folder.  [default: taken from the source]"
)
@click.option("--out", metavar="DIR", help="Folder for the results.  [default: reports]")
@click.option(
    "--text",
    metavar="COL[,COL...]",
    help="Column that holds the text; several are joined; data.body reads inside JSON objects.  "
    "[default: guessed]",
)
@click.option("--id", metavar="COL", help="Column with each document's id.  [default: guessed]")
@click.option("--time", metavar="COL", help="Column with each document's date.  [default: guessed]")
@click.option(
    "--label", metavar="COL", help="Column with known subjects, used only to score the topics."
)
@click.option(
    "--format",
    help="csv, tsv, json, jsonl, parquet, excel, subtitles, text, or lines (one document per line)."
    "  [default: found from the content]",
)
@click.option(
    "--sheet", metavar="NAME", help="Sheet of an Excel workbook.  [default: the only one]"
)
@click.option(
    "--max-dropped",
    metavar="SHARE",
    type=float,
    help="Refuse to run if a larger share of the records is malformed.  [default: 0.05]",
)
@click.option(
    "--query",
    metavar="SQL",
    help="SQL query, if SOURCE is a database such as sqlite:///tickets.db; one document per row.",
)
@click.option(
    "--watermark",
    metavar="COL",
    help="Column of --query: fetch only rows whose value is at least the last run's highest.",
)
@click.option(
    "--model",
    metavar="auto|lda|gsdmm|nmf",
    help="Topic model.  [default: auto: chosen by the documents' length]",
)
@click.option("--topics", metavar="auto|N", help="Number of topics.  [default: auto]")
@click.option(
    "--language",
    metavar="auto|en|de|fr|...",
    help="Language of the documents: en de fr es it pt nl zh ja th ar he ru el tr.  "
    "[default: auto: found from them]",
)
@click.option(
    "--spacy-model",
    metavar="NAME",
    help="Installed trained spaCy pipeline to use; keeps nouns, names, adjectives and verbs.",
)
@click.option("--phrases", is_flag=True, help="Count phrases too, such as 'machine learning'.")
@click.option(
    "--max-share",
    metavar="SHARE",
    help="Largest share of documents a term may occur in.  [default: half, unless the others "
    "speak of something else]",
)
@click.option(
    "--stop-words",
    metavar="FILE",
    help="File of extra stop words (words to leave out), one per line.",
)
@click.option(
    "--summarizer",
    metavar="NAME",
    help="lexrank, textrank, lsa, luhn, kl, sumbasic, reduction, edmundson.  [default: lexrank]",
)
@click.option("--sentences", metavar="N", type=int, help="Sentences in each summary.  [default: 5]")
@click.option(
    "--redact", is_flag=True, help="Mask e-mail addresses and phone, account and card numbers."
)
@click.option("--seed", metavar="N", type=int, help="Seed of every random choice.  [default: 0]")
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=float,
    help="Stop after this many seconds and publish nothing.  [default: no limit]",
)
@click.option(
    "--refit",
    metavar="auto|always|never",
    help="When to fit a new model instead of continuing the last run's model.  [default: auto: if "
    "more than half of the documents are new]",
)
@click.option(
    "--follows",
    metavar="latest|none|RUN_DIR",
    help="Earlier run whose topics this run continues and is compared with.  [default: latest]",
)
@click.option(
    "--min-documents-share",
    metavar="SHARE",
    type=float,
    help="Publish only if there are at least this many documents, as a share of the last run's; "
    "e.g. 0.5.",
)
@click.option(
    "--min-coherence",
    metavar="NPMI",
    type=float,
    help="Publish only if the mean coherence is at least this.",
)
@click.option(
    "--keep-runs",
    metavar="N",
    type=int,
    help="Number of runs of this name to keep.  [default: all]",
)
@click.option(
    "--keep-days",
    metavar="DAYS",
    type=float,
    help="Delete runs older than this many days.  [default: never]",
)
@click.option("--watch", metavar="FILE", help="File of terms and topics to warn about.")
@click.option(
    "--split",
    metavar="language",
    help="Make one run for each language of a mixed collection: NAME-en, NAME-de, ...",
)
@click.option("--title", metavar="TEXT", help="Heading of the page.  [default: the run's name]")
@click.option("--quiet", is_flag=True, help="Show neither progress nor the outcome on stderr.")
@click.option(
    "--json", is_flag=True, help="Print the outcome as one JSON object instead of the folder."
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def run(sources: tuple[str, ...], **options: Any) -> None:
    """Analyse the documents of SOURCE and publish a report.

    SOURCE is a file (CSV, TSV, JSON, Excel, Parquet, subtitles or text, also compressed as .gz), a
    folder, a zip or tar archive of text files or of tables, or an http(s) address of such a file.
    Several sources are read as one. A pattern in quotes ('day-*.csv') means all files that match
    when the run starts. env:NAME means the address in the environment variable NAME. With --query,
    SOURCE is the address of a database.

    The command prints the path of the run's folder on stdout; report.html is in it. Before that,
    stderr shows the outcome: documents kept and dropped, columns, model, topics and warnings. The
    link OUT/NAME/latest always points to the last finished run.
    """
    from nlp.http.configuration import configure
    from pipelines.deadline import deadline
    from pipelines.options.options import read_options

    del options["debug"]
    chosen = read_options(sources, options)
    configure(chosen.job.settings)
    with deadline(chosen.timeout):
        from pipelines.commands.outcome import outcome_json, outcome_lines
        from pipelines.runner import parts_of, run_job

        for job in parts_of(chosen.job):
            folder = run_job(job, Path(chosen.out), quiet=chosen.quiet)
            if not chosen.quiet:
                click.echo("\n".join(outcome_lines(folder)), err=True)
            click.echo(outcome_json(folder) if chosen.json else folder)


@topicbrief.command()
@click.argument("run_dir", metavar="RUN_DIR")
@click.argument("source", metavar="SOURCE")
@click.option("--out", metavar="FILE", required=True, help="File to write: .csv or .parquet.")
@click.option("--text", metavar="COL", help="Column that holds the text.  [default: the run's]")
@click.option("--id", metavar="COL", help="Column with each document's id.  [default: guessed]")
@click.option("--format", help="Format of SOURCE.  [default: found from the content]")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def assign(run_dir: str, source: str, out: str, debug: bool, **options: str | None) -> None:
    """Assign topics of the finished run RUN_DIR to the documents of SOURCE."""
    from pipelines.commands.assign import assign_source

    click.echo(assign_source(Path(run_dir), source, Path(out), options), err=True)


@topicbrief.command()
@click.argument("run_dir", metavar="RUN_DIR")
@click.option(
    "--label",
    metavar="COL",
    help="Column of documents.csv with known subjects to compare with.  [default: label]",
)
@click.option(
    "--no-refit",
    is_flag=True,
    help="Leave out the figures that need new fits: stability and the comparison with NMF.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def evaluate(run_dir: str, label: str | None, no_refit: bool, debug: bool) -> None:
    """Print coherence, diversity, stability and agreement with labels of RUN_DIR as JSON."""
    import json

    from pipelines.commands.evaluate import evaluate_run

    click.echo(json.dumps(evaluate_run(Path(run_dir), label, not no_refit), indent=2))


@topicbrief.command()
@click.argument("run_dir", metavar="RUN_DIR")
@click.argument("query", metavar="QUERY", required=False)
@click.option("--like", metavar="DOC_ID", help="Find documents similar to this document.")
@click.option("--topic", metavar="ID", type=int, help="Find only documents of this topic.")
@click.option("--since", metavar="DATE", help="Find only documents of this date and later.")
@click.option(
    "--where",
    metavar="COL=VALUE",
    multiple=True,
    help="Find only documents with this value in this column; may be given several times.",
)
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Largest number of documents to print.",
)
@click.option("--json", "form", flag_value="json", help="Print a JSON list of the documents.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV, one row per sentence.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def find(
    run_dir: str, where: tuple[str, ...], form: str | None, debug: bool, **options: Any
) -> None:
    """Print the documents of RUN_DIR that speak of QUERY, with the sentences that say so."""
    from nlp.retrieval import Request
    from pipelines.commands.find import answer, conditions

    request = Request(where=conditions(where), **options)
    bright = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    mark = partial(click.style, bold=True) if bright else None
    click.echo(answer(Path(run_dir), request, form or "text", mark))


@topicbrief.command()
@click.argument("folder", metavar="[DIR]", default="reports")
@click.option("--serve", is_flag=True, help="Serve the reports to a browser, on 127.0.0.1 only.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port for --serve; 0 chooses a free port.",
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
@click.option("--url", metavar="URL", help="Address to test, for example one of your sources.")
@click.option("--config", metavar="FILE", help="The TOML or YAML file that your runs use.")
@click.option("--out", metavar="DIR", help="Folder for the results.  [default: reports]")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def doctor(
    url: str | None, config: str | None, out: str | None, as_json: bool, debug: bool
) -> None:
    """Check this installation: print what works, what does not, and how to repair it.

    The exit code is 0 only if a job can run. The only network requests go to --url, to a configured
    Prefect server, and to the Hub if the config file names an encoder that is not downloaded yet.
    """
    from pipelines.doctor.examine import examine

    report = examine(url, config, out)
    click.echo(report.as_json() if as_json else report.as_text())
    sys.exit(report.exit_code)


@topicbrief.command()
@click.argument("run", metavar="RUN_OR_NAME")
@click.argument("key", metavar="KEY")
@click.argument("text", metavar="[TEXT]", required=False)
@click.option(
    "--hide/--show", "hidden", default=None, help="Hide the topic in reports, or show it again."
)
@click.option("--merge-into", "into", metavar="KEY", help="Merge the topic into another topic.")
@click.option("--part", is_flag=True, help="Undo --merge-into.")
@click.option(
    "--out", metavar="DIR", default="reports", show_default=True, help="Folder that holds NAME."
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def name(run: str, key: str, out: str, debug: bool, **choices: Any) -> None:
    """Name the topic KEY (a key or a topic_id) TEXT from now on; "" removes the name.

    The last report is published again with the name; a merge takes effect in the next run.
    RUN_OR_NAME is the folder of a run, or the name of the runs in --out.
    """
    from pipelines.commands.name import choose

    click.echo(choose(run, key, Path(out), **choices), err=True)


@topicbrief.command()
@click.argument("name", metavar="NAME")
@click.option("--config", metavar="FILE", help="The TOML or YAML file that your runs use.")
@click.option("--quiet", is_flag=True, help="Show no progress on stderr.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def encoder(name: str, config: str | None, quiet: bool, debug: bool) -> None:
    """Download the encoder NAME (OWNER/MODEL[@REVISION]) from the Hugging Face Hub.

    Later runs with --encoder hf:NAME then make no network requests for it. The download uses the
    proxy, certificates and passwords of the config file. HF_ENDPOINT sets a mirror; HF_TOKEN gives
    access to a private model.
    """
    from pipelines.commands.encoder import fetch_encoder

    click.echo(fetch_encoder(name, config, quiet))


def like_run(name: str, start: Callable[..., object], served: bool = False) -> click.Command:
    """Return a command with the options of `run` that calls `start(sources=..., name=..., ...)`."""

    def callback(**options: Any) -> None:
        del options["debug"]
        click.echo(start(**options))

    more = [
        click.Option(
            ["--serve"],
            is_flag=True,
            help="Keep running: start the flow on its schedule and on request.",
        ),
        click.Option(
            ["--cron"], metavar="CRON", help='Schedule for --serve, for example "0 2 * * *".'
        ),
    ]
    # The outcome of a flow is on its page in Prefect.
    own = [param for param in run.params if param.name != "json"]
    params = [*own, *(more if served else ())]
    return click.Command(name, params=params, callback=callback, epilog=_EXIT_CODES)


def main(arguments: Sequence[str] | None = None, command: click.Command = topicbrief) -> NoReturn:
    """Run a command and exit; an error gives one line on stderr and an exit code."""
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
    message = f"unexpected {type(error).__name__}: {error}; use --debug to see the traceback"
    return message, _UNEXPECTED


def _fail(message: str, code: int) -> int:
    """Print the message as one line of printable characters, with secrets masked."""
    click.echo(f"topicbrief: {printable(mask_text(message))}", err=True)
    return code


def _terminate(_signal: int, _frame: object) -> NoReturn:
    raise _Terminated


if __name__ == "__main__":
    main()
