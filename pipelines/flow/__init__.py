"""The Prefect flow `topic-report`. Only this folder imports Prefect.

flow            the steps of the job as tasks
artifacts       what Prefect's page shows for a run
source_secrets  sources given by name, so that no secret is stored in Prefect's database

`python -m pipelines.flow` runs the flow once, or with `--serve` on a schedule.
"""

from pipelines.flow.flow import topic_report

__all__ = ["topic_report"]
