"""A centre's own contact reasons, as somebody writes them: read, checked, compared."""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml

from conversation.errors import DefinitionInvalid
from nlu.taxonomy import Taxonomy, load_taxonomy

_FILE = "taxonomy.yaml"


def read_taxonomy(text: str) -> Taxonomy:
    """Read a taxonomy that somebody sent.

    Args:
        text: YAML.

    Raises:
        DefinitionInvalid: It breaks the rules of a taxonomy; names the line and the place.
    """
    with tempfile.TemporaryDirectory(prefix="entendu-taxonomy-") as folder:
        path = Path(folder) / _FILE
        path.write_text(text, "utf-8")
        try:
            return load_taxonomy(path)
        except DefinitionInvalid as error:
            message = error.message.replace(str(path), _FILE)
            raise DefinitionInvalid(message, remedy=error.remedy) from None


def as_yaml(taxonomy: Taxonomy) -> str:
    """Write a taxonomy as a file that :func:`read_taxonomy` reads."""
    values = taxonomy.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)


def codes_of(taxonomy: Taxonomy) -> set[str]:
    """Return the codes of both levels."""
    subreasons = {sub.code for reason in taxonomy.reasons for sub in reason.subreasons}
    return subreasons | {reason.code for reason in taxonomy.reasons}
