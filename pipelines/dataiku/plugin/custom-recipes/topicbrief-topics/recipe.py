"""Topics and summaries: the form and the roles, handed to `run_recipe`."""

import logging

from dataiku.customrecipe import (
    get_input_names_for_role,
    get_output_names_for_role,
    get_recipe_config,
)

from pipelines.dataiku.form import recipe_options, report_options
from pipelines.dataiku.publication import Destination
from pipelines.dataiku.recipes import Outputs, run_recipe

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")


def output(role: str) -> str | None:
    """The one name in an output role; None where the user left it empty."""
    return next(iter(get_output_names_for_role(role)), None)


config = get_recipe_config()
run_recipe(
    get_input_names_for_role("texts")[0],
    Outputs(
        topics=get_output_names_for_role("topics")[0],
        documents=get_output_names_for_role("documents")[0],
        summaries=get_output_names_for_role("summaries")[0],
        rejected=output("rejected"),
        report=Destination(folder=output("folder"), **report_options(config)),
    ),
    **recipe_options(config),
)
