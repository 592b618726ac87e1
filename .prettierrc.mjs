// Odoo's own style. XML is left out: between inline elements a line break is content.
export default {
    printWidth: 100,
    tabWidth: 4,
    trailingComma: "es5",
    overrides: [{ files: ["package*.json", "*.yml", "*.yaml"], options: { tabWidth: 2 } }],
};
