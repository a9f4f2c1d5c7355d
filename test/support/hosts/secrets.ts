import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files below `folder` that hold `text` in clear. */
export function filesThatHold(text: string, folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => path.join(folder, name))
		.filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}

/** Fails when a secret stands in clear in what a host printed, gave out or keeps. */
export function expectNotToTell(
	secret: string,
	host: { log: string; folder: string },
	...outputs: string[]
): void {
	for (const text of [host.log, ...outputs]) {
		expect(text).not.toBe('');
		expect(text.includes(secret)).toBe(false);
	}
	expect(filesThatHold(secret, host.folder)).toEqual([]);
}
