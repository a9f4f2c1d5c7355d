import { startService, type LocalService } from '../../dev/service/server';
import { N8nServer } from '../support/hosts/n8nServer';
import { chain, glmAsr, webhook } from '../support/hosts/n8nWorkflows';
import { formOf } from '../support/hosts/recordings';
import { inParallel } from '../support/faults/parallel';
import { memos } from '../support/faults/memos';
import { UNKEPT } from '../support/hosts/hostServer';

const EXECUTIONS = 200;
/** Refused requests for each that was accepted. */
const MAX_REFUSED = 0.1;
/** Of what a client gets that knows the limit; what the nodes do is 0.9 and more, the rest is for a busy machine. */
const MIN_GOODPUT = 0.8;

jest.setTimeout(300_000);

let service: LocalService;
const hosts: N8nServer[] = [];

beforeAll(async () => {
	service = await startService();
	for (let host = 0; host < 2; host++) hosts.push(await N8nServer.start('filesystem'));
}, 180_000);

afterAll(async () => {
	for (const n8n of hosts) await n8n.stop();
	await service?.close();
});

/** Starts an execution for each recording, all at once, spread over so many servers. The key is new to all. */
async function crowd(name: string, servers: number) {
	service.log.length = 0;
	const recordings = memos(0, EXECUTIONS);
	const credential = {
		platform: 'custom',
		baseUrl: service.url,
		apiKey: `key-of-${name}`,
	} as const;
	for (const n8n of hosts.slice(0, servers)) {
		const node = glmAsr(await n8n.addCredential(name, credential));
		await n8n.publish(chain(name, webhook(name, 'firstEntryJson'), node));
	}
	const texts = await Promise.all(
		recordings.map(async (memo, index) => {
			const answer = await fetch(hosts[index % servers]!.webhook(name), {
				method: 'POST',
				body: formOf(['data', new Blob([memo.wav]), memo.name]),
				headers: UNKEPT,
			});
			return ((await answer.json()) as { text?: string }).text;
		}),
	);
	const accepted = service.log.filter(({ outcome }) => outcome === 'finished');
	const seconds =
		(Math.max(...accepted.map(({ endedAt }) => endedAt!)) -
			Math.min(...service.log.map(({ at }) => at))) /
		1000;
	return {
		wrong: recordings.filter(({ text }, index) => texts[index] !== text).map(({ name }) => name),
		accepted: accepted.length,
		refused: service.log.length - accepted.length,
		seconds,
	};
}

/** The seconds that all would take if they were sent from here, never more at a time than the service takes. */
async function withTheLimitKnown(takes: number): Promise<number> {
	const recordings = memos(0, takes * 8);
	const begin = performance.now();
	await inParallel(recordings, takes, async ({ name, wav }) => {
		const form = formOf(['file', new Blob([wav], { type: 'audio/wav' }), name]);
		form.append('model', 'glm-asr-2512');
		const answer = await fetch(`${service.url}/audio/transcriptions`, {
			method: 'POST',
			headers: { authorization: 'Bearer any' },
			body: form,
		});
		await answer.text();
	});
	return ((performance.now() - begin) / 1000 / recordings.length) * EXECUTIONS;
}

test.each([
	[1, 200],
	[2, 400],
	[5, 800],
])(
	`${EXECUTIONS} executions at once all succeed where the service takes %i at a time`,
	async (maxInFlight, delayMs) => {
		service.configure({ maxInFlight, delayMs });
		const ideal = await withTheLimitKnown(maxInFlight);
		const { wrong, accepted, refused, seconds } = await crowd(`crowd-${maxInFlight}`, 1);
		console.log(
			`${EXECUTIONS} executions, ${maxInFlight} at a time, ${delayMs} ms each: ${accepted} accepted, ${refused} refused, ${seconds.toFixed(1)} s; with the limit known ${ideal.toFixed(1)} s: ${(ideal / seconds).toFixed(2)}`,
		);

		expect(wrong).toEqual([]);
		expect(refused / accepted).toBeLessThanOrEqual(MAX_REFUSED);
		expect(ideal / seconds).toBeGreaterThanOrEqual(MIN_GOODPUT);
	},
);

test('they all succeed in two processes that do not know of each other', async () => {
	service.configure({ maxInFlight: 2, delayMs: 150 });
	const { wrong, accepted, refused, seconds } = await crowd('processes', 2);
	console.log(
		`${EXECUTIONS} executions in two processes, 2 at a time: ${accepted} accepted, ${refused} refused, ${seconds.toFixed(1)} s`,
	);

	expect(wrong).toEqual([]);
});
