"""Verbs that answer: verdicts, scores, scenarios, sensitivity, joint chances, the back-test."""

from __future__ import annotations

import datetime as dt
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from edu_metrics.cli.common import (
    USAGE,
    AreaName,
    Format,
    PaceUnit,
    Root,
    Shape,
    StudyName,
    TargetName,
    app,
    asked_for,
    day_of,
    load,
    serve_page,
    settings_of,
    stop,
    usage,
)
from edu_metrics.cli.printing import print_json, print_rows
from edu_metrics.errors import DefinitionError, EduMetricsError, require_extra


@app.command()
def assess(
    study: StudyName,
    area: AreaName = None,
    target: TargetName = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Judge as of another date.")
    ] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Judge targets in areas: verdict, probability, gap, pace and what is missing."""
    from edu_metrics.report.summary import as_row

    opened = asked_for(load(root), study, area, target, as_of)
    columns = ("area", "target", "verdict", "probability", "interval", "gap", "required_pace")
    print_rows(map(as_row, opened.assessed(numeric=False)), shape, (*columns, "year_reached"))


@app.command()
def score(
    forecasts: Annotated[
        list[Path],
        typer.Argument(help="Studies; or summary.json of reports, or output of assess in JSON."),
    ],
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Hold against this day.")
    ] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Hold earlier forecasts against what has come since: Brier score, coverage, reliability."""
    from edu_metrics.report.scores import score_as_data, score_files, score_studies, score_tables

    catalog = load(root)
    names = [str(path) for path in forecasts]
    day = day_of("--as-of", as_of.date()) if as_of else None
    studies = all(name in catalog.studies for name in names)
    with usage():
        absent = [name for name, path in zip(names, forecasts, strict=True) if not path.is_file()]
        if absent and not studies:
            raise EduMetricsError("expected studies, or files of earlier assessments", absent)
    try:
        if studies:
            found = score_studies(catalog, names, as_of=day)
        else:
            found = score_files(catalog, forecasts, as_of=day)
    except DefinitionError as error:  # a name that does not exist
        stop(error, USAGE)
    content = score_as_data(found)
    if shape is Format.JSON:
        print_json(content)
        return
    tables = score_tables(content)
    for rows in tables.values():
        print_rows(rows, shape, tuple(rows[0]))
        sys.stdout.write("\n")
    if not tables:
        sys.stdout.write("no forecast in these files\n")


@app.command()
def scenarios(
    study: StudyName,
    area: AreaName = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Only this scenario; may be given several times.")
    ] = None,
    target: TargetName = None,
    pace: Annotated[
        float | None, typer.Option(help="Change a year, without a file; negative for a fall.")
    ] = None,
    unit: Annotated[
        PaceUnit, typer.Option(help="What --pace is counted in; percent of the year before.")
    ] = PaceUnit.POINTS,
    base: Annotated[
        float | None, typer.Option(help="Where the series is taken to stand; its last value.")
    ] = None,
    years: Annotated[
        int | None, typer.Option(min=1, max=50, help="Years before the target is due.")
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Set a lever; may be given several times."),
    ] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """
    Run scenarios on a study: what each target's series comes to under what is assumed.

    Without --target the table counts; --format json has every course.
    """
    from edu_metrics.reachability.scenarios import (
        asked_scenarios,
        outcome_row,
        run_scenarios,
        summary_rows,
    )

    catalog = load(root)
    opened = asked_for(catalog, study, area, target)
    with usage():
        chosen: list[Any] = [catalog.scenario(name) for name in scenario or ()]
        if lever or any(one is not None for one in (pace, base, years)):
            chosen += asked_scenarios(
                pace=pace, unit=unit.value, base=base, years=years, levers=settings_of(lever)
            )
    found = run_scenarios(
        opened.store, scenarios=tuple(chosen) or None, areas=opened.areas, targets=opened.targets
    )
    if lever and not found:
        stop(EduMetricsError(f"--lever: no target asked for is moved by {', '.join(lever)}"), USAGE)
    if target is None and shape is Format.TABLE:
        counts = ("cases", "kept", "not_kept", "by_chance", "not_said")
        print_rows(summary_rows(found), shape, ("area", "scenario", *counts))
        return
    columns = ("area", "target", "scenario", "reading", "case", "start", "end", "met")
    print_rows([outcome_row(item) for item in found], shape, (*columns, "probability",
                                                            "under_model", "reason"))  # fmt: skip


@app.command()
def explore(
    study: Annotated[str | None, typer.Argument(help="Study that is looked at first.")] = None,
    area: Annotated[str | None, typer.Option(help="Area at first: id, name or alias.")] = None,
    target: Annotated[str | None, typer.Option(help="Target at first.")] = None,
    lang: Annotated[str, typer.Option(help="Language at first.")] = "zh",
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; a free one when left out.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
    root: Root = None,
) -> None:
    """Try out scenarios with sliders, on a page served on this machine until Ctrl-C."""
    require_extra("explore")
    from edu_metrics import explorer
    from edu_metrics.report import prepare
    from edu_metrics.words import require_language

    catalog = load(root)
    with usage():
        require_language(lang)
    if study is not None:
        asked_for(catalog, study, area, target)
    elif area or target:
        stop(EduMetricsError("--area and --target need a STUDY before them"), USAGE)

    page = partial(
        explorer.explore, catalog, study or "", area or "", target or "",
        lang=lang, port=port, prepare=prepare, browser=browser,
    )  # fmt: skip
    serve_page(page, "explore.serving", lang)


@app.command()
def sensitivity(
    study: StudyName,
    area: AreaName = None,
    target: TargetName = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Say which assumption each answer hangs on, and how far it is from another answer."""
    from edu_metrics.reachability import sensitivity_of
    from edu_metrics.report.sensitivity import sensitivity_row

    opened = asked_for(load(root), study, area, target)
    rows = [sensitivity_row(sensitivity_of(opened.store, one)) for one in opened.assessed()]
    columns = ("area", "target", "model", "middle", "kept", "probability", "verdict")
    print_rows(rows, shape, (*columns, "changes_first", "at",
                                                           "in_spreads", "reason"))  # fmt: skip


@app.command()
def joint(
    study: StudyName,
    area: AreaName = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Take a plan as a whole: how many targets may be met, and how likely all are at once."""
    from edu_metrics.reachability import assess_jointly
    from edu_metrics.report.joint import joint_row

    opened = asked_for(load(root), study, area)
    areas = opened.areas or opened.store.areas
    rows = [joint_row(assess_jointly(opened.store, one)) for one in areas]
    columns = ("area", "probable", "expected", "interval", "joint", "independent", "low", "high")
    print_rows(rows, shape, (*columns, "lost", "lowest", "weakest"))


@app.command()
def backtest(
    panel: Annotated[
        str, typer.Argument(help="A study, or a CSV of area, year, value (plain or .gz).")
    ],
    horizons: Annotated[str, typer.Option(help="Years ahead, with commas.")] = "1,2,3",
    events: Annotated[str, typer.Option(help="Gains asked for, in points, with commas.")] = "5,10",
    areas: Annotated[
        str, typer.Option(help="Numbers of areas that are forecast together, or all.")
    ] = "all",
    slow: Annotated[bool, typer.Option("--slow", help="Also models fitted one by one.")] = False,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Back-test the forecast on a panel: errors, coverage, probabilities, by number of areas."""
    from edu_metrics.report.backtest import (
        areas_of,
        backtest_notes,
        backtest_rows,
        backtest_table,
        numbers_of,
    )
    from edu_metrics.report.track_record import panels_of_study
    from edu_metrics.trajectories import backtest as run_backtest
    from edu_metrics.trajectories import read_panels

    with usage():
        years = numbers_of("--horizons", horizons, whole=True)
        gains = numbers_of("--events", events)
        together = areas_of("--areas", areas)
    if Path(panel).is_file() or Path(panel).suffix:
        panels = read_panels(panel)
    else:
        catalog = load(root)
        with usage():
            study = catalog.study(panel)
        panels = panels_of_study(catalog, study)
    scores = run_backtest(
        panels,
        horizons=[int(one) for one in years],
        gains=gains,
        areas=together,
        slow=slow,
    )
    rows = backtest_rows(scores) if shape is Format.JSON else backtest_table(scores)
    print_rows(rows, shape, tuple(rows[0]))
    for told in backtest_notes(scores):
        sys.stderr.write(f"{told}\n")
