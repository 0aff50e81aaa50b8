"""The type of what every kind of picture draws."""

from collections.abc import Mapping
from typing import Any

Payload = Mapping[str, Any]
"""Plain data as JSON holds it: `kind`, `title`, and the keys that the kind documents."""
