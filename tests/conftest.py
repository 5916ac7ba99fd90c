"""No test reads or writes the cache of the person who runs it; a test of the cache names a folder of its own."""

import os

os.environ["NHILINT_CACHE"] = "off"
