"""The one configuration: proxies, exceptions, authorities, masks; and work without a network."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from requests.utils import should_bypass_proxies

from nlp.config import HttpSettings, Settings
from nlp.errors import InputError
from nlp.http.certificates import VARIABLES, check_environment, read_authorities
from nlp.http.configuration import configure, settings_from
from nlp.http.proxies import LOOPBACK, exceptions, find_proxies
from nlp.http.urls import is_private, mask_text, masked

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    return {"TOPICBRIEF_CACHE": str(tmp_path / "cache")}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Example Corp", organization_unit_name="Corp CA")


@pytest.fixture(scope="module")
def pem(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "corp.pem"
    authority.cert_pem.write_to_path(path)
    return path


def test_every_client_is_told_the_same_bundle(shell: dict[str, str], pem: Path) -> None:
    configuration = configure(HttpSettings(ca_bundle=str(pem)), shell)
    assert {shell[name] for name in VARIABLES} == {str(configuration.bundle)}


def test_the_bundle_holds_public_and_company_authorities(shell: dict[str, str], pem: Path) -> None:
    bundle = configure(HttpSettings(ca_bundle=str(pem)), shell).bundle
    held = set(read_authorities(bundle, "bundle").certificates)
    assert set(read_authorities(pem, "corp").certificates) < held
    assert len(held) > 100
    ssl.create_default_context(cafile=str(bundle))


@pytest.mark.parametrize("name", VARIABLES)
def test_an_authority_named_for_one_client_is_told_to_all(
    shell: dict[str, str], pem: Path, name: str
) -> None:
    shell[name] = str(pem)
    held = read_authorities(configure(environment=shell).bundle, "bundle").certificates
    assert set(read_authorities(pem, "corp").certificates) < set(held)


def test_configuring_twice_changes_nothing(shell: dict[str, str], pem: Path) -> None:
    settings = HttpSettings(ca_bundle=str(pem), proxy="proxy.corp.example:3128")
    configure(settings, shell)
    once = dict(shell)
    configure(settings, shell)
    assert shell == once
    assert len(list(Path(shell["TOPICBRIEF_CACHE"], "certificates").iterdir())) == 1


def test_a_folder_and_a_binary_certificate_are_read(
    authority: trustme.CA, pem: Path, tmp_path: Path
) -> None:
    der = ssl.PEM_cert_to_DER_cert(authority.cert_pem.bytes().decode())
    (tmp_path / "corp.cer").write_bytes(der)
    (tmp_path / "notes.txt").write_text("no certificate")
    expected = read_authorities(pem, "corp").certificates
    assert read_authorities(tmp_path, "folder").certificates == expected
    assert read_authorities(tmp_path / "corp.cer", "file").certificates == expected


def test_a_bundle_is_written_even_where_the_cache_cannot_be(
    shell: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file is in the way")
    assert configure(environment=shell).bundle.is_file()


def test_a_planted_bundle_is_not_trusted(shell: dict[str, str], pem: Path) -> None:
    bundle = configure(environment=shell).bundle
    bundle.write_bytes(pem.read_bytes())
    assert len(read_authorities(configure(environment=shell).bundle, "b").certificates) > 100


@pytest.mark.parametrize("name", [*VARIABLES, "SSL_CERT_DIR"])
@pytest.mark.parametrize("value", ["", " "])
def test_the_empty_variable_hack_is_refused(shell: dict[str, str], name: str, value: str) -> None:
    shell[name] = value
    with pytest.raises(InputError, match=f"{name} is set but empty.*unset it.*ca_bundle"):
        configure(environment=shell)


def test_all_hacks_are_named_together() -> None:
    hacks = {
        "CURL_CA_BUNDLE": "",
        "PYTHONHTTPSVERIFY": "0",
        "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true",
    }
    assert [fault.split("=")[0].split(" ")[0] for fault in check_environment(hacks)] == list(hacks)


@pytest.mark.parametrize("content", ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END"])
def test_a_file_without_a_certificate_is_refused(
    shell: dict[str, str], tmp_path: Path, content: str
) -> None:
    (tmp_path / "bad.pem").write_text(content)
    with pytest.raises(InputError, match=r"'ca_bundle'.*bad\.pem.*holds no certificate"):
        configure(HttpSettings(ca_bundle=str(tmp_path / "bad.pem")), shell)


def test_a_missing_file_is_refused_by_name(shell: dict[str, str]) -> None:
    shell["REQUESTS_CA_BUNDLE"] = "/nowhere/corp.pem"
    with pytest.raises(InputError, match=r"REQUESTS_CA_BUNDLE: cannot read '/nowhere/corp\.pem'"):
        configure(environment=shell)


def test_no_source_switches_verification_off() -> None:
    off = re.compile(r"verify\s*=\s*False|CERT_NONE|_create_unverified|check_hostname\s*=\s*False")
    for path in [*ROOT.glob("nlp/**/*.py"), *ROOT.glob("pipelines/**/*.py")]:
        assert not off.search(path.read_text(encoding="utf-8")), path


def test_the_operating_systems_store_is_used_when_asked(pem: Path, tmp_path: Path) -> None:
    code = (
        "import ssl; from nlp.config import HttpSettings;"
        "from nlp.http.configuration import configure;"
        "c = configure(HttpSettings(trust_store='system'));"
        "print(c.system_judges, ssl.SSLContext.__module__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TOPICBRIEF_CACHE": str(tmp_path)},
    )  # fmt: skip
    assert done.stdout.split() == ["True", "truststore._api"]


def test_proxies_are_told_in_both_cases(shell: dict[str, str]) -> None:
    configure(HttpSettings(proxy="proxy.corp.example:3128"), shell)
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
        assert shell[name] == "http://proxy.corp.example:3128"
    assert shell["NLTK_ALLOW_PROXIED_URLOPEN"] == "1"


def test_without_a_proxy_nothing_is_said_of_one(shell: dict[str, str]) -> None:
    configure(environment=shell)
    assert not [name for name in shell if name.lower() in ("http_proxy", "https_proxy")]
    assert "NLTK_ALLOW_PROXIED_URLOPEN" not in shell


@pytest.mark.parametrize(
    ("environment", "http", "https", "source"),
    [
        ({"HTTPS_PROXY": "http://a:1"}, None, "http://a:1", "HTTPS_PROXY"),
        ({"https_proxy": "b:2", "HTTPS_PROXY": "a:1"}, None, "http://b:2", "https_proxy"),
        ({"ALL_PROXY": "http://a:1"}, "http://a:1", "http://a:1", "ALL_PROXY"),
        ({"ALL_PROXY": "socks5://a:1"}, None, None, ""),
        ({"HTTP_PROXY": "http://a:1/", "HTTPS_PROXY": "http://b:2"}, "http://a:1", "http://b:2",
         "HTTP_PROXY and HTTPS_PROXY"),
    ],
)  # fmt: skip
def test_a_proxy_is_found_where_people_put_it(
    environment: dict[str, str], http: str | None, https: str | None, source: str
) -> None:
    found = find_proxies(HttpSettings(), environment)
    assert (found.http, found.https, found.source) == (http, https, source)


def test_a_password_comes_from_the_variable_named() -> None:
    settings = HttpSettings(proxy="http://proxy:3128", proxy_credentials="LOGIN")
    found = find_proxies(settings, {"LOGIN": "CORP\\ann:p@ss/w:rd!"})
    assert found.http == "http://CORP%5Cann:p%40ss%2Fw%3Ard!@proxy:3128"


@pytest.mark.parametrize(
    ("proxy", "said"),
    [
        ("http://ann:pa/ss@proxy:3128", "percent-encoded"),
        ("http://ann:pa#hunter2@proxy:3128", "percent-encoded"),
        ("http://proxy:port", "of the form"),
        ("http://", "of the form"),
        ("http://wpad.corp.example/proxy.pac", "PAC"),
        ("socks5://proxy:1080", "not every client understands a socks5:// proxy"),
    ],
)
def test_a_proxy_that_cannot_be_one_is_refused(proxy: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        find_proxies(HttpSettings(proxy=proxy), {})
    assert "hunter2" not in str(caught.value)


HOSTS = {  # entry -> hosts that it covers, hosts that it does not
    "corp.example": (["corp.example", "a.corp.example"], ["example", "other.test"]),
    ".corp.example": (["corp.example", "a.corp.example"], ["other.test"]),
    "*.corp.example": (["corp.example", "a.corp.example"], ["other.test"]),
    "10.1.2.3": (["10.1.2.3"], ["10.1.2.4"]),
    "10.1.2.0/24": (["10.1.2.0", "10.1.2.77"], ["10.1.3.1"]),
    "": (["localhost", "127.0.0.1"], ["other.test"]),
    "*": (["anything.test", "localhost"], []),
}


@pytest.mark.parametrize("entry", HOSTS)
def test_every_client_reads_the_exceptions_alike(
    entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import httpx2
    from websockets.proxy import get_proxy
    from websockets.uri import parse_uri

    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    listed = ",".join(exceptions([entry])[0])
    monkeypatch.setenv("NO_PROXY", listed)
    monkeypatch.setenv("no_proxy", listed)
    with httpx.Client() as one, httpx2.Client() as two:
        for host, direct in [(h, True) for h in HOSTS[entry][0]] + [
            (h, False) for h in HOSTS[entry][1]
        ]:
            url = f"http://{host}:8000/"
            assert should_bypass_proxies(url, None) == direct
            assert (one._transport_for_url(httpx.URL(url)) is one._transport) == direct
            assert (two._transport_for_url(httpx2.URL(url)) is two._transport) == direct
            assert (get_proxy(parse_uri(f"ws://{host}:8000/")) is None) == direct


@pytest.mark.parametrize(
    "entry", ["http://inside.test:80", "[fd00::1]:443", "[fd00::1]", "inside.test"]
)
def test_an_exception_is_told_as_a_plain_host(entry: str) -> None:
    entries, partly = exceptions([entry])
    assert entries in ((*LOOPBACK, "inside.test"), (*LOOPBACK, "fd00::1"))
    assert not partly


def test_a_large_network_is_kept_and_named() -> None:
    entries, partly = exceptions(["10.0.0.0/8"])
    assert entries == (*LOOPBACK, "10.0.0.0/8")
    assert partly == ("10.0.0.0/8",)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(InputError, match=r"no_proxy: '10\.0\.0\.0/99'"):
        exceptions(["10.0.0.0/99"])


def test_telemetry_is_off_unless_asked_for(shell: dict[str, str]) -> None:
    shell["DO_NOT_TRACK"] = "0"
    configure(environment=shell)
    assert shell["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert shell["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert shell["DO_NOT_TRACK"] == "0"


def test_settings_are_read_from_the_environment() -> None:
    values = settings_from(
        {
            "TOPICBRIEF_PROXY": "proxy:1",
            "TOPICBRIEF_NO_PROXY": "a.example, b.example",
            "TOPICBRIEF_ALLOW_PRIVATE_ADDRESSES": "1",
            "TOPICBRIEF_HTTP_CREDENTIALS": "data.example=DATA, x.example=OTHER",
        }
    )
    settings = Settings.create(**values)
    assert settings.no_proxy == ("a.example", "b.example")
    assert settings.allow_private_addresses is True
    assert settings.http_credentials == {"data.example": "DATA", "x.example": "OTHER"}


def test_no_setting_of_the_network_reaches_a_manifest() -> None:
    settings = Settings(proxy="http://ann:hunter2@proxy:1", http_credentials={"h": "V"})
    assert not set(settings.model_dump()) & set(HttpSettings.model_fields)
    assert "hunter2" not in repr(settings)


def test_a_bad_proxy_setting_is_told_without_its_value() -> None:
    with pytest.raises(InputError) as caught:
        Settings.create(proxy=["http://ann:hunter2@proxy:1"])
    assert "hunter2" not in str(caught.value)


SECRET = st.text(alphabet="abcdefgh0123456789", min_size=8, max_size=20)


@given(user=SECRET, password=SECRET, value=SECRET, fragment=SECRET)
def test_a_masked_address_holds_no_secret(
    user: str, password: str, value: str, fragment: str
) -> None:
    url = f"https://{user}:{password}@data.example:8443/a/b.csv?sig={value}#{fragment}"
    shown = masked(url)
    assert shown == "https://***@data.example:8443/a/b.csv?sig=***"
    assert mask_text(f"cannot read '{url}': no") == f"cannot read '{shown}': no"
    assert urlsplit(shown).path == "/a/b.csv"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/a?hunter2", "https://h/a?***"),
        ("https://h/a?b=hunter2&c", "https://h/a?b=***&***"),
        ("https://h/a", "https://h/a"),
        ("data/tickets.csv", "data/tickets.csv"),
        ("http://[::1", "http://***"),
    ],
)
def test_masks_at_the_edges(url: str, shown: str) -> None:
    assert masked(url) == shown


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_ipv6_dress_is_judged_alike(address: object) -> None:
    assert is_private(f"::ffff:{address}") == is_private(str(address))


def test_the_library_loads_no_client_by_itself() -> None:
    code = "import sys, nlp, nlp.http; print(sorted(set(sys.modules) & {'requests','truststore'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


WATCH = """
import sys, runpy
def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.connect", "socket.gethostbyname",
                 "socket.gethostbyaddr", "socket.getnameinfo", "socket.sendto"):
        sys.stderr.write(f"NETWORK {event} {arguments[:2]}\\n")
sys.addaudithook(watch)
sys.argv = ["topicbrief", *sys.argv[1:]]
from pipelines.cli import main
main()
"""


@pytest.fixture
def offline_run(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    table = tmp_path / "notes.csv"
    subjects = ("printer paper jam toner tray", "invoice payment refund bank account")
    rows = [f"{n},the {subjects[n % 2]} number {n} again" for n in range(60)]
    table.write_text("id,body\n" + "\n".join(rows))
    return subprocess.run(
        [sys.executable, "-c", WATCH, "run", str(table), "--out", str(tmp_path / "out"),
         "--topics", "2", "--timeout", "200"],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
             "HTTPS_PROXY": "http://127.0.0.1:9", "TOPICBRIEF_CACHE": str(tmp_path / "cache")},
    )  # fmt: skip


def test_a_job_on_local_input_asks_the_network_nothing(
    offline_run: subprocess.CompletedProcess[str],
) -> None:
    assert offline_run.returncode == 0, offline_run.stderr
    assert "NETWORK" not in offline_run.stderr
    manifest = json.loads((Path(offline_run.stdout.strip()) / "manifest.json").read_text())
    assert manifest["records_kept"] == 60
