"""Backups: everything below the data folder and the database in one folder, or one file."""

from serving.store.backup.making import make_backup
from serving.store.backup.manifest import FileFacts, Manifest
from serving.store.backup.restoring import restore_backup

__all__ = ["FileFacts", "Manifest", "make_backup", "restore_backup"]
