"""Pages that stand by themselves: one file, with its style and pictures in it, and no program."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from hub.api.times import day


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("hub.web", "papers"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day
    return environment


def paper(template: str, **shown: object) -> str:
    """Answer a page as HTML."""
    return _environment().get_template(template).render(**shown)
