from odoo import http
from odoo.http import request


class SampleFile(http.Controller):
    @http.route("/oneonone_crm/sample.csv", type="http", auth="user", methods=["GET"])
    def sample_file(self):
        """A small history file that shows the format."""
        return request.make_response(
            request.env["oneonone.history.import"].sample_file(),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", 'attachment; filename="sample.csv"'),
            ],
        )
