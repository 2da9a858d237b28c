"""`dataiku.customwebapp`: what a plugin's webapp is told.

https://doc.dataiku.com/dss/11/plugins/reference/webapps.html
"""

from __future__ import annotations

from dataiku.scene import project


def get_webapp_config() -> dict:
    return dict(project.webapp_config)
