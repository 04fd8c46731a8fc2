import sys
from types import ModuleType
from typing import cast

# Where click is installed, httpx brings its own command line with click, rich and pygments into
# every program: more than half of its import. A module that is None counts as not installed.
cast("dict[str, ModuleType | None]", sys.modules).setdefault("httpx._main", None)
