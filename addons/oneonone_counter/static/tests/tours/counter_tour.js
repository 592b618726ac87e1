import { registry } from "@web/core/registry";

/** A keyboard scanner: keys faster than a person types, then Enter. */
function scan(code) {
    for (const key of [...code, "Enter"]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
}

registry.category("web_tour.tours").add("oneonone_counter_serve", {
    steps: () => [
        {
            content: "The counter waits",
            trigger: ".o_counter_idle",
            run: () => scan("ADA-CARD"),
        },
        {
            content: "The customer is shown, without a reload",
            trigger: ".o_counter_name:contains('Ada Counter')",
        },
        {
            content: "Search a product",
            trigger: ".o_counter_panel .o_counter_search input",
            run: "edit Counter table",
        },
        {
            content: "Tap it",
            trigger: ".o_counter_product:contains('Counter table')",
            run: "click",
        },
        {
            trigger: ".o_counter_line:contains('Counter table') .o_counter_more",
            run: "click",
        },
        {
            trigger: ".o_counter_line:contains('Counter table') .o_counter_more",
            run: "click",
        },
        {
            trigger: ".o_counter_create",
            run: "click",
        },
        {
            content: "The quotation has its number; confirm it",
            trigger: ".o_counter_panel[data-state='draft'] .o_counter_confirm",
            run: "click",
        },
        {
            content: "The shop floor has it: three tables",
            trigger: ".o_counter_production strong:contains('3 × Counter table')",
        },
        {
            content: "One less after all",
            trigger: ".o_counter_panel[data-state='sale'] .o_counter_less",
            run: "click",
        },
        {
            trigger: ".o_counter_save",
            run: "click",
        },
        {
            content: "The manufacturing order follows",
            trigger: ".o_counter_production strong:contains('2 × Counter table')",
        },
        {
            content: "An unknown card is read",
            trigger: ".o_counter",
            run: () => {
                document.activeElement.blur();
                scan("TOUR-NEW-CARD");
            },
        },
        {
            trigger: ".o_counter_code:contains('TOUR-NEW-CARD')",
        },
        {
            content: "Find whose card it is",
            trigger: ".o_counter_dialog .o_counter_search input",
            run: "edit Bob Coun",
        },
        {
            trigger: ".o_counter_choice:contains('Bob Counter')",
            run: "click",
        },
        {
            content: "Bound, and shown at once",
            trigger: ".o_counter_name:contains('Bob Counter')",
        },
        {
            content: "Products to begin with, for a customer without any usual one",
            trigger: ".o_counter_product",
            run: () => {
                document.activeElement.blur();
                scan("ADA-CARD");
            },
        },
        {
            content: "The next card replaces the customer, and all of the screen with them",
            trigger: ".o_counter_name:contains('Ada Counter')",
        },
        {
            trigger: ".o_counter_small_title:contains('Usual')",
            run: () => scan("BOB-CARD"),
        },
        {
            trigger: ".o_counter_name:contains('Bob Counter')",
        },
        {
            trigger: ".o_counter_next",
            run: "click",
        },
        {
            trigger: ".o_counter_idle",
        },
    ],
});
