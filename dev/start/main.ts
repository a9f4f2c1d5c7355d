import { startNodeRed } from './nodeRed';
import { readFlows } from './flows';
import { servePage } from './page';
import { transcribeSample } from './sample';
import { chooseService } from './service';

const DEFAULT_PORT = 1880;
/** What has not stopped by then is ended with the process. */
const STOP_MILLISECONDS = 1500;

/** Stops what runs, last started first. */
const closers: Array<() => Promise<void>> = [];
/** Terminals and tsx may send the same signal more than once. */
let isStopping = false;

async function main(): Promise<void> {
	const nodeRed = await startNodeRed(portFrom(process.env.PORT));
	closers.unshift(() => nodeRed.stop());
	const service = await chooseService(process.env);
	closers.unshift(() => service.close());
	console.log(service.description);
	await servePage(nodeRed.pages, service);
	await nodeRed.deploy(readFlows(service));

	console.log('');
	try {
		console.log(await transcribeSample(nodeRed.url, service));
	} catch (error) {
		console.error(`The sample could not be transcribed: ${(error as Error).message}`);
	}
	console.log(
		`\nOpen ${nodeRed.url}/transcribe to ${service.isLocal ? 'dial' : 'record'} or drop audio and watch the words arrive; editor at ${nodeRed.url}/\nCtrl+C stops everything.`,
	);
}

/** @throws Error when it is no port number */
function portFrom(text = ''): number {
	const port = Number(text.trim() || DEFAULT_PORT);
	if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
	throw new Error(`PORT must be a whole number from 0 to 65535, not "${text}".`);
}

/** One sentence for what a user can put right. */
function explain(error: unknown): string {
	const { code, message } = error as NodeJS.ErrnoException;
	if (code === 'EADDRINUSE') {
		const port = portFrom(process.env.PORT);
		return `Port ${port} is in use: stop what listens there, or choose another with PORT=…, for example PORT=${port + 1} npm start.`;
	}
	return message;
}

async function stop(exitCode: number): Promise<void> {
	if (isStopping) return;
	isStopping = true;
	setTimeout(() => process.exit(exitCode), STOP_MILLISECONDS);
	await Promise.allSettled(closers.splice(0).map((close) => close()));
	process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

main().catch((error: unknown) => {
	console.error(explain(error));
	void stop(1);
});
