"""Run the plugin as installed, in an environment made from its own requirements.

    TOPICBRIEF_PLUGIN=UNZIPPED PYTHONPATH=UNZIPPED/python-lib:tests python dataiku_fresh.py

`make dataiku-check` does it for pandas 2.2 and for the newest pandas.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from flask import Flask

import nlp
from support.dataiku_scene import OUTPUTS, PLUGIN, cells, desk, project, run_plugin_recipe


def main() -> None:
    assert Path(nlp.__file__).is_relative_to(PLUGIN), f"not the plugin's library: {nlp.__file__}"
    desk()
    roles = {"texts": "tickets", **dict(zip(OUTPUTS, OUTPUTS, strict=True)), "folder": "reports"}
    columns = {"text": "body", "id": "ticket", "time": "created"}
    run_plugin_recipe("topicbrief-topics", roles, **columns, publish=True)
    assert len(cells("documents")) == 60
    run_plugin_recipe(
        "topicbrief-assign", {"texts": "tickets", "folder": "reports", "assigned": "assigned"}
    )
    assert [row["ticket"] for row in cells("assigned")] == [f"T{row:04}" for row in range(60)]
    _check_webapp()
    print(
        f"pandas {version('pandas')}, numpy {version('numpy')}: both recipes and the webapp work; "
        f"{len(cells('topics'))} topics, {len(cells('summaries'))} sentences, insight of "
        f"{len(project.insights['topicbrief'][0]) // 1_000} kB"
    )


def _check_webapp() -> None:
    project.webapp_config = {"folder": "reports"}
    app = Flask("webapp")
    source = (PLUGIN / "webapps/topicbrief-report/backend.py").read_text(encoding="utf-8")
    exec(compile(source, "backend.py", "exec"), {"app": app})
    client = app.test_client()
    assert client.get("/reports").json == ["/report.html"]
    page = client.get("/report", query_string={"path": "/report.html"})
    assert page.status_code == 200
    assert page.data == project.folders["reports"].files["/report.html"]
    assert page.headers["Content-Security-Policy"].startswith("sandbox allow-scripts")
    assert client.get("/report?path=/model.zip").status_code == 404


if __name__ == "__main__":
    main()
