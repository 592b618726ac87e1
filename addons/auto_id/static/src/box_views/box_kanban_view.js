import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { useBoxNews } from "../box_news/box_news";

/** The boxes as they fare now: what the bus tells is read anew, in place. */
export class BoxKanbanController extends KanbanController {
    setup() {
        super.setup();
        useBoxNews(() => this.refresh());
    }

    async refresh() {
        if (this.model.isReady && !this.model.useSampleModel && this.model.root.count) {
            await this.model.root.load();
        } else {
            await this.model.load();
        }
    }
}

registry.category("views").add("auto_id_box_kanban", {
    ...kanbanView,
    Controller: BoxKanbanController,
});
