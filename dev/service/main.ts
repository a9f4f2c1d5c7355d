import { startService } from './server';

const DEFAULT_PORT = 8787;
const DEFAULT_PACE = 4;

async function main(): Promise<void> {
	const port = numberFrom('PORT', DEFAULT_PORT);
	const pace = numberFrom('GLM_ASR_SERVICE_PACE', DEFAULT_PACE);
	const service = await startService({ port, pace });
	console.log(
		[
			'This is a local stand-in for GLM-ASR. It recognises no speech: it hears telephone tones (DTMF) and writes each digit as a word.',
			`Base URL: ${service.url}`,
			'To use it, choose the platform "Custom" in the GLM-ASR credential (n8n) or service (Node-RED), give this base URL, and any text as API key.',
			pace > 0
				? `Streamed words come ${pace} times faster than they are spoken (GLM_ASR_SERVICE_PACE; 0: all at once).`
				: 'Streamed words come all at once (GLM_ASR_SERVICE_PACE=0).',
			'Ctrl+C stops it.',
		].join('\n'),
	);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void service.close());
	}
}

/** @throws Error when the variable is set to something that is no number of at least 0 */
function numberFrom(name: string, preset: number): number {
	const text = process.env[name]?.trim();
	if (!text) return preset;
	const value = Number(text);
	if (!(value >= 0)) throw new Error(`${name} must be a number of at least 0, not "${text}".`);
	return value;
}

/** One sentence for what a user can put right. */
function explain(error: unknown): string {
	const { code, message } = error as NodeJS.ErrnoException & { port?: number };
	if (code === 'EADDRINUSE') {
		return `Port ${process.env.PORT ?? DEFAULT_PORT} is in use: stop what listens there, or choose another with PORT=….`;
	}
	return message;
}

main().catch((error: unknown) => {
	console.error(explain(error));
	process.exitCode = 1;
});
