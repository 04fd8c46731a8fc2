"""Secrets are planted, everything is done once, and every file is searched for them."""

from pathlib import Path

from qiscus_tui.model.account import Account, Credentials, Storage
from qiscus_tui.store.accounts import AccountBook, StoredAccount
from qiscus_tui.store.audit import AuditLog
from qiscus_tui.store.audit_records import AuditKind
from qiscus_tui.store.locks import account_lock
from qiscus_tui.store.paths import Paths
from qiscus_tui.store.secrets import EnvironmentSecrets, FileSecrets
from qiscus_tui.store.state import VerifiedCalls, Visits


async def test_only_the_secret_stores_hold_secrets(
    paths: Paths, account: Account, credentials: Credentials
) -> None:
    book, log = AccountBook(paths), AuditLog(paths)
    async with account_lock(paths.state_dir, account.key):
        FileSecrets(paths).write(account.key, credentials)
        kept = book.save(StoredAccount("", account, Storage.FILE))
        book.use(kept.name)
        log.intent("plan", account, AuditKind.REVOKE_ALL, ["3fa9c01b0001"])
        log.tokens_stored("plan")
        log.summary("plan", {"revoked": 1})
    VerifiedCalls(paths, str(account.origin), account.app_code, "/path field").remember()
    Visits(paths).remember(account.key, [("curl", "10.0.0.0")])
    EnvironmentSecrets(credentials, paths).write(account.key, credentials)

    holding = {file.name for file in files(paths.data_dir.parent) if b"SECRET" in file.read_bytes()}
    assert holding == {"secrets.json", "short.json"}
    assert all(file.stat().st_mode & 0o077 == 0 for file in files(paths.data_dir.parent))


def files(folder: Path) -> list[Path]:
    """Every file below."""
    return [path for path in folder.rglob("*") if path.is_file()]
