# SPDX-License-Identifier: BSD-2-Clause
"""The cast: who signs, who asks, and the trusted_signers file that most tokens are judged with."""

from .sshkey import Key

NOW = 1767225600  # 2026-01-01T00:00:00Z
DAY = 86400

SIGNER = Key("signer")
SIGNER_B = Key("signer-b")
BOB = Key("bob")
BOB_SECOND = Key("bob, second key")
CAROL = Key("carol", "ssh:")
DAVE = Key("dave")
ERIN = Key("erin", "ssh:breakglass")
FRANK = Key("frank")
GINA = Key("gina")
HENRY = Key("henry")
IVAN = Key("ivan")
JUDY = Key("judy")
KATE = Key("kate")
ALICE_REQUESTER = Key("alice, requester")
ALICE = Key("alice, laptop")  # alice's login key: trusted for nothing
ALICE_SK = Key("alice, hardware", "ssh:")
MALLORY = Key("mallory")
MALLORY_SK = Key("mallory, hardware", "ssh:")

LONGEST_NAME = "signer." + "x" * 117 + ".net"  # 128 bytes
assert len(LONGEST_NAME) == 128


def line(principal, role, key, *options, comment=None):
    """One line of trusted_signers; key is a Key or its text."""
    settings = ",".join([f'namespaces="breakglass-{role}"', *options])
    text = f"{principal} {settings} {key.text if isinstance(key, Key) else key}"
    return text if comment is None else f"{text} {comment}"


def lines(*entries):
    return "".join(entry + "\n" for entry in entries)


GOOD = lines(
    "# Who may sign what. Dates are UTC.",
    "",
    line("signer.example", "issuer", SIGNER, comment="signing service"),
    line("signer-b.example", "issuer", SIGNER_B),
    line("bob@example.com", "approver", BOB),
    line("bob@example.com", "requester", BOB),
    line("bob@example.com", "approver", BOB_SECOND, comment="second laptop"),
    line("carol@example.com", "approver", CAROL),
    line("dave@example.com", "approver", DAVE),
    line("erin@example.com", "approver", ERIN),
    line("frank@example.com", "approver", FRANK),
    line("alice@example.com", "requester", ALICE_REQUESTER),
    "# keys with a limited life",
    line("gina@example.com", "approver", GINA, 'valid-before="20251231Z"'),
    line("henry@example.com", "approver", HENRY, 'valid-after="20260201Z"'),
    line("ivan@example.com", "approver", IVAN, 'valid-before="20251231Z"'),
    line("ivan@example.com", "requester", IVAN),
    line("judy@example.com", "requester", JUDY, 'valid-before="20251231Z"'),
    line("judy@example.com", "approver", JUDY),
    line("kate@example.com", "approver", KATE, 'valid-after="20260101Z"', 'valid-before="202601020000Z"'),
)

SIZES = lines(
    line("s", "issuer", SIGNER),
    line(LONGEST_NAME, "issuer", SIGNER_B),
    line("b", "approver", BOB),
)
