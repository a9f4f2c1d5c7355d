import eslint from '@eslint/js';
import { tsImport } from 'tsx/esm/api';
import tseslint from 'typescript-eslint';

const { storeysRule } = await tsImport('./dev/lint/storeysRule.ts', import.meta.url);

/** What n8n forbids to community nodes, and what ties `core/` to a host. */
const HOST_GLOBALS = [
	'clearImmediate',
	'clearInterval',
	'clearTimeout',
	'console',
	'fetch',
	'global',
	'globalThis',
	'process',
	'self',
	'setImmediate',
	'setInterval',
	'setTimeout',
];

export default tseslint.config(
	{
		ignores: [
			'**/dist/',
			'**/node_modules/',
			'core/audio/codecs/amr/opencoreAmr.ts',
			'.cache/',
			'.start/',
		],
	},
	eslint.configs.recommended,
	{
		files: ['**/*.ts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { projectService: true } },
		rules: {
			'@typescript-eslint/no-non-null-assertion': 'off',
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/no-floating-promises': [
				'error',
				{ allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: 'node:test' }] },
			],
			'@typescript-eslint/consistent-type-imports': 'error',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
			],
		},
	},
	{
		files: ['{core,credentials,node-red/src,nodes}/**/*.ts'],
		plugins: { house: { rules: { storeys: storeysRule } } },
		rules: { 'house/storeys': 'error' },
	},
	{
		files: ['{core,credentials,nodes}/**/*.ts'],
		rules: { 'no-restricted-globals': ['error', ...HOST_GLOBALS] },
	},
	{
		files: ['{core,credentials,dev,node-red/src,nodes}/**/*.ts'],
		// A table that outgrows this, and nothing else, may be named here in `ignores`.
		rules: { 'max-lines': ['error', 300] },
	},
	{
		// Hosts are loaded as they load themselves, many without types; matchers of jest are typed `any`.
		files: ['test/**/*.ts'],
		rules: {
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/no-explicit-any': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
		},
	},
	{
		files: ['**/*.js'],
		languageOptions: {
			sourceType: 'commonjs',
			globals: {
				require: 'readonly',
				module: 'writable',
				exports: 'writable',
				process: 'readonly',
				__dirname: 'readonly',
			},
		},
	},
);
