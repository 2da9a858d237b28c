"""The plugin: its descriptions against Dataiku's documentation, its zip, its recipes as files."""

from __future__ import annotations

import ast
import json
import logging
import re
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support.dataiku_scene import (
    OUTPUTS,
    PLUGIN,
    cells,
    desk,
    form,
    project,
    run_plugin_recipe,
    types,
)

from nlp.analysis import Result
from nlp.config import Settings
from pipelines.dataiku import form as forms
from pipelines.dataiku.build import build_plugin, requirements

ROOT = Path(__file__).resolve().parents[3]
RECIPES = ("topicbrief-topics", "topicbrief-assign")
ALL_ROLES = {"texts": "tickets", **{name: name for name in (*OUTPUTS, "rejected")}}

# https://doc.dataiku.com/dss/14/plugins/reference/plugins-components.html
PLUGIN_FIELDS = {"id", "version", "meta"}
PLUGIN_META = {"label", "description", "author", "icon", "licenseInfo", "url", "tags"}
# https://doc.dataiku.com/dss/latest/plugins/reference/recipes.html
RECIPE_FIELDS = {
    "meta", "kind", "inputRoles", "outputRoles", "params", "selectableFromDataset",
    "selectableFromFolder", "selectableFromSavedModel", "resourceKeys",
}  # fmt: skip
RECIPE_META = {"label", "description", "icon", "iconColor"}
COLORS = {
    "red", "pink", "purple", "blue", "green", "sky", "yellow", "orange", "brown", "gray",
}  # fmt: skip
ROLE_FIELDS = {
    "name": str, "label": str, "description": str, "arity": str, "required": bool,
    "acceptsDataset": bool, "acceptsManagedFolder": bool, "acceptsSavedModel": bool,
}  # fmt: skip
# https://doc.dataiku.com/dss/12/plugins/reference/params.html
PARAM_FIELDS = {
    "type", "name", "label", "description", "defaultValue", "mandatory", "visibilityCondition",
}  # fmt: skip
PARAM_TYPES = {
    "SEPARATOR": set(), "STRING": set(), "STRINGS": set(), "INT": set(), "BOOLEAN": set(),
    "SELECT": {"selectChoices"}, "COLUMN": {"columnRole"}, "COLUMNS": {"columnRole"},
    "MANAGED_FOLDER": {"canSelectForeign"},
}  # fmt: skip
DEFAULTS = {"STRING": str, "INT": int, "BOOLEAN": bool, "SELECT": str}
# https://doc.dataiku.com/dss/latest/plugins/reference/other.html, and "forceConda" and
# "corePackagesSet" as DSS itself writes them into the plugins it creates.
ENVIRONMENT_FIELDS = {
    "acceptedPythonInterpreters", "installCorePackages", "installJupyterSupport", "forceConda",
    "corePackagesSet",
}  # fmt: skip


@pytest.fixture(autouse=True)
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Result, "report_html", lambda result, title: f"<title>{title}")
    monkeypatch.setattr(logging, "basicConfig", lambda **options: None)
    desk()
    yield
    assert not project.open_writers


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_plugin(tmp_path_factory.mktemp("dist"))


def read(name: str) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((PLUGIN / name).read_text(encoding="utf-8"))
    return described


def check_params(params: list[dict[str, Any]]) -> None:
    names = [param["name"] for param in params]
    assert len(set(names)) == len(names)
    for param in params:
        kind = param["type"]
        assert set(param) <= PARAM_FIELDS | PARAM_TYPES[kind], param["name"]
        assert re.fullmatch(r"[a-z][a-z_]*", param["name"])
        assert param["label"]
        assert kind == "SEPARATOR" or param["description"]
        if "defaultValue" in param:
            assert type(param["defaultValue"]) is DEFAULTS[kind]
        if kind == "SELECT":
            choices = [choice["value"] for choice in param["selectChoices"]]
            assert all(set(choice) == {"value", "label"} for choice in param["selectChoices"])
            assert param["defaultValue"] in choices
        for asked in re.findall(r"model\.(\w+)", param.get("visibilityCondition", "")):
            assert asked in names


@pytest.mark.parametrize("name", RECIPES)
def test_every_field_of_a_recipe_is_documented(name: str) -> None:
    recipe = form(name)
    assert set(recipe) <= RECIPE_FIELDS
    assert set(recipe["meta"]) <= RECIPE_META
    assert recipe["meta"]["iconColor"] in COLORS
    assert recipe["kind"] == "PYTHON"
    roles = [role["name"] for role in recipe["inputRoles"]]
    assert recipe["selectableFromDataset"] in roles
    for role in (*recipe["inputRoles"], *recipe["outputRoles"]):
        assert {key: type(value) for key, value in role.items()}.items() <= ROLE_FIELDS.items()
        assert role["arity"] in ("UNARY", "NARY")
        assert role["acceptsDataset"] != role["acceptsManagedFolder"]
    check_params(recipe["params"])
    assert all(param["columnRole"] in roles for param in recipe["params"] if "columnRole" in param)


def test_every_field_of_plugin_environment_and_webapp_is_documented() -> None:
    plugin = read("plugin.json")
    assert set(plugin) == PLUGIN_FIELDS
    assert set(plugin["meta"]) <= PLUGIN_META
    assert re.fullmatch(r"[A-Za-z0-9_-]+", plugin["id"])
    environment = read("code-env/python/desc.json")
    assert set(environment) == ENVIRONMENT_FIELDS
    assert environment["acceptedPythonInterpreters"] == ["PYTHON311", "PYTHON312", "PYTHON313"]
    webapp = read("webapps/topicbrief-report/webapp.json")
    assert webapp["baseType"] == "STANDARD"
    check_params(webapp["params"])


def test_form_offers_the_choices_and_defaults_of_the_settings() -> None:
    params = {param["name"]: param for param in form("topicbrief-topics")["params"]}
    schema = Settings.model_json_schema()["properties"]
    for name in ("language", "model", "summarizer"):
        values = [choice["value"] for choice in params[name]["selectChoices"]]
        assert sorted(values) == sorted(schema[name]["enum"])
    for name in ("language", "model", "summarizer", "sentences", "seed"):
        assert params[name]["defaultValue"] == schema[name]["default"]


def test_form_left_alone_gives_the_defaults() -> None:
    defaults = {
        param["name"]: param["defaultValue"]
        for param in form("topicbrief-topics")["params"]
        if "defaultValue" in param
    }
    options = forms.recipe_options({**defaults, "text": "body"})
    known = {key: options[key] for key in options if key in Settings.model_fields}
    assert Settings.create(**known) == Settings.create(text="body")
    assert "keep" not in options
    assert forms.report_options(defaults) == {"title": "Topics"}


def test_form_filled_in_reaches_the_settings_with_whole_numbers_as_floats() -> None:
    options = forms.recipe_options(
        {
            "text": "body", "number": "fixed", "topics": 7.0, "sentences": 3.0, "seed": 0.0,
            "min_documents": 2.0, "stop_words": ["dear"], "carry": "chosen", "keep": ["code"],
            "chunk_rows": 100.0, "when_empty": "fail", "spacy_model": "",
        }
    )  # fmt: skip
    assert options == {
        "text": "body", "topics": 7, "sentences": 3, "seed": 0, "min_documents": 2,
        "stop_words": ("dear",), "keep": ["code"], "chunk_rows": 100, "when_empty": "fail",
    }  # fmt: skip
    assert forms.recipe_options({"carry": "none", "keep": ["code"]})["keep"] == []
    assert forms.recipe_options({})["text"] == ""


def test_both_recipes_run_from_their_files() -> None:
    run_plugin_recipe(
        "topicbrief-topics",
        {**ALL_ROLES, "folder": "reports"},
        text="body", id="ticket", time="created", publish=True, title="Desk",
    )  # fmt: skip
    assert len(cells("documents")) == 60
    assert project.insights["topicbrief"][2] == "Desk"
    run_plugin_recipe(
        "topicbrief-assign", {"texts": "tickets", "folder": "reports", "assigned": "assigned"}
    )
    assert len(cells("assigned")) == 60
    assert types("assigned")["topic_id"] == "bigint"


def test_recipe_runs_without_its_optional_outputs() -> None:
    roles = {name: ALL_ROLES[name] for name in ("texts", *OUTPUTS)}
    run_plugin_recipe("topicbrief-topics", roles, text="body", carry="none")
    assert list(types("documents"))[6:] == ["text"]


def test_webapp_lists_the_reports_and_shows_only_those(monkeypatch: pytest.MonkeyPatch) -> None:
    routes: dict[str, Callable[[], Any]] = {}
    flask = SimpleNamespace(
        Response=lambda page, **options: (page, options),
        jsonify=list,
        request=SimpleNamespace(args={"path": "/report.html"}),
    )
    app = SimpleNamespace(route=lambda path: lambda view: routes.setdefault(path, view))
    monkeypatch.setitem(sys.modules, "flask", flask)
    project.folders["reports"].files["/report.html"] = b"<p>page"
    project.folders["reports"].files["/secret.html"] = b"secret"
    project.webapp_config = {"folder": "reports"}
    source = (PLUGIN / "webapps/topicbrief-report/backend.py").read_text(encoding="utf-8")
    exec(compile(source, "backend.py", "exec"), {"app": app})
    assert routes["/reports"]() == ["/report.html"]
    page, options = routes["/report"]()
    assert page == b"<p>page"
    assert options["headers"]["Content-Security-Policy"].startswith("sandbox allow-scripts")
    flask.request.args["path"] = "/secret.html"
    _, options = routes["/report"]()
    assert options["status"] == 404


def test_webapp_puts_no_text_into_its_page_as_markup() -> None:
    script = (PLUGIN / "webapps/topicbrief-report/app.js").read_text(encoding="utf-8")
    assert "innerHTML" not in script
    assert "http" not in script.replace("http-equiv", "")


def test_zip_has_the_layout_that_dss_expects(archive: Path) -> None:
    with zipfile.ZipFile(archive) as bundle:
        names = set(bundle.namelist())
        plugin = json.loads(bundle.read("plugin.json"))
    assert plugin["version"] == archive.stem.removeprefix("topicbrief-") != "0.0.0"
    assert {
        "code-env/python/desc.json",
        "code-env/python/spec/requirements.txt",
        *(f"custom-recipes/{name}/recipe.{kind}" for name in RECIPES for kind in ("json", "py")),
        *(
            f"webapps/topicbrief-report/{name}"
            for name in ("webapp.json", "body.html", "app.js", "style.css", "backend.py")
        ),
        "python-lib/nlp/__init__.py",
        "python-lib/nlp/report/templates/report.html.j2",
        "python-lib/pipelines/dataiku/recipes.py",
    } <= names
    assert not [name for name in names if "__pycache__" in name or name.endswith("build.py")]


def test_zip_is_the_same_bytes_every_time(archive: Path, tmp_path: Path) -> None:
    assert build_plugin(tmp_path).read_bytes() == archive.read_bytes()


def test_library_in_the_zip_imports_nothing_that_is_not_in_it(archive: Path) -> None:
    with zipfile.ZipFile(archive) as bundle:
        sources = {
            name: ast.parse(bundle.read(name)) for name in bundle.namelist() if name.endswith(".py")
        }
    modules = {name.removeprefix("python-lib/").removesuffix(".py") for name in sources}
    for tree in sources.values():
        for node in ast.walk(tree):
            name = (isinstance(node, ast.ImportFrom) and node.module) or ""
            if name.startswith("pipelines"):
                assert name.replace(".", "/") in modules


def test_requirements_pin_all_but_what_dss_brings() -> None:
    lines = requirements()
    loose = [line for line in lines if "==" not in line]
    assert loose == [
        "certifi", "flask>=2.2,<4", "numpy>=2.0", "pandas>=2.2.3,<3", "requests", "urllib3",
    ]  # fmt: skip
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {re.split(r"[<>=;~ ]", line)[0] for line in lines}
    asked = {re.split(r"[<>=]", line)[0] for line in declared["project"]["dependencies"]}
    assert asked - names == {"click", "pyyaml", "tqdm"}


def test_library_imports_only_what_the_requirements_bring() -> None:
    modules = {
        "scikit-learn": "sklearn",
        "pyldavis": "pyLDAvis",
        "charset-normalizer": "charset_normalizer",
        "python-calamine": "python_calamine",
    }
    names = {re.split(r"[<>=;~ ]", line)[0] for line in requirements()}
    brought = {modules.get(name, name) for name in names}
    # numba brings llvmlite, Jinja2 brings MarkupSafe; the others are ours or DSS's own.
    brought |= {"llvmlite", "markupsafe", "dataiku", "nlp", "pipelines"}
    # Of extras: segmenters of three languages, and what builds encoders of other formats.
    brought |= {"rjieba", "sudachipy", "pythainlp", "onnx"}
    used = set()
    for folder in (ROOT / "nlp", ROOT / "pipelines" / "dataiku"):
        for path in folder.rglob("*.py"):
            if "plugin" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    used |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    used.add((node.module or "").split(".")[0])
    assert used - brought - set(sys.stdlib_module_names) == set()
