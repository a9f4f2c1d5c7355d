import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { CACHE } from '../hosts/paths';
import type { Encoding } from './encodings';

const run = promisify(execFile);

/** Makes files of one recording, each only once: they are kept until the recording or the command changes. */
export class Encoder {
	private readonly folder: string;
	private readonly files = new Map<string, Promise<string>>();

	constructor(private readonly recording: Uint8Array) {
		this.folder = path.join(CACHE, 'media', fingerprint(recording));
		mkdirSync(this.folder, { recursive: true });
	}

	/** The path of an encoding's file. @throws Error with what the programs said */
	encode({ file, command }: Encoding): Promise<string> {
		const made = this.files.get(command) ?? this.make(file, command);
		this.files.set(command, made);
		return made;
	}

	private async make(file: string, command: string): Promise<string> {
		const folder = path.join(this.folder, fingerprint(command));
		if (!existsSync(folder)) {
			const draft = mkdtempSync(`${folder}-`);
			try {
				await this.run(command, draft);
				renameSync(draft, folder);
			} finally {
				rmSync(draft, { recursive: true, force: true });
			}
		}
		return path.join(folder, file);
	}

	private async run(command: string, folder: string): Promise<void> {
		const input = path.join(folder, 'digits.wav');
		writeFileSync(input, this.recording);
		await run('sh', ['-e', '-c', command], {
			cwd: folder,
			env: { ...process.env, SUPPORT: __dirname },
		});
		rmSync(input);
	}
}

function fingerprint(data: string | Uint8Array): string {
	return createHash('sha256').update(data).digest('hex').slice(0, 16);
}
