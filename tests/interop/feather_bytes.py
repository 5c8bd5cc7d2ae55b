"""What pandas says of a Feather file: JSON in, its path; out: the bytes of each column."""

import json
import sys

import pandas as pd

memory = pd.read_feather(json.load(sys.stdin)).memory_usage(deep=True)
json.dump({str(name): int(size) for name, size in memory.items()}, sys.stdout)
