import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// Each layer may use only the layers under it: components <- features -> state -> api.
const layer = (files, forbidden) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: forbidden.map((name) => ({ regex: `(^|/)${name}(/|$)`, message: `this layer does not use ${name}` })) },
    ],
  },
});

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "react-hooks/incompatible-library": "off", // speaks of the React compiler, which is not in use
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
    },
  },
  layer(["src/api/**"], ["state", "features", "components"]),
  layer(["src/state/**"], ["features", "components"]),
  layer(["src/components/**"], ["state", "features", "api"]),
);
