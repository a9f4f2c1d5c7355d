import path from 'node:path';

import type { Rule } from 'eslint';

import { resolveImport } from './imports';
import { whyNoPackage, whyShut } from './storeys';

/** An ESLint rule: no import goes up the storeys, through a shut door, or to a package that is not for its room. */
export const storeysRule: Rule.RuleModule = {
	meta: {
		type: 'problem',
		schema: [],
		messages: { shut: '{{ from }} may not import {{ to }}: {{ because }}.' },
	},
	create(context) {
		const { cwd, filename } = context;
		const from = path.relative(cwd, filename).split(path.sep).join('/');

		function check({ source }: { source?: unknown }): void {
			const node = source as (Rule.Node & { value?: unknown }) | null;
			if (typeof node?.value !== 'string') return;
			const isFile = node.value.startsWith('.');
			const to = isFile ? resolveImport(cwd, from, node.value) : node.value;
			const because = isFile ? whyShut(from, to) : whyNoPackage(from, to);
			if (because) context.report({ node, messageId: 'shut', data: { from, to, because } });
		}

		return {
			ImportDeclaration: check,
			ImportExpression: check,
			ExportAllDeclaration: check,
			ExportNamedDeclaration: check,
			TSImportType: check,
		};
	},
};
