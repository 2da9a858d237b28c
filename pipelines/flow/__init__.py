"""The Prefect flow `topic-report`. The only home of Prefect.

flow            the job's steps as tasks
artifacts       what a run shows in Prefect's page
source_secrets  sources given by name, so that no secret reaches Prefect's database

`python -m pipelines.flow` runs it, or stays and runs it on a schedule.
"""

from pipelines.flow.flow import topic_report

__all__ = ["topic_report"]
