import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/*.min.js", "**/regenerator/*.js"] },
  js.configs.recommended,
  {
    languageOptions: { sourceType: "module", globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "no-unused-vars": ["error", { caughtErrors: "none", argsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "no-implicit-globals": "error",
      "no-eval": "error",
      "no-shadow-restricted-names": "error",
    },
  },
  { files: ["**/floor_line.js"], languageOptions: { globals: globals.audioWorklet } },
  { files: ["**/*.test.mjs"], languageOptions: { globals: globals.node } },
];
