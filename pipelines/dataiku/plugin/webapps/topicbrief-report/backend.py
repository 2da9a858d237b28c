"""The reports of the webapp's folder: a list of them, and each page."""

from dataiku.customwebapp import get_webapp_config
from flask import Response, jsonify, request

from nlp.errors import StorageError
from pipelines.dataiku.folders import list_reports, read_report

# The page shows texts that others wrote. Its own scripts may run, but without the reader's session.
_POLICY = "sandbox allow-scripts allow-popups; frame-ancestors 'self'"

folder = get_webapp_config()["folder"]


@app.route("/reports")
def reports():
    """Paths of the reports, newest first."""
    return jsonify(list_reports(folder))


@app.route("/report")
def report():
    """One report's page."""
    try:
        page = read_report(folder, request.args.get("path", ""))
    except StorageError as error:
        return Response(str(error), status=404, mimetype="text/plain")
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}
    return Response(page, mimetype="text/html", headers=headers)
