"""Downloads: what is fetched, what is refused, and what is said."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.http_servers import TABLE, Company, company

from nlp.config import SourceSettings
from nlp.errors import InputError, StorageError
from nlp.http import download_cache as store
from nlp.http import downloads
from nlp.http import session as connections
from nlp.http.configuration import configure
from nlp.http.download_cache import Download, downloaded
from nlp.http.downloads import download
from nlp.ingest.corpus import read_corpus

LOCAL = SourceSettings(allow_private_addresses=True, http_timeout=3)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as made:
        yield made


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Company) -> None:
    """No proxy, no authority, a cache of its own; pauses take no time."""
    for name in list(os.environ):
        if name.upper().endswith("_PROXY") or "CERT" in name or "CA_BUNDLE" in name:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TOPICBRIEF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setattr(downloads, "_PAUSES", (0.0, 0.01, 0.02))
    place.origin.seen.clear()


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What `configure` changes is put back at the end."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def fails(url: str, settings: SourceSettings = LOCAL) -> str:
    with pytest.raises((InputError, StorageError)) as caught:
        download(url, settings)
    return str(caught.value)


def test_a_source_on_the_network_is_read_like_a_file(place: Company) -> None:
    url = place.origin.url("/table.csv?token=hunter2")
    corpus = read_corpus([url], LOCAL.model_copy(update={"text": "body", "id": "id"}))
    assert len(corpus.documents) == 200
    assert set(corpus.documents.index.get_level_values("source")) == {
        place.origin.url("/table.csv?token=***")
    }


def test_a_table_without_a_suffix_is_known_by_its_type(place: Company) -> None:
    assert download(place.origin.url("/table"), LOCAL).path.name == "table.csv"


def test_what_has_not_changed_is_not_fetched_again(place: Company) -> None:
    url = place.origin.url("/table.csv")
    first, second = download(url, LOCAL), download(url, LOCAL)
    assert (first.fetched, second.fetched) == (True, False)
    assert second.path.read_bytes() == TABLE
    assert place.origin.seen[-1][1]["If-Modified-Since"]
    found = downloaded(url)
    assert found is not None
    assert found.sha256 == first.sha256


def test_what_has_changed_is_fetched_and_the_old_file_goes(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = place.origin.url("/table.csv")
    first = download(url, LOCAL)
    monkeypatch.setattr(place.origin, "table", TABLE + b"1000,news\n")
    second = download(url, LOCAL)
    assert second.fetched
    assert second.path.read_bytes().endswith(b"news\n")
    assert not first.path.exists()


def test_a_damaged_copy_is_fetched_again(place: Company) -> None:
    url = place.origin.url("/table.csv")
    download(url, LOCAL).path.write_bytes(b"damaged")
    again = download(url, LOCAL)
    assert again.fetched
    assert again.path.read_bytes() == TABLE


def test_a_server_that_fails_twice_is_asked_a_third_time(place: Company) -> None:
    assert download(place.origin.url("/failing/2.csv"), LOCAL).path.read_bytes() == TABLE
    assert len(place.origin.seen) == 3


def test_a_server_that_goes_on_failing_is_given_up(place: Company) -> None:
    assert "answers 500" in fails(place.origin.url("/failing/99.csv"))
    assert len(place.origin.seen) == 4


def test_a_broken_line_is_taken_up_where_it_broke(place: Company) -> None:
    assert download(place.origin.url("/broken.csv"), LOCAL).path.read_bytes() == TABLE
    assert [seen[1].get("Range") for seen in place.origin.seen] == [
        None,
        f"bytes={len(TABLE) // 2}-",
    ]


def test_a_server_that_lies_about_the_length_is_not_believed(place: Company) -> None:
    assert "connection broke" in fails(place.origin.url("/lying.csv"))
    assert downloaded(place.origin.url("/lying.csv")) is None


@pytest.mark.parametrize("path", ["/gigabytes.csv", "/endless.csv", "/bomb.csv"])
def test_more_than_the_limit_is_not_fetched(place: Company, tmp_path: Path, path: str) -> None:
    settings = LOCAL.model_copy(update={"max_megabytes": 3})
    assert "more than 3 MB: raise max_megabytes" in fails(place.origin.url(path), settings)
    assert not [file for file in (tmp_path / "cache").rglob("*") if file.stat().st_size > 9999]


def test_a_drip_of_bytes_ends_at_the_time_limit(place: Company) -> None:
    settings = LOCAL.model_copy(update={"download_timeout": 0.5})
    start = time.monotonic()
    assert "not finished after 0.5 s" in fails(place.origin.url("/drip.csv"), settings)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("path", ["/login.csv", "/disguised.csv"])
def test_a_log_in_page_is_recognised(place: Company, path: str) -> None:
    assert "a web page ('Sign in to the proxy') came instead of data" in fails(
        place.origin.url(path)
    )


def test_an_empty_answer_is_no_source(place: Company) -> None:
    assert "the answer is empty" in fails(place.origin.url("/empty.csv"))


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418, 511])
def test_each_refusal_says_what_to_do(place: Company, status: int) -> None:
    assert f"answers {status}" in fails(place.origin.url(f"/status/{status}.csv"))


# Addresses that are no public ones, in every way a person or a server might write them.
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:10.0.0.1]",
        "[fe80::1]", "[fd00::1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "224.0.0.1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("proxied", [False, True])
def test_private_addresses_are_refused(
    host: str, proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", pytest.fail)
    if proxied:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert "private or local address" in fails(f"http://{host}/a.csv", SourceSettings())


def test_a_name_that_resolves_to_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: answer)
    monkeypatch.setattr(socket.socket, "connect", pytest.fail)
    message = fails("http://data.example/a.csv", SourceSettings())
    assert "data.example (10.1.2.3) is a private or local address" in message


def test_a_name_that_changes_its_address_after_the_check_is_refused(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "check_resolved", lambda *_: None)
    assert "private or local" in fails(place.origin.url("/table.csv"), SourceSettings())
    assert not place.origin.seen


def test_a_redirect_to_a_private_address_is_refused(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", place.proxy().url())
    monkeypatch.setattr(place.origin, "location", "http://169.254.169.254/latest/meta-data")
    message = fails("http://origin.test/redirect.csv", SourceSettings())
    assert "169.254.169.254 is a private or local address" in message
    assert len(place.origin.seen) == 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://origin.test/a", "gopher://x/"])
def test_a_redirect_to_another_scheme_is_refused(
    place: Company, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setattr(place.origin, "location", location)
    assert "not" in fails(place.origin.url("/redirect.csv"))


def test_a_redirect_that_gives_up_encryption_is_refused(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(place.authority_file))
    monkeypatch.setattr(place.private_origin, "location", place.origin.url("/table.csv"))
    message = fails(place.private_origin.url("/redirect.csv", "localhost"))
    assert "not encrypted" in message
    assert not place.origin.seen


def test_endless_redirects_end(place: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place.origin, "location", place.origin.url("/redirect.csv"))
    assert "too many redirects" in fails(place.origin.url("/redirect.csv"))


@pytest.mark.parametrize(
    ("value", "host"), [("ann:pass word", "127.0.0.1"), ("tok-en", "127.0.0.1")]
)
def test_credentials_come_from_the_variable_named_for_the_host(
    place: Company, monkeypatch: pytest.MonkeyPatch, value: str, host: str
) -> None:
    monkeypatch.setenv("DATA_LOGIN", value)
    settings = LOCAL.model_copy(update={"http_credentials": {host: "DATA_LOGIN"}})
    assert download(place.origin.url("/secret.csv"), settings).path.read_bytes() == TABLE


def test_credentials_come_from_netrc(place: Company, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text('machine 127.0.0.1 login ann password "pass word"\n')
    (tmp_path / "netrc").chmod(0o600)
    assert download(place.origin.url("/secret.csv"), LOCAL).path.read_bytes() == TABLE


def test_no_credentials_are_sent_to_another_host(
    place: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_LOGIN", "ann:pass word")
    settings = LOCAL.model_copy(update={"http_credentials": {"127.0.0.1": "DATA_LOGIN"}})
    monkeypatch.setattr(
        place.origin, "location", place.origin.url("/secret.csv").replace("127.0.0.1", "localhost")
    )
    assert "answers 401" in fails(place.origin.url("/redirect.csv"), settings)


def test_a_missing_variable_is_named(place: Company) -> None:
    settings = LOCAL.model_copy(update={"http_credentials": {"127.0.0.1": "NOT_SET"}})
    assert "'NOT_SET' for 127.0.0.1 is not set" in fails(place.origin.url("/secret.csv"), settings)


@pytest.mark.parametrize(
    "path",
    ["/status/404.csv", "/failing/99.csv", "/login.csv", "/lying.csv", "/empty.csv", "/bad port"],
)
def test_no_message_and_no_log_line_holds_a_secret(
    place: Company, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = place.origin.url(f"{path}?sig=hunter2").replace("://", "://ann:hunter2@")
    settings = LOCAL.model_copy(update={"http_timeout": 1})
    assert "hunter2" not in fails(url, settings)
    assert "hunter2" not in caplog.text


def test_a_dead_server_is_an_error_that_says_so(place: Company) -> None:
    from support.http_servers import dead_port

    message = fails(f"http://ann:hunter2@127.0.0.1:{dead_port()}/a.csv?key=hunter2")
    assert "refused" in message
    assert "hunter2" not in message


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    ("mode", "user", "said"),
    [
        ("", "", ""),
        ("", "ann:secret", "407"),
        ("negotiate", "ann:secret", "px"),
        ("login", "", "a web page ('Sign in to the proxy')"),
        ("stall", "", "no answer in time"),
    ],
)
def test_each_kind_of_proxy_works_or_is_explained(
    place: Company, scheme: str, mode: str, user: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_PAUSES", (0.0,))
    settings = LOCAL.model_copy(
        update={
            "proxy": place.proxy(mode, user).url(),
            "ca_bundle": str(place.authority_file),
            "http_timeout": 0.5 if mode == "stall" else 5,
        }
    )
    configure(settings)
    url = f"{scheme}://origin.test/table.csv"
    if said:
        assert said in fails(url, settings)
    else:
        assert download(url, settings).path.read_bytes() == TABLE


@pytest.mark.parametrize(
    ("server", "host", "said"),
    [
        ("private_origin", "localhost", "no known authority signed the certificate"),
        ("expired", "localhost", "the certificate has expired"),
        ("wrong_host", "localhost", "the certificate is for another host"),
        ("wrong_host", "127.0.0.1", "the certificate is for another"),
    ],
)
def test_a_bad_certificate_is_explained(
    place: Company, server: str, host: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server != "private_origin":
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(place.authority_file))
    assert said in fails(getattr(place, server).url("/table.csv", host))


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://:80/a",
        "http://a b/",
        "https://h:99999/a",
        "http://h\\@x/a",
        "http://[::1",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    assert "not a usable address" in fails(url)


def test_two_runs_do_not_fetch_into_one_another(place: Company) -> None:
    url = place.origin.url("/table.csv")
    with store.entry(url):
        assert "being fetched by another run" in fails(url)


def test_what_nobody_asked_for_in_a_month_is_removed(place: Company) -> None:
    old = download(place.origin.url("/table.csv"), LOCAL)
    meta = old.path.parents[1] / "download.json"
    os.utime(meta, (0, 0))
    download(place.origin.url("/table"), LOCAL)
    assert not old.path.exists()


def test_what_is_still_asked_for_is_kept(place: Company) -> None:
    first = download(place.origin.url("/table.csv"), LOCAL)
    os.utime(first.path.parents[1] / "download.json", (0, 0))
    download(place.origin.url("/table.csv"), LOCAL)
    download(place.origin.url("/table"), LOCAL)
    assert first.path.exists()


def test_progress_ends_at_the_length(place: Company) -> None:
    seen: list[tuple[int, int]] = []
    done: Download = download(place.origin.url("/table.csv"), LOCAL, lambda *now: seen.append(now))
    assert seen[-1] == (done.n_bytes, done.n_bytes) == (len(TABLE), len(TABLE))
