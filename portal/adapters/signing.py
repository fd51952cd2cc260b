"""The clinic's electronic signature on a package: made over the whole file, and checked again by ``portal verify``."""

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from asn1crypto import parser
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from portal.adapters.press.fresh import fresh
from portal.domain.errors import NotPossible
from portal.domain.words import _

KEY, CERTIFICATE, AUTHORITY = "signing-key.pem", "signing-certificate.pem", "signing-authority.pem"
BUNDLE = "signing.p12"
FIELD = "ClinicSignature"
DEMO_YEARS = 5
# The library logs what it finds in a strange file with a traceback; the verdict says it in a sentence.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


@dataclass(frozen=True)
class Verdict:
    """What can be said of a file. ``sentence`` is for a person; ``good`` only when everything else is.

    ``intact``: no byte under the signature has changed. ``covers_whole_file``: nothing was added after it. ``trusted``:
    the signature is this clinic's. ``signer`` is the name in the certificate, empty when the file is not signed.
    """

    intact: bool
    trusted: bool
    signer: str
    covers_whole_file: bool
    sentence: str

    @property
    def good(self) -> bool:
        return self.intact and self.trusted and self.covers_whole_file


class Signer:
    """Signs with the key and certificate in ``folder``: ``signing.p12``, or ``signing-key.pem`` and its certificate.

    ``signing-authority.pem`` holds who vouches for the certificate; only what it vouches for is trusted in ``verify``.
    """

    def __init__(self, folder: Path, passphrase: bytes | None = None) -> None:
        self.folder = folder
        self.passphrase = passphrase

    def sign(self, path_in: Path, path_out: Path, reason: str, contact: str) -> None:
        """Write the file with a certifying signature that allows no later change. ``NotPossible`` when it cannot.

        The file is copied and hashed in pieces: memory does not grow with its size, only a little with its pages.
        """
        signer = self._signer()
        self._check_dates(signer.signing_cert)
        facts = signers.PdfSignatureMetadata(
            field_name=FIELD, reason=reason, contact_info=contact, name=signer.subject_name, certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES, md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
        )  # fmt: skip
        with path_in.open("rb") as source, fresh(path_out) as target:
            signers.PdfSigner(facts, signer=signer).sign_pdf(IncrementalPdfFileWriter(source), output=target)

    def verify(self, path: Path) -> Verdict:
        """Whether the file is as the clinic signed it. Never raises for a file that is damaged or is not a PDF."""
        try:
            with path.open("rb") as file:
                return self._verdict(file, PdfFileReader(file).embedded_signatures)
        except OSError:
            raise
        except Exception:  # a damaged file may fail anywhere in the reader: that is the finding
            sentence = _("This file is damaged, or is not a PDF. It is not as we sent it.")
            return Verdict(False, False, "", False, sentence)

    def _verdict(self, file: BinaryIO, signatures: list[Any]) -> Verdict:
        if not signatures:
            return Verdict(False, False, "", False, _("This file is not signed. It is not one of our packages."))
        trust = ValidationContext(trust_roots=self._authorities(), allow_fetching=False)
        # The first signature is ours and forbids all change; anything after it is not part of what we sent.
        status = validate_pdf_signature(signatures[0], trust)
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        # Not ``status.valid``: that stays true of the signature's own bytes when the file under it was changed.
        intact = bool(status.intact and status.valid) and _nothing_hidden(file, signatures[0])
        signer = str(status.signing_cert.subject.native.get("common_name", ""))
        # ``bottom_line`` is the library's whole judgement: where it says no and we saw nothing, we do not trust.
        trusted = bool(status.trusted) and (bool(status.bottom_line) or not (intact and whole))
        return Verdict(intact, trusted, signer, whole, _sentence(intact, whole, trusted, signer))

    def _signer(self) -> signers.SimpleSigner:
        bundle = self.folder / BUNDLE
        if bundle.exists():
            loaded = signers.SimpleSigner.load_pkcs12(str(bundle), passphrase=self.passphrase)  # type: ignore[no-untyped-call]
        elif (self.folder / KEY).exists():
            chain = (str(self.folder / AUTHORITY),) if (self.folder / AUTHORITY).exists() else ()
            names = (str(self.folder / KEY), str(self.folder / CERTIFICATE))
            loaded = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
                *names, ca_chain_files=chain, key_passphrase=self.passphrase
            )
        else:
            raise NotPossible(_("The clinic has no key for signing yet. Put one into the folder for keys."))
        if loaded is None:
            raise NotPossible(_("The clinic's key for signing cannot be opened. Check its file and its passphrase."))
        return cast(signers.SimpleSigner, loaded)

    def _check_dates(self, certificate: Any) -> None:
        if not certificate.not_valid_before <= datetime.now(UTC) <= certificate.not_valid_after:
            day = certificate.not_valid_after.date().isoformat()
            raise NotPossible(_("The clinic's certificate for signing is good until %(day)s only. Renew it.", day=day))

    def _authorities(self) -> list[Any]:
        if (self.folder / AUTHORITY).exists():
            return list(load_certs_from_pemder([str(self.folder / AUTHORITY)]))  # type: ignore[no-untyped-call]
        if (self.folder / CERTIFICATE).exists():
            return [load_cert_from_pemder(str(self.folder / CERTIFICATE))]  # type: ignore[no-untyped-call]
        return [self._signer().signing_cert]


def make_demo_certificate(folder: Path, clinic_name: str) -> None:
    """A private authority and a certificate it vouches for, good for five years; the authority's key is thrown away.

    A key that is already there is left alone. The key's file can be read by its owner only.
    """
    if (folder / KEY).exists() or (folder / BUNDLE).exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    root_key, root_name = _new_key(), _name(_("%(clinic)s (demo authority)", clinic=clinic_name))
    key, name = _new_key(), _name(clinic_name)
    root = _certificate(root_name, root_name, root_key.public_key(), authority=True).sign(root_key, hashes.SHA256())
    leaf = _certificate(name, root_name, key.public_key(), authority=False).sign(root_key, hashes.SHA256())
    (folder / AUTHORITY).write_bytes(root.public_bytes(serialization.Encoding.PEM))
    (folder / CERTIFICATE).write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    with os.fdopen(os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)


def _nothing_hidden(file: BinaryIO, signature: Any) -> bool:
    """Whether the one place a signature cannot cover, its own, holds the signature and zeros behind it, no more."""
    start, length, end, _rest = (int(number) for number in signature.byte_range)
    file.seek(start + length)
    held = file.read(end - start - length)
    own: bytes = signature.pkcs7_content[: parser.peek(signature.pkcs7_content)]
    return held.lower() == b"<" + own.hex().encode().ljust(len(held) - 2, b"0") + b">"


def _sentence(intact: bool, whole: bool, trusted: bool, signer: str) -> str:
    if not intact:
        return _("This file was changed after it was signed. It is not as we sent it.")
    if not whole:
        return _("Something was added to this file after it was signed. It is not as we sent it.")
    if not trusted:
        return _("This file was signed by “%(signer)s”, whose signature we do not trust today.", signer=signer)
    return _("This file is as “%(signer)s” signed it. Nothing was changed.", signer=signer)


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, *, authority: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority, crl_sign=authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * DEMO_YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
    )
    return made if authority else made.add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
