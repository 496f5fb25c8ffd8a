# SPDX-License-Identifier: Apache-2.0
"""The report of a results folder: one HTML file with everything inside it; plots by Chart.js (libjs-chart.js)."""
import html
import json
import os

CHART_LIBRARY = "/usr/share/javascript/chart.js/chart.min.js"
TEMPLATE = os.path.join(os.path.dirname(__file__), "report.html")


def write(directory, found, heading):
    """Writes report.html for the results that were found, by command; heading(result): when, where and of what."""
    with open(TEMPLATE, encoding="utf-8") as file:
        page = file.read()
    charts, sections = [], []
    for result in found.values():
        sections.append(_section(result, heading(result), charts))
    page = page.replace("{{sections}}", "\n".join(sections))
    page = page.replace("{{charts}}", json.dumps(charts).replace("</", "<\\/"))
    page = page.replace("{{library}}", _library())
    with open(os.path.join(directory, "report.html"), "w", encoding="utf-8") as file:
        file.write(page)


def _library():
    try:
        with open(CHART_LIBRARY, encoding="utf-8") as file:
            return file.read().replace("</script", "<\\/script").replace("//# sourceMappingURL", "// sourceMappingURL")
    except FileNotFoundError:
        return "document.body.dataset.plots = 'missing: the report was made without the package libjs-chart.js';"


def _section(result, heading, charts):
    parts = [f"<section><h2>{_text(result['title'])}</h2>", f"<p class=where>{_text(heading)}</p>"]
    for chart in result["charts"]:
        parts.append(f"<figure><div class=plot><canvas id=chart{len(charts)}></canvas></div></figure>")
        charts.append(chart)
    parts += [_table(table) for table in result["tables"]]
    if result["failures"]:
        parts.append("<h3>What went wrong</h3><ul>"
                     + "".join(f"<li>{_text(failure)}</li>" for failure in result["failures"]) + "</ul>")
    return "\n".join(parts) + "</section>"


def _table(table):
    heads = "".join(f"<th>{_text(head)}</th>" for head in table["heads"])
    rows = "\n".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in table["rows"])
    notes = "".join(f"<p>{_text(note)}</p>" for note in table.get("notes", []))
    return f"<h3>{_text(table['title'])}</h3><div class=wide><table><tr>{heads}</tr>{rows}</table></div>{notes}"


def _text(text):
    return html.escape(str(text))
