import type { GlmAsrError } from '../../core/errors/error';
import { JSON_BODY, SUBJECT, type Script } from './core';

/** An answer that refuses, with this JSON. */
export const refusing = (
	status: number,
	body: unknown,
	headers: Script['headers'] = {},
): Script => ({
	status,
	headers: { ...JSON_BODY, ...headers },
	body: [JSON.stringify(body)],
});

/** A refusal as the service words it. */
export const zhipu = (status: number, code: unknown, message = 'said'): Script =>
	refusing(status, { error: { code, message } });

/** What every error must be for a reader: sentences that name the file. */
export function expectSentences(error: GlmAsrError): void {
	for (const sentence of [error.problem, error.cure]) expect(sentence).toMatch(/^["A-Z].*\.$/);
	expect(error.detail).toMatch(/^$|^[A-Z].*\.$/);
	expect(error.message).toBe(`${error.problem} ${error.cure}`);
	expect(error.message).toContain(`"${SUBJECT}"`);
	expect(error.message).not.toMatch(/undefined|null|NaN|\[object|\n/);
	expect(error.detail).not.toMatch(/undefined|NaN|\[object|\n/);
	expect(error.requestId).toBe('try-1');
	expect(error.partialText).toBe('');
}
