import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Files below `folder` that hold `text` in clear. */
export function filesThatHold(text: string, folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => path.join(folder, name))
		.filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}
