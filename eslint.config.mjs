// Odoo 19 front-end code: ES modules that Odoo bundles itself, so imports are not resolved here.
import js from "@eslint/js";
import globals from "globals";

export default [
    js.configs.recommended,
    {
        files: ["addons/*/static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: {
                ...globals.browser,
                luxon: "readonly",
                odoo: "readonly",
            },
        },
        linterOptions: {
            reportUnusedDisableDirectives: "error",
        },
        rules: {
            curly: ["error", "all"],
            eqeqeq: ["error", "always", { null: "ignore" }],
            "no-alert": "error",
            "no-console": ["error", { allow: ["warn", "error"] }],
            "no-duplicate-imports": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-restricted-syntax": [
                "error",
                {
                    selector: "AssignmentExpression[left.property.name='innerHTML']",
                    message: "Render with a template (t-out), not innerHTML.",
                },
                {
                    selector:
                        "CallExpression[callee.name='jQuery'], CallExpression[callee.name='$']",
                    message: "Odoo 19 has no jQuery: use the DOM.",
                },
            ],
            "no-shadow": "error",
            "no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
            ],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "prefer-template": "error",
        },
    },
];
