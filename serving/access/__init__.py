"""Who may do what: keys, roles, permissions, sign-in, the audit log."""

from serving.access.permissions import PERMISSIONS_OF, Permission
from serving.access.principal import Principal, Role

__all__ = ["PERMISSIONS_OF", "Permission", "Principal", "Role"]
