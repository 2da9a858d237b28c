"""Certificate authorities: every source of them, merged into one file that all clients read."""

from __future__ import annotations

import atexit
import base64
import binascii
import hashlib
import os
import re
import shutil
import ssl
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from nlp.errors import InputError, StorageError

VARIABLES = (
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "PREFECT_API_SSL_CERT_FILE",
    "AWS_CA_BUNDLE",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
)
"""Environment variables from which some HTTP client reads the path of its authorities file."""
FOLDER_VARIABLES = ("SSL_CERT_DIR",)
_PEM = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([^-]+)-----END")
# A DER certificate is an ASN.1 sequence (0x30) whose length takes two bytes (0x82).
_DER = b"\x30\x82"
_SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Red Hat, Fedora
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
_FILE_SUFFIXES = (".pem", ".crt", ".cer", ".0")


@dataclass(frozen=True)
class Authorities:
    """Certificates from one source."""

    source: str
    """The source's name, for messages."""
    certificates: tuple[bytes, ...]
    """Each certificate in DER form."""

    @cached_property
    def details(self) -> list[Mapping[str, object]]:
        """Subject, issuer and expiry of each authority, as `SSLContext.get_ca_certs` gives them."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=b"".join(self.certificates))
        return list(context.get_ca_certs())

    def expired(self, now: datetime | None = None) -> list[str]:
        """Names of the authorities that are no longer valid."""
        moment = now or datetime.now(UTC)
        return [common_name(item["subject"]) for item in self.details if expiry(item) <= moment]


def expiry(details: Mapping[str, object]) -> datetime:
    """When a certificate expires, in UTC."""
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(details["notAfter"])), tz=UTC)


def common_name(name: object) -> str:
    """The most specific name in a certificate's subject or issuer."""
    parts = {key: value for part in name for key, value in part}  # type: ignore[attr-defined]
    for key in ("commonName", "organizationalUnitName", "organizationName"):
        if key in parts:
            return str(parts[key])
    return "a certificate without a name"


def read_authorities(path: str | Path, source: str) -> Authorities:
    """Authorities of a PEM or DER file, or of a folder of such files.

    Raises `InputError` if there is no such file or no certificate in it.
    """
    place = Path(path).expanduser()
    try:
        if place.is_dir():
            files = sorted(p for p in place.iterdir() if p.suffix.lower() in _FILE_SUFFIXES)
            found = [der for file in files if file.is_file() for der in _parse(file.read_bytes())]
        else:
            found = _parse(place.read_bytes())
    except OSError as error:
        raise InputError(
            f"{source}: cannot read {str(path)!r} ({error.strerror}): name the file with your "
            "company's certificate authority, or unset it"
        ) from None
    if not found:
        raise _no_certificate(path, source)
    return Authorities(source, tuple(dict.fromkeys(found)))


def check_authorities(authorities: Authorities, path: str | Path, known: set[bytes]) -> None:
    """Raise `InputError` if OpenSSL cannot load one of the certificates; known ones are skipped."""
    new = [der for der in authorities.certificates if der not in known]
    try:
        if new:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=b"".join(new))
    except (ssl.SSLError, ValueError):
        raise _no_certificate(path, authorities.source) from None


def _no_certificate(path: str | Path, source: str) -> InputError:
    return InputError(
        f"{source}: {str(path)!r} holds no certificate, or a damaged one: it must be PEM text "
        "(-----BEGIN CERTIFICATE-----) or DER; turn a .p7b with "
        "'openssl pkcs7 -print_certs -in FILE'"
    )


def _parse(data: bytes) -> list[bytes]:
    if data.startswith(_DER):
        return [data]
    found = []
    for match in _PEM.finditer(data):
        try:
            found.append(base64.b64decode(b"".join(match.group(1).split()), validate=True))
        except binascii.Error:
            continue
    return found


def public_authorities() -> Authorities:
    """The public authorities that certifi carries."""
    return read_authorities(public_file(), "certifi")


def public_file() -> Path:
    """The file of the public authorities."""
    import certifi

    return Path(certifi.where())


def system_authorities() -> Authorities:
    """The operating system's authorities, independent of the environment; may be empty."""
    file = system_file()
    if file:
        return read_authorities(file, f"operating system ({file})")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if hasattr(ssl, "enum_certificates"):  # Windows
        context.load_default_certs()
    return Authorities("operating system", tuple(context.get_ca_certs(binary_form=True)))


def system_file() -> Path | None:
    """The operating system's file of authorities, or None if it has no such file."""
    candidates = (ssl.get_default_verify_paths().openssl_cafile, *_SYSTEM_FILES)
    for path in map(Path, filter(None, candidates)):
        if path.is_file() and path.stat().st_size:
            return path
    return None


def check_environment(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Environment variables that would switch verification off, each as a message with its fix."""
    faults = [
        f"{name} is set but empty: old clients then skipped certificate checks, today's do not; "
        "unset it and name your company's authority with ca_bundle or TOPICBRIEF_CA_BUNDLE"
        for name in (*VARIABLES, *FOLDER_VARIABLES)
        if name in environment and not environment[name].strip()
    ]
    for name, off in (
        ("PYTHONHTTPSVERIFY", ("0",)),
        ("PREFECT_API_TLS_INSECURE_SKIP_VERIFY", ("1", "true", "yes", "on", "t", "y")),
    ):
        if environment.get(name, "").strip().lower() in off:
            faults.append(
                f"{name}={environment[name]} switches certificate checks off: unset it and name "
                "your company's authority with ca_bundle or TOPICBRIEF_CA_BUNDLE"
            )
    return faults


def write_bundle(sources: Iterable[Authorities], folder: Path) -> Path:
    """One PEM file with all certificates, written atomically and named by a hash of its content.

    Falls back to a private temporary folder if `folder` cannot be written.
    """
    unique = sorted({der for source in sources for der in source.certificates})
    data = "".join(ssl.DER_cert_to_PEM_cert(der) for der in unique).encode("ascii")
    name = f"authorities-{hashlib.sha256(data).hexdigest()[:16]}.pem"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _write(folder / name, data)
    except OSError:
        pass
    try:
        own = Path(tempfile.mkdtemp(prefix="topicbrief-"))
        atexit.register(shutil.rmtree, own, ignore_errors=True)
        return _write(own / name, data)
    except OSError as error:
        raise StorageError(f"cannot write {folder / name}: {error.strerror or error}") from error


def _write(path: Path, data: bytes) -> Path:
    # Another user could have put a file of this name here: reuse it only if the bytes are equal.
    if path.is_file() and path.read_bytes() == data:
        return path
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
