import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { useBoxNews } from "../box_news/box_news";

/** One reader as it fares now: its settings arrive at the box while somebody looks on. */
export class ReaderFormController extends FormController {
    setup() {
        super.setup();
        useBoxNews((ids) => this.refresh(ids));
    }

    async refresh(ids) {
        const { root } = this.model;
        if (root.resId && ids.has(root.data.box_id?.id) && !(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("auto_id_reader_form", {
    ...formView,
    Controller: ReaderFormController,
});
