"""The review page: a server for one person on one machine, and what it answers."""

import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import markupsafe
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from crimeetl.etl.errors import CrimeEtlError, WrongUsage
from crimeetl.etl.output.page import in_numbers, numbers_style
from crimeetl.etl.review.corrections import PICKED_BY, VERDICTS, Span
from crimeetl.etl.review.guard import Guard
from crimeetl.etl.review.listing import ORDERS, PAGE_REPORTS, STATUSES, Choice, Listing, chosen, next_of
from crimeetl.etl.review.measure import measured
from crimeetl.etl.review.pictures import page_picture, pages_of
from crimeetl.etl.review.store import Act, ReviewedReport, Reviewing, last_act
from crimeetl.etl.review.teaching import Teaching
from crimeetl.etl.review.view import history, pieces, shown_types
from crimeetl.sql import statement

HOST = "127.0.0.1"


class ReviewServer:
    """The page over one database; ``run`` returns when it is told to end."""

    def __init__(self, database: Path, *, port: int = 0, reviewer: str) -> None:
        """Takes a port.

        Args:
            port: 0 for any that is free.

        Raises:
            OSError: the port is taken.
        """
        self.reviewing = Reviewing(database, reviewer)
        self.token = secrets.token_urlsafe(24)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((HOST, port))
        self.socket.listen()  # a browser that comes early waits
        self.port = int(self.socket.getsockname()[1])
        self.listing = Listing()
        self.teaching = Teaching(database)
        self.app = Guard(review_app(self.reviewing, self.listing, self.teaching), port=self.port, token=self.token)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    def run(self) -> None:
        """Answers until Ctrl-C; what was done is stored already."""
        import uvicorn

        # Of a large database the list takes a second or two: it is begun while a browser opens.
        threading.Thread(target=self.reviewing.read, args=[self.listing.reports], daemon=True).start()
        config = uvicorn.Config(self.app, log_level="warning", access_log=False, ws="none", server_header=False)
        try:
            with suppress(KeyboardInterrupt):  # uvicorn raises it again when it has ended
                uvicorn.Server(config).run(sockets=[self.socket])
        finally:
            self.teaching.end()
            self.reviewing.end()


def review_app(reviewing: Reviewing, listing: Listing, teaching: Teaching) -> Starlette:
    """The application, without its guard."""
    pages = _Pages(reviewing, listing, teaching)
    static = str(resources.files("crimeetl.etl.review") / "static")
    return Starlette(
        routes=[
            Route("/", pages.reports),
            Route("/report/{report_id}", pages.report),
            Route("/report/{report_id}/act", pages.act, methods=["POST"]),
            Route("/report/{report_id}/page/{page:int}.png", pages.picture),
            Route("/next", pages.next),
            Route("/failures", pages.failures),
            Route("/measure", pages.measure),
            Route("/pictures", pages.pictures),
            Route("/numbers.css", lambda request: Response(numbers_style(), media_type="text/css")),
            Route("/teach", pages.teach),
            Route("/teach", pages.begin_teaching, methods=["POST"]),
            Route("/favicon.ico", lambda request: Response(status_code=204)),
            Mount("/static", StaticFiles(directory=static)),
        ],
        exception_handlers={CrimeEtlError: _told},
    )


class _Pages:
    """What each address answers."""

    def __init__(self, reviewing: Reviewing, listing: Listing, teaching: Teaching) -> None:
        self.reviewing, self.listing, self.teaching = reviewing, listing, teaching

    async def reports(self, request: Request) -> Response:
        choice = _choice(request.query_params)
        page = max(1, _number(request.query_params.get("page"), 1))

        def found(con: Any) -> Any:
            everything = self.listing.reports(con)
            return everything, chosen(con, everything, choice)

        everything, wanted = await run_in_threadpool(self.reviewing.read, found)
        first = (page - 1) * PAGE_REPORTS
        types = sorted({name for names in everything["entity_types"].to_list() for name in names or ()})
        return _html(
            "reports.html",
            choice=choice,
            orders=ORDERS,
            statuses=STATUSES,
            types=types,
            counts={status: everything.filter(status=status).height for status in STATUSES},
            reports=wanted[first : first + PAGE_REPORTS].to_dicts(),
            count=wanted.height,
            total=everything.height,
            page=page,
            pages=max(1, -(-wanted.height // PAGE_REPORTS)),
            query=_query(choice),
        )

    async def report(self, request: Request) -> Response:
        report = await run_in_threadpool(self.reviewing.report, request.path_params["report_id"])
        if report is None:
            raise HTTPException(404, "there is no such report")
        return await run_in_threadpool(self._report_page, report, request, "report.html")

    async def act(self, request: Request) -> Response:
        act = _act(await request.json(), picked_by=_picked_by(request.query_params.get("order")))
        report_id = request.path_params["report_id"]
        if act.verdict == "undone" and act.undone_review_id is None:
            known = await run_in_threadpool(self.reviewing.report, report_id)
            newest = last_act(known) if known else None
            if newest is None:
                raise WrongUsage("there is nothing to take back")
            act = Act(verdict="undone", undone_review_id=newest.review_id, picked_by=act.picked_by)
        report = await run_in_threadpool(self.reviewing.act, report_id, act)
        return await run_in_threadpool(self._report_page, report, request, "report_main.html")

    def _report_page(self, report: ReviewedReport, request: Request, template: str) -> Response:
        types, choice = shown_types(report), _choice(request.query_params)
        return _html(
            template,
            report=report,
            types=types,
            pieces=pieces(report.text, types),
            history=history(report),
            pages=self.reviewing.read(lambda con: pages_of(con, report, types)),
            name=Path(report.path).name,
            query=_query(choice),
            order=choice.order,
        )

    async def picture(self, request: Request) -> Response:
        report = await run_in_threadpool(self.reviewing.report, request.path_params["report_id"])
        png = None if report is None else await run_in_threadpool(page_picture, report, request.path_params["page"])
        if png is None:
            raise HTTPException(404, "the file is not there any more as it was read")
        return Response(png, media_type="image/png")

    async def next(self, request: Request) -> Response:
        choice = _choice(request.query_params)
        after = request.query_params.get("after", "")
        report_id = await run_in_threadpool(
            self.reviewing.read, lambda con: next_of(chosen(con, self.listing.reports(con), choice), after)
        )
        where = f"/?{_query(choice)}" if report_id is None else f"/report/{report_id}?{_query(choice)}"
        return RedirectResponse(where, 303)

    async def failures(self, request: Request) -> Response:
        rows = await run_in_threadpool(
            self.reviewing.read, lambda con: con.sql(statement("queries", "failures")).pl().to_dicts()
        )
        return _html("failures.html", failures=rows)

    async def measure(self, request: Request) -> Response:
        return _html("measure.html", measure=await run_in_threadpool(self.reviewing.read, measured))

    async def pictures(self, request: Request) -> Response:
        return _html(
            "pictures.html", numbers=markupsafe.Markup(await run_in_threadpool(self.reviewing.read, in_numbers))
        )

    async def teach(self, request: Request) -> Response:
        said = await run_in_threadpool(self.reviewing.read, lambda con: self.listing.reports(con).filter(status="done"))
        template = "teach_main.html" if request.query_params.get("part") else "teach.html"
        return _html(template, done=said.height, teaching=self.teaching, lines=list(self.teaching.lines))

    async def begin_teaching(self, request: Request) -> Response:
        self.teaching.begin()
        return RedirectResponse("/teach", 303)


def _told(request: Request, error: Exception) -> Response:
    """One of our errors as a sentence."""
    if request.method == "POST" and request.url.path != "/teach":
        return JSONResponse({"error": str(error)}, 409)
    return _html("told.html", status=409, sentence=str(error))


@lru_cache(maxsize=1)
def _templates() -> jinja2.Environment:
    folder = resources.files("crimeetl.etl.review") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(folder)), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["sure"] = lambda share: "" if share is None else f"{share:.2f}"
    environment.filters["percent"] = lambda share: "" if share is None else f"{100 * share:.0f} %"
    environment.filters["verbatim"] = _verbatim
    return environment


def _verbatim(text: str) -> Any:
    """A text escaped so that a browser keeps every character of it: carriage returns, too."""
    return markupsafe.Markup(str(markupsafe.escape(text)).replace("\r", "&#13;"))


def _html(template: str, *, status: int = 200, **values: Any) -> Response:
    return HTMLResponse(_templates().get_template(template).render(**values), status)


def _choice(asked: Mapping[str, str]) -> Choice:
    order, status = asked.get("order", "unsure"), asked.get("status", "")
    return Choice(
        order=order if order in ORDERS else "unsure",  # type: ignore[arg-type]
        status=status if status in STATUSES else "",
        entity_type=asked.get("type", ""),
        path=asked.get("path", ""),
        words=asked.get("words", ""),
    )


def _query(choice: Choice) -> str:
    from urllib.parse import urlencode

    asked = {
        "order": choice.order,
        "status": choice.status,
        "type": choice.entity_type,
        "path": choice.path,
        "words": choice.words,
    }
    return urlencode({name: value for name, value in asked.items() if value})


def _picked_by(order: str | None) -> Any:
    return order if order in PICKED_BY else "hand"


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else default


def _act(asked: Any, *, picked_by: Any) -> Act:
    """What a browser says that a person did.

    Raises:
        WrongUsage: it is no such thing.
    """
    if not isinstance(asked, dict) or asked.get("verdict") not in VERDICTS:
        raise WrongUsage("this is nothing that can be done to a report")
    entity_type, undone = asked.get("entity_type"), asked.get("undone_review_id")
    if not all(part is None or isinstance(part, str) for part in (entity_type, undone)):
        raise WrongUsage("this is nothing that can be done to a report")
    return Act(
        verdict=asked["verdict"],
        entity_type=entity_type,
        old=_span(asked.get("old")),
        new=_span(asked.get("new")),
        undone_review_id=undone,
        picked_by=picked_by,
    )


def _span(asked: Any) -> Span | None:
    if asked is None:
        return None
    kinds: Callable[[Any], bool] = lambda place: place is None or (isinstance(place, int) and place >= 0)  # noqa: E731
    if not (
        isinstance(asked, dict)
        and isinstance(asked.get("value"), str)
        and kinds(asked.get("char_start"))
        and kinds(asked.get("char_end"))
    ):
        raise WrongUsage("this is no value of a report")
    return Span(asked["value"], asked.get("char_start"), asked.get("char_end"))
