"""The clinic's signature: whoever changes a package by one byte, adds to it or signs in our name is found out."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from portal.adapters import signing
from portal.adapters.signing import Signer, make_demo_certificate
from portal.domain.errors import NotPossible
from tests.adapters.printing import kinds, make, press, record

CLINIC = "Procerus Skin Care"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_demo_certificate(folder, CLINIC)
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("package") / "plain.pdf"
    with press(workers=1) as shop:
        make(shop, out, record(1, 2))
    return out


@pytest.fixture(scope="module")
def signed(keys: Path, package: Path) -> Path:
    out = package.with_name("signed.pdf")
    Signer(keys).sign(package, out, "Release package AR-1", "privacy@clinic.example")
    return out


def test_a_signed_package_is_found_to_be_as_the_clinic_signed_it(keys: Path, signed: Path) -> None:
    verdict = Signer(keys).verify(signed)
    assert verdict.good
    assert verdict.signer == CLINIC
    assert verdict.sentence == f"This file is as “{CLINIC}” signed it. Nothing was changed."


def test_signing_keeps_tags_and_pages_and_says_why(package: Path, signed: Path) -> None:
    with pikepdf.open(package) as before, pikepdf.open(signed) as after:
        assert kinds(before) == kinds(after)
        assert len(before.pages) == len(after.pages)
        signature = after.Root.AcroForm.Fields[0].V
        assert str(signature.Reason) == "Release package AR-1"
        assert str(signature.ContactInfo) == "privacy@clinic.example"
        assert after.Root.Perms.DocMDP.objgen == signature.objgen


def test_the_file_that_was_signed_is_left_as_it_was(package: Path, signed: Path) -> None:
    before = package.read_bytes()
    assert signed.read_bytes()[: len(before)] == before


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.95])
def test_one_changed_byte_anywhere_is_found(part: float, keys: Path, signed: Path, tmp_path: Path) -> None:
    data = bytearray(signed.read_bytes())
    data[int(len(data) * part)] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    verdict = Signer(keys).verify(changed)
    assert not verdict.intact
    assert not verdict.good


def test_a_changed_byte_in_the_place_of_the_signature_itself_is_found(keys: Path, signed: Path, tmp_path: Path) -> None:
    data = bytearray(signed.read_bytes())
    padding = data.rindex(b"00000000>")
    data[padding] = ord("7")
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    assert not Signer(keys).verify(changed).good


def test_a_changed_word_in_a_file_that_still_opens_is_found(keys: Path, signed: Path, tmp_path: Path) -> None:
    data = signed.read_bytes()
    start = data.index(b"/Artifact << /Type")
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data[:start] + data[start : start + 20].swapcase() + data[start + 20 :])
    verdict = Signer(keys).verify(changed)
    assert not verdict.intact
    assert "changed after it was signed" in verdict.sentence


def test_bytes_added_at_the_end_are_found(keys: Path, signed: Path, tmp_path: Path) -> None:
    longer = tmp_path / "longer.pdf"
    longer.write_bytes(signed.read_bytes() + b"\n% one more line")
    verdict = Signer(keys).verify(longer)
    assert verdict.intact
    assert not verdict.covers_whole_file
    assert not verdict.good


def test_a_later_change_that_leaves_the_signed_bytes_alone_is_found(keys: Path, signed: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.pdf"
    with signed.open("rb") as source, later.open("wb") as target:
        writer = IncrementalPdfFileWriter(source)
        writer.root["/Lang"] = generic.pdf_string("fr")
        writer.update_root()  # type: ignore[no-untyped-call]
        writer.write(target)  # type: ignore[no-untyped-call]
    verdict = Signer(keys).verify(later)
    assert not verdict.good
    assert "added to this file" in verdict.sentence


def test_a_file_written_anew_from_the_signed_one_is_found(keys: Path, signed: Path, tmp_path: Path) -> None:
    anew = tmp_path / "anew.pdf"
    with pikepdf.open(signed) as pdf:
        pdf.save(anew)
    assert not Signer(keys).verify(anew).good


def test_another_who_signs_in_our_name_is_not_trusted(keys: Path, package: Path, tmp_path: Path) -> None:
    make_demo_certificate(tmp_path / "other", CLINIC)
    Signer(tmp_path / "other").sign(package, tmp_path / "forged.pdf", "x", "x")
    verdict = Signer(keys).verify(tmp_path / "forged.pdf")
    assert verdict.intact
    assert not verdict.trusted
    assert not verdict.good
    assert "do not trust" in verdict.sentence


@pytest.mark.parametrize("data", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_what_is_no_package_is_said_to_be_none(data: bytes, keys: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(data)
    verdict = Signer(keys).verify(file)
    assert not verdict.good
    assert "not as we sent it" in verdict.sentence


def test_an_unsigned_file_and_one_cut_short_are_not_ours(
    keys: Path, package: Path, signed: Path, tmp_path: Path
) -> None:
    assert "not signed" in Signer(keys).verify(package).sentence
    short = tmp_path / "short.pdf"
    short.write_bytes(signed.read_bytes()[:-500])
    assert not Signer(keys).verify(short).good


def test_the_key_is_for_its_owner_only_and_is_never_made_twice(keys: Path) -> None:
    assert stat.S_IMODE((keys / signing.KEY).stat().st_mode) == 0o600
    before = (keys / signing.KEY).read_bytes()
    make_demo_certificate(keys, "Another name")
    assert (keys / signing.KEY).read_bytes() == before
    assert {file.name for file in keys.iterdir()} == {signing.KEY, signing.CERTIFICATE, signing.AUTHORITY}


def test_without_a_key_or_with_one_that_cannot_be_opened_nothing_is_written(package: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    with pytest.raises(NotPossible, match="no key"):
        Signer(tmp_path).sign(package, out, "x", "x")
    (tmp_path / signing.KEY).write_text("nonsense")
    (tmp_path / signing.CERTIFICATE).write_text("nonsense")
    with pytest.raises(NotPossible, match="cannot be opened"):
        Signer(tmp_path).sign(package, out, "x", "x")
    assert not out.exists()


def test_a_certificate_that_has_run_out_does_not_sign(keys: Path, package: Path, tmp_path: Path) -> None:
    key = load_pem_private_key((keys / signing.KEY).read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CLINIC)])
    long_ago = datetime.now(UTC) - timedelta(days=900)
    old = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(long_ago)
        .not_valid_after(long_ago + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    (tmp_path / signing.KEY).write_bytes((keys / signing.KEY).read_bytes())
    (tmp_path / signing.CERTIFICATE).write_bytes(old.public_bytes(serialization.Encoding.PEM))
    with pytest.raises(NotPossible, match="good until"):
        Signer(tmp_path).sign(package, tmp_path / "out.pdf", "x", "x")


def test_a_bundle_with_a_passphrase_signs_as_well(keys: Path, package: Path, tmp_path: Path) -> None:
    key = load_pem_private_key((keys / signing.KEY).read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    certificate = x509.load_pem_x509_certificate((keys / signing.CERTIFICATE).read_bytes())
    lock = serialization.BestAvailableEncryption(b"open sesame")
    (tmp_path / signing.BUNDLE).write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, lock))
    (tmp_path / signing.AUTHORITY).write_bytes((keys / signing.AUTHORITY).read_bytes())
    signer = Signer(tmp_path, b"open sesame")
    signer.sign(package, tmp_path / "out.pdf", "x", "x")
    assert signer.verify(tmp_path / "out.pdf").good
    assert Signer(keys).verify(tmp_path / "out.pdf").good
    with pytest.raises(NotPossible, match="passphrase"):
        Signer(tmp_path, b"wrong").sign(package, tmp_path / "no.pdf", "x", "x")
