import pluginVue from 'eslint-plugin-vue';
import ts from 'typescript-eslint';

const sizes = {
  'max-lines': ['error', { max: 400 }],
  'max-lines-per-function': ['error', { max: 60 }],
  complexity: ['error', 20],
};

export default ts.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'api/schema.d.ts', 'desk/src/components.d.ts', 'e2e/out/**', 'shared/floor.js'] },
  ...ts.configs.recommended,
  ...pluginVue.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['**/*.{ts,mjs,vue}'],
    rules: {
      ...sizes,
      'no-console': 'error',
      eqeqeq: 'error',
      // Prettier-like layout rules are taste; these keep templates readable without forcing one attribute a line.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
    },
  },
  { files: ['**/*.test.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['scripts/**', 'e2e/**'], rules: { 'no-console': 'off' } },
);
