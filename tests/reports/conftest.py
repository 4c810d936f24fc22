"""Reports of a town behind a website."""

from tests.messenger.conftest import served, visit
from tests.web.conftest import own_site, shared_site, site

__all__ = ["own_site", "served", "shared_site", "site", "visit"]
