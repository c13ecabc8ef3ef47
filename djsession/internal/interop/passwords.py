# The password hashers of this Django, with their own parameters or, to be quick, with cheap ones.
import contextlib

from django.contrib.auth import hashers
from django.test.utils import override_settings

ALL = ["PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher", "Argon2PasswordHasher", "BCryptSHA256PasswordHasher",
       "BCryptPasswordHasher", "ScryptPasswordHasher", "MD5PasswordHasher", "SHA1PasswordHasher", "UnsaltedMD5PasswordHasher",
       "UnsaltedSHA1PasswordHasher"]
HERE = [name for name in ALL if hasattr(hashers, name)]
CHEAP = {"iterations": 1000, "time_cost": 1, "memory_cost": 64, "rounds": 4, "work_factor": 16, "block_size": 8}


@contextlib.contextmanager
def preferring(name, cheap):
    """PASSWORD_HASHERS with all that are here, one of them first."""
    changed = []
    for cls in [getattr(hashers, n) for n in HERE] if cheap else []:
        for field, value in CHEAP.items():
            if field in vars(cls):
                changed.append((cls, field, vars(cls)[field]))
                setattr(cls, field, value)
    order = sorted(HERE, key=lambda n: n != name)
    try:
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers." + n for n in order]):
            yield
    finally:
        for cls, field, value in changed:
            setattr(cls, field, value)


def make(passwords, cheap):
    """What this Django stores for passwords, by hasher: an empty list where the hasher's library is missing."""
    made = {}
    for name in HERE:
        with preferring(name, cheap):
            try:
                made[name] = [hashers.make_password(p) for p in passwords]
            except ValueError:
                made[name] = []
    return made


def check(preferred, cheap, cases):
    """Of pairs of password and column: whether they match, and whether it would store a new hash. None is an exception."""
    outcomes = []
    with preferring(preferred, cheap):
        for password, column in cases:
            updated = []
            try:
                ok = hashers.check_password(password, column, setter=updated.append)
                outcomes.append({"correct": bool(ok), "update": bool(updated)})
            except Exception:
                outcomes.append(None)
    return outcomes
