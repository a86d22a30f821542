# %% [markdown]
# # An hour of stopped tasks
# The cells of a notebook; `python notebook.py EVENTS FOLDER` runs them too and writes the pages that Jupyter would show.

# %%
import sys
from pathlib import Path

import ecs_triage

events, out = Path(sys.argv[1]), Path(sys.argv[2])

# %% Who fails, and for which cause? Any number of events; in Jupyter the last line shows a table.
fleet = ecs_triage.Fleet()
fleet.add(events)
report = fleet.report()
table = report.to_pandas()[["service", "code", "tasks", "first_seen", "is_crash_loop"]]
table

# %% One task of the largest incident in full: Jupyter draws the life of the task.
sample = report.incidents[0].sample.report
sample

# %% The confidence of each diagnosis
from ecs_triage import tables

every = tables.to_pandas(ecs_triage.diagnose_many(events))
every.groupby(["service", "code"])["confidence"].value_counts()

# %% What Jupyter shows, as files
(out / "incidents.html").write_text(table.to_html())
(out / "sample.html").write_text(sample._repr_html_())
print(table.to_string())
