import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** n8n decides where it keeps its files when it is first loaded, so this is imported before it. */
const folder = mkdtempSync(path.join(tmpdir(), 'glm-asr-n8n-'));

process.env.N8N_USER_FOLDER = folder;
process.env.N8N_LOG_LEVEL = 'silent';

export function removeUserFolder(): void {
	rmSync(folder, { recursive: true, force: true });
}
