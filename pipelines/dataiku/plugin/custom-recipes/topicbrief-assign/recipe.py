"""Assign topics: the form and the roles, handed to `run_assignment`."""

import logging

from dataiku.customrecipe import (
    get_input_names_for_role,
    get_output_names_for_role,
    get_recipe_config,
)

from pipelines.dataiku.form import assignment_options
from pipelines.dataiku.recipes import run_assignment

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")

run_assignment(
    get_input_names_for_role("texts")[0],
    get_input_names_for_role("folder")[0],
    get_output_names_for_role("assigned")[0],
    **assignment_options(get_recipe_config()),
)
