"""`dataiku.customwebapp`: what DSS passes to a plugin's webapp.

https://doc.dataiku.com/dss/11/plugins/reference/webapps.html
"""

from __future__ import annotations

from typing import Any

from dataiku.scene import project


def get_webapp_config() -> dict[str, Any]:
    return dict(project.webapp_config)
