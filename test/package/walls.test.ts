import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';

import { RuleTester } from 'eslint';
import { parser } from 'typescript-eslint';

import { findCircle, importGraph, importsIn } from '../../dev/lint/imports';
import { storeysRule } from '../../dev/lint/storeysRule';
import { root } from '../support/tarball';

process.chdir(root);

const rules = new RuleTester({ languageOptions: { parser } });

/** A line of a file. */
const line = (file: string, code: string) => ({ filename: path.join(root, file), code });

/** A line of a file that may not stand there. */
const shut = (file: string, code: string, because: RegExp) => ({
	...line(file, code),
	errors: [{ message: because }],
});

test('no file imports itself by way of others', () => {
	const circle = findCircle(importGraph(root));
	assert.equal(circle, undefined, circle?.join('\n  imports '));
});

test('a circle is named, file by file', () => {
	const graph = new Map([
		['top.ts', ['a.ts']],
		['a.ts', ['leaf.ts', 'b.ts']],
		['b.ts', ['c.ts', 'leaf.ts']],
		['c.ts', ['a.ts']],
		['leaf.ts', []],
	]);
	assert.deepEqual(findCircle(graph), ['a.ts', 'b.ts', 'c.ts', 'a.ts']);
	graph.set('c.ts', ['leaf.ts']);
	assert.equal(findCircle(graph), undefined);
});

test('an import is one whether it is used, a type, lazy or passed on', () => {
	const module = `
		import { a } from './used';
		import type { B } from './type';
		export * from './passedOn';
		export const load = async (b: import('./inline').B) => import('./lazy');
	`;
	assert.deepEqual(importsIn(module).sort(), [
		'./inline',
		'./lazy',
		'./passedOn',
		'./type',
		'./used',
	]);
});

test('imports go down the storeys only, and through no door that is shut', () => {
	rules.run('storeys', storeysRule, {
		valid: [
			line('core/audio/recording.ts', "import { openFormat } from './formats';"),
			line('core/audio/track/made-up.ts', "export * from '../codecs';"),
			line('core/audio/codecs/aac/made-up.ts', "import { Damaged } from '../../errors';"),
			line('core/api/request.ts', "import { createParser } from 'eventsource-parser';"),
			line('nodes/GlmAsr/made-up.ts', "import { transcribe } from '../../core';"),
			line('nodes/GlmAsr/operations/made-up.ts', "import { FIELDS } from '../description';"),
			line('node-red/src/service.ts', "import { setTimeout } from 'node:timers/promises';"),
			line('dev/service/made-up.ts', "import { transcribe } from '../../core/transcribe';"),
		],
		invalid: [
			shut('core/errors/error.ts', "import { a } from '../api/answer';", /up the storeys/),
			shut('core/flow/limiter.ts', "import type { A } from '../transcribe';", /up the storeys/),
			shut('core/audio/recording.ts', "import { a } from '../api/answer';", /up the storeys/),
			shut('core/audio/cut/index.ts', "export * from '../formats/mp3/cut';", /up the storeys/),
			shut('core/audio/codecs/made-up.ts', "export { a } from '../track';", /up the storeys/),
			shut('core/audio/codecs/made-up.ts', "await import('../formats');", /up the storeys/),
			shut('core/audio/codecs/made-up.ts', "import { a } from '../cut';", /knows packets/),
			shut('core/audio/formats/made-up.ts', "type A = import('../recording').A;", /up the storeys/),
			shut(
				'core/audio/formats/ogg/made-up.ts',
				"import { a } from '../../codecs/opus/decoder';",
				/no decoder/,
			),
			shut('core/made-up.ts', "import { a } from '../dev/service/tones';", /outside the house/),
			shut('core/made-up.ts', "import { readFile } from 'node:fs';", /no such package/),
			shut('core/made-up.ts', "import { Node } from 'n8n-workflow';", /no such package/),
			shut('nodes/GlmAsr/made-up.ts', "import { a } from '../../core/api/models';", /core\/index/),
			shut('nodes/GlmAsr/made-up.ts', "import { request } from 'undici';", /no such package/),
			shut('credentials/made-up.ts', "import { a } from '../nodes/GlmAsr/models';", /core\/index/),
			shut('node-red/src/made-up.ts', "import { a } from '../../core/options';", /core\/index/),
		],
	});
});
