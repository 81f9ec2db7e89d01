"""All addresses: the interface, the log, the desk, built files, and last the pages of each institution."""

from django.urls import include, path

from upstander.server import views
from upstander.server.accounts.api import router as accounts
from upstander.server.api import make_api
from upstander.server.casework.api import router as casework
from upstander.server.guardians.api import router as guardians
from upstander.server.linked.api import router as linked
from upstander.server.log.api import router as log_api
from upstander.server.oversight.api import router as oversight
from upstander.server.pledges.api import router as pledges
from upstander.server.reporting import views as reporting
from upstander.server.reporting.api import router as reporting_api
from upstander.server.retention.api import router as retention
from upstander.server.surveys import views as surveys
from upstander.server.surveys.api import router as surveys_api
from upstander.server.tools.api import router as tools
from upstander.server.transparency.api import router as transparency

api = make_api()
api.add_router("", reporting_api)
api.add_router("", log_api)
api.add_router("", pledges)
api.add_router("", surveys_api)
api.add_router("", transparency)
api.add_router("/desk", accounts)
api.add_router("/desk", casework)
api.add_router("/desk", retention)
api.add_router("/desk", tools)
api.add_router("/desk", guardians)
api.add_router("/desk", linked)
api.add_router("/desk", oversight)

urlpatterns = [
    path("", reporting.start, name="start"),
    path("robots.txt", views.robots),
    path("favicon.ico", views.icon),
    path("assets/<path:name>", views.asset, name="asset"),
    path("api/v1/", api.urls),
    path("log/", include("upstander.server.log.urls")),
    path("desk/", include("upstander.server.accounts.urls")),
    path("desk/oversight/", include("upstander.server.oversight.urls")),
    path("desk/", include("upstander.server.transparency.desk_urls")),
    path("desk/", include("upstander.server.casework.urls")),
    path("desk/", include("upstander.server.tools.urls")),
    path("desk/", include("upstander.server.guardians.urls")),
    path("desk/", include("upstander.server.linked.urls")),
    path("public/", include("upstander.server.transparency.urls")),
    path("<slug:slug>/", reporting.page, name="reporter"),
    path("<slug:slug>/pass/", reporting.page, {"name": "staff.html"}, name="staff-pass"),
    path("<slug:slug>/survey/", surveys.page, name="survey"),
]
handler400 = "upstander.server.views.malformed"
handler403 = "upstander.server.views.forbidden"
handler404 = "upstander.server.views.absent"
handler500 = "upstander.server.views.fault"
