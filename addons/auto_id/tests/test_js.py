from odoo.addons.web.tests import test_js
from odoo.tests import no_retry, tagged


@tagged("post_install", "-at_install")
class TestAutoIdJs(test_js.HOOTCommon):
    """The JavaScript unit tests of this add-on, and no other."""

    _test_params = ()  # Odoo's own runner sets them, pytest does not

    def setUp(self):
        super().setUp()
        self.hoot_filters = f"&id={self._generate_hash('@auto_id')}"

    # checked by Odoo itself already
    test_generate_hoot_hash = None
    test_get_hoot_filter = None

    @no_retry
    def test_unit(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000{self.hoot_filters}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
