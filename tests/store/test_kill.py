"""SIGKILL at random instants: the stores are always readable, with the old or the new token."""

import os
import random
import subprocess
import sys
import time

import pytest

from qiscus_tui.model.account import Account
from qiscus_tui.store.accounts import AccountBook
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import AuditTokensStored
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import FileSecrets

KILLS = int(os.environ.get("QISCUS_TUI_KILLS", "6"))
"""How often; more by hand."""

WRITER = """
import sys
from msgspec.structs import replace
from pathlib import Path
from qiscus_tui.model.account import Account, Credentials, ShortLived, Storage
from qiscus_tui.model.account import parse_origin
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import FileSecrets
top = Path(sys.argv[1])
paths = Paths(top / "config", top / "data", top / "state", top / "cache")
store, book, log = FileSecrets(paths), AccountBook(paths), AuditLog(paths)
account = Account(parse_origin("https://omnichannel.qiscus.com"), "abcd-gzu41e4e4dv9fu3f", "a@b.c")
number = int(sys.argv[2])
while True:
    number += 1
    log.intent(str(number), account, AuditKind.REVOKE_ALL, [])
    store.write(account.key, Credentials(f"long {number}", ShortLived("x" * 5000, float(number))))
    log.tokens_stored(str(number))
    book.save(StoredAccount("", replace(account, user_name="n" * (number % 50)), Storage.FILE))
    log.summary(str(number), {})
    print(number, flush=True)
"""


def kill_a_writer(paths: Paths, begin: int, dice: random.Random) -> int:
    """Let it write for a while; gives the last number that it said it had stored."""
    command = [sys.executable, "-c", WRITER, str(paths.data_dir.parent), str(begin)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(dice.uniform(0, 0.03))  # the instant is what is tested
        writer.kill()
        rest = writer.stdout.read()
    return int((first + rest).rpartition("\n")[0].split("\n")[-1])


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_writer_leaves_the_old_or_the_new_token(
    paths: Paths, account: Account, seed: int
) -> None:
    dice = random.Random(seed)
    said = 0
    for _ in range(2):
        said = kill_a_writer(paths, said, dice)

        credentials = FileSecrets(paths).read(account.key)
        assert credentials is not None
        assert credentials.short_lived is not None
        stored = int(credentials.short_lived.expires_at)
        assert credentials.long_lived == f"long {stored}"
        assert stored in {said, said + 1}

        log = AuditLog(paths)
        kept = {one.plan_id for one in log.read().records if isinstance(one, AuditTokensStored)}
        for plan in log.abandoned():
            assert plan == str(said + 1)
            assert plan not in kept or stored == said + 1
            log.acknowledge(plan)
        assert len(AccountBook(paths).all()) == 1
        assert not list(paths.data_dir.glob("*.damaged-*"))
        said = stored

    FileSecrets(paths).probe()
    assert not list(paths.data_dir.glob(".secrets.json.*"))
