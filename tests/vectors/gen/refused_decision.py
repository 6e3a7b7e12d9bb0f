# SPDX-License-Identifier: BSD-2-Clause
"""Sound tokens refused here and now: from `wrong-host` to `wrong-holder`."""

from .accepted import GROUP, NONCE, WITH_GROUPS
from .message import ABSENT, case
from .people import ALICE, ALICE_SK, BOB_SECOND, DAY, MALLORY, NOW
from .sshkey import sha256


def hosts():
    table = (
        ("other", "The token is for another host.", "host:db-1", {}),
        ("beginning", "The id in the token is the beginning of this host's.", "host:web-1", {}),
        ("longer", "The id in the token begins with this host's.", "host:web-17.example.com", {}),
        ("capitals", "Ids differ in capitals.", "host:WEB-17", {}),
        ("pattern", "A pattern that would match is only a text.", "host:web-*", {}),
        ("all", "An asterisk is only a text.", "host:*", {}),
        ("space", "A space after the id.", "host:web-17 ", {}),
        ("array", "None of the eight is this host.", [f"host:db-{n}" for n in range(8)], {}),
        ("group-not-admitted", "The policy admits no groups.", "group:web", {}),
        ("group-other", "The host is not in the group.", "group:db", WITH_GROUPS),
        ("group-beginning", "The group's name is the beginning of one the host is in.", "group:we", WITH_GROUPS),
        ("group-named-as-host", "A group of the host's name is not the host.", "group:web-17", WITH_GROUPS),
        ("host-named-as-group", "A host of the group's name is not the group.", "host:web", WITH_GROUPS),
        ("group-pattern", "A pattern for groups is only a text.", "group:*", WITH_GROUPS),
    )
    for name, why, audience, policy in table:
        yield case("host-" + name, "wrong-host", why, {"aud": audience}, policy=policy)
    yield case("host-no-groups", "wrong-host", "The host is in no group.", GROUP, policy=WITH_GROUPS, groups=())
    yield case("host-before-login", "wrong-host", "The host is looked at before the login.", host="db-1", login="root")


def logins():
    table = (("other", "The login is another account.", "www-data"), ("root", "The login is root.", "root"),
             ("longer", "The account's name begins with the login.", "ops2"),
             ("shorter", "The account's name is the beginning of the login.", "op"),
             ("capitals", "Accounts differ in capitals.", "Ops"), ("space", "A space after the account.", "ops "))
    for name, why, login in table:
        yield case("login-" + name, "wrong-login", why, login=login)
    yield case("login-pattern", "wrong-login", "A pattern that would match is only a text.", {"login": "*"})
    yield case("login-before-window", "wrong-login", "The login is looked at before the window.", {"exp": NOW + 7201},
               login="root")


def windows():
    code = "window-too-long"
    yield case("window-second", code, "A second longer than the longest window.", {"exp": NOW + 7201})
    yield case("window-begin", code, "A window that began too early, though little of it is left.",
               {"nbf": NOW - 7200, "exp": NOW + 600})
    yield case("window-years", code, "A window of all time.", {"nbf": 0, "exp": 253402300799})
    yield case("window-policy", code, "A second longer than the policy's own longest window.",
               policy={"longest_window": 599})
    yield case("window-nonce", code, "A nonce does not make a window shorter.", {"nonce": NONCE, "exp": NOW + 7201},
               challenge=NONCE)
    yield case("window-before-time", code, "The window is looked at before the time.", {"exp": NOW + 7201},
               at=NOW + 20000)


def times():
    yield case("early-second", "not-yet-valid", "A second before the skew opens the window.", at=NOW - 31)
    yield case("early-day", "not-yet-valid", "A day too early.", at=NOW - DAY, booted_at=None)
    yield case("early-no-skew", "not-yet-valid", "A second before nbf, without skew.", at=NOW - 1,
               policy={"clock_skew": 0})
    yield case("early-issued", "not-yet-valid", "Within the window, but before it was issued.",
               {"iat": NOW + 91, "exp": NOW + 600})
    yield case("early-at-zero", "not-yet-valid", "A clock that begins in 1970.", at=0, booted_at=None)
    yield case("late-second", "expired", "A second after the skew closes the window.", at=NOW + 631)
    yield case("late-day", "expired", "A day too late.", at=NOW + DAY)
    yield case("late-no-skew", "expired", "A second after exp, without skew.", at=NOW + 601, policy={"clock_skew": 0})
    yield case("late-1970", "expired", "A token of 1970.", {"exp": 600, "nbf": 0, "iat": 0}, booted_at=None)
    yield case("late-despite-challenge", "expired", "A challenge is no answer: the token has no nonce.", at=NOW + 631,
               challenge=NONCE)
    yield case("mark-second", "clock-untrusted", "The clock is a second further behind the mark than the skew.",
               mark=NOW + 91)
    yield case("mark-days", "clock-untrusted", "The clock was rolled back into the window.", mark=NOW + 5 * DAY)
    yield case("mark-no-skew", "clock-untrusted", "A second behind the mark, without skew.", mark=NOW + 61,
               policy={"clock_skew": 0})
    yield case("mark-after-early", "not-yet-valid", "Too early is said before the clock is doubted.", at=NOW - 31,
               mark=NOW + DAY)
    yield case("mark-after-late", "expired", "Too late is said before the clock is doubted.", at=NOW + 631,
               mark=NOW + DAY)
    yield case("mark-before-boot", "clock-untrusted", "The clock is doubted before the boot is looked at.",
               mark=NOW + 91, booted_at=NOW + 30)
    yield case("late-before-source", "expired", "The time is looked at before the source.",
               {"src": ["198.51.100.0/24"]}, at=NOW + 631)


def challenges():
    nonce = {"nonce": NONCE}
    code = "wrong-challenge"
    yield case("challenge-none", code, "The host has shown no challenge.", nonce)
    yield case("challenge-other", code, "The nonce answers another challenge.", nonce, challenge=bytes(16))
    yield case("challenge-last-byte", code, "The nonce differs in its last byte.", nonce,
               challenge=NONCE[:15] + b"\x0e")
    yield case("challenge-off", code, "The policy takes no nonce.", nonce, challenge=NONCE, policy={"challenge": False})
    yield case("challenge-expired-too", code, "With a nonce the time is not looked at, not even for the code.", nonce,
               challenge=bytes(16), at=NOW + DAY)
    yield case("challenge-before-source", code, "The nonce is looked at before the source.",
               {**nonce, "src": ["198.51.100.0/24"]}, challenge=bytes(16))


def boots():
    code = "issued-before-boot"
    yield case("boot-second", code, "Issued a second before boot + skew.", booted_at=NOW - 29)
    yield case("boot-after-issue", code, "Issued before the host booted.", booted_at=NOW + 30)
    yield case("boot-no-skew", code, "Issued a second before boot, without skew.", booted_at=NOW + 1,
               policy={"clock_skew": 0})
    yield case("boot-issued-early", code, "Issued long before its window, and the host booted in between.",
               {"iat": NOW - 40000}, booted_at=NOW - 3600)
    yield case("boot-after-window", code, "The boot lies after now: the clock has jumped.", booted_at=NOW + DAY)
    yield case("boot-unanswered-challenge", code, "A challenge was shown, but the token has no nonce.", booted_at=NOW,
               challenge=NONCE)
    yield case("boot-before-source", code, "The boot is looked at before the source.", {"src": ["198.51.100.0/24"]},
               booted_at=NOW)


def sources():
    code = "wrong-source"
    table = (
        ("other", "The address is outside the block.", ["198.51.100.0/24"], "192.0.2.10"),
        ("next", "The address is the first one after the block.", ["192.0.2.0/28"], "192.0.2.16"),
        ("before", "The address is the last one before the block.", ["192.0.2.16/28"], "192.0.2.15"),
        ("one", "The block is one address, and not this one.", ["192.0.2.11/32"], "192.0.2.10"),
        ("unknown", "The login has no address.", ["192.0.2.0/24"], None),
        ("all-eight", "None of eight blocks fits.", [f"10.{n}.0.0/16" for n in range(8)], "10.8.0.1"),
        ("mapped", "A v4-mapped address outside the block.", ["198.51.100.0/24"], "::ffff:192.0.2.10"),
        ("mapped-family", "A v4-mapped address is not an IPv6 address.", ["::/16"], "::ffff:192.0.2.10"),
        ("family", "An IPv6 address and an IPv4 block of the same first bytes.", ["32.1.13.0/24"], "2001:db8::1"),
        ("family-reverse", "An IPv4 address and an IPv6 block of the same first bytes.", ["c000:200::/24"],
         "192.0.2.10"),
        ("ipv6", "The IPv6 address is outside the block.", ["2001:db8:7::/48"], "2001:db8:8::1"),
        ("ipv6-bit", "The IPv6 address differs in the block's last bit.", ["2001:db8:8000::/33"], "2001:db8:7fff::1"),
        ("ipv4-compatible", "An IPv6 address that ends like an IPv4 one is not that one.", ["192.0.2.0/24"],
         "::192.0.2.10"),
    )
    for name, why, blocks, address in table:
        yield case("source-" + name, code, why, {"src": blocks}, address=address)
    yield case("source-console", code, "A console has no address.", {"src": ["192.0.2.0/24"], "cnf": ABSENT},
               holder=None, address=None)
    yield case("source-before-holder", code, "The source is looked at before the holder.",
               {"src": ["198.51.100.0/24"]}, holder=MALLORY)


def holders():
    code = "wrong-holder"
    public = {"cnf": {3: sha256(ALICE.public)}}
    fingerprint = {"cnf": {3: sha256(ALICE.text.encode())}}
    yield case("holder-other", code, "The login used another key.", holder=MALLORY)
    yield case("holder-hardware", code, "The login used the holder's other key, a hardware key.", holder=ALICE_SK)
    yield case("holder-approver", code, "The login used an approver's key.", holder=BOB_SECOND)
    yield case("holder-absent", code, "Over SSH the policy wants a holder claim.", {"cnf": ABSENT})
    yield case("holder-console", code, "With a holder claim the token is not for a console.", holder=None, address=None)
    yield case("holder-console-optional", code, "Not for a console either where holder claims are optional.",
               holder=None, address=None,
               policy={"holder_key": "optional"})
    yield case("holder-other-optional", code, "Where holder claims are optional, one that is there counts.",
               holder=MALLORY,
               policy={"holder_key": "optional"})
    yield case("holder-bare-key", code, "The hash is over the key's 32 bytes, not its blob.", public)
    yield case("holder-key-line", code, "The hash is over the key's line of text.", fingerprint)
    yield case("holder-group", code, "A group token needs a holder claim, optional or not.", {**GROUP, "cnf": ABSENT},
               policy={"holder_key": "optional", **WITH_GROUPS})
    yield case("holder-group-console", code, "A group token needs a holder claim, so it opens no console.",
               {**GROUP, "cnf": ABSENT},
               holder=None, address=None, policy=WITH_GROUPS)
    yield case("holder-with-nonce", code, "A nonce does not stand for the holder.", {"nonce": NONCE}, challenge=NONCE,
               holder=MALLORY)


def cases():
    for part in (hosts, logins, windows, times, challenges, boots, sources, holders):
        yield from part()
