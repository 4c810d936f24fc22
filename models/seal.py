"""Secrets at rest: AES-256-GCM, with the key's name in front and the place as associated data.

A sealed value opens only where it was sealed: `purpose` is "table.column" (with an id when rows
must not be exchanged). Layout: version (1 byte), key name (4), nonce (12), ciphertext and tag.
"""

import os
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
NAME, NONCE = 4, 12


class BrokenSeal(ValueError):
    """Sealed with another key, for another place, or changed since."""


def seal(secret: str, *, key: bytes, purpose: str) -> bytes:
    """`key` is 32 bytes."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), purpose.encode())
    return VERSION + _name(key) + nonce + sealed


def open_sealed(sealed: bytes, *, key: bytes, purpose: str, earlier: Iterable[bytes] = ()) -> str:
    """`earlier` are keys in use before the present one. Raises BrokenSeal."""
    version, name, rest = sealed[:1], sealed[1 : 1 + NAME], sealed[1 + NAME :]
    for candidate in (key, *earlier):
        if version == VERSION and name == _name(candidate):
            try:
                opened = AESGCM(candidate).decrypt(rest[:NONCE], rest[NONCE:], purpose.encode())
            except InvalidTag:
                break
            return opened.decode()
    raise BrokenSeal(f"This {purpose} was not sealed with a key we have")


def reseal(sealed: bytes, *, key: bytes, purpose: str, earlier: Iterable[bytes]) -> bytes:
    """The same secret under the present key; unchanged when it is. Raises BrokenSeal."""
    secret = open_sealed(sealed, key=key, purpose=purpose, earlier=earlier)
    if sealed[1 : 1 + NAME] == _name(key):
        return sealed
    return seal(secret, key=key, purpose=purpose)


def _name(key: bytes) -> bytes:
    return sha256(b"leadloom key name" + key).digest()[:NAME]
