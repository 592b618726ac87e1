import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useBoxNews } from "../box_news/box_news";

/** One box as it fares now; what somebody is typing is left alone. */
export class BoxFormController extends FormController {
    setup() {
        super.setup();
        useBoxNews((ids) => this.refresh(ids));
    }

    async refresh(ids) {
        const { root } = this.model;
        if (ids.has(root.resId) && !(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("auto_id_box_form", {
    ...formView,
    Controller: BoxFormController,
});
