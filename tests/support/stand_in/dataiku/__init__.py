"""A stand-in for the `dataiku` package, strict where the real one is documented to be.

It exists so that recipes run unmodified without DSS. Every refusal below cites the page whose rule
it follows; where that documentation is silent the stand-in refuses too, so that nothing comes to
depend on it. `project` is the stand-in's own: it sets the scene that DSS would set.

Pages cited, by the names used in the code:
    REFERENCE   https://developer.dataiku.com/latest/api-reference/python/datasets.html
    DATA        https://developer.dataiku.com/latest/concepts-and-examples/datasets/datasets-data.html
    FOLDERS     https://developer.dataiku.com/latest/api-reference/python/managed-folders.html
    STORED      https://doc.dataiku.com/dss/latest/connecting/managed_folders.html
    INSIGHTS    https://doc.dataiku.com/dss/11/python-api/static_insights.html
    RECIPES     https://doc.dataiku.com/dss/latest/code_recipes/python.html
    PARTITIONS  https://doc.dataiku.com/dss/latest/partitions/variables.html
    TYPES       https://doc.dataiku.com/dss/latest/schemas/definitions.html
"""

from dataiku import insights
from dataiku.datasets import Dataset, DatasetWriter
from dataiku.folders import Folder
from dataiku.scene import dku_flow_variables, project

__all__ = ["Dataset", "DatasetWriter", "Folder", "dku_flow_variables", "insights", "project"]
